"""A form tried out by those who build it: nothing is stored but typed values in the cache, for two hours."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from applications import row_actions, typed
from applications.answers import Answers, display_rows
from applications.conditions import Outcome, outcome
from applications.definition import Form, Page
from applications.fields.building import file_questions
from applications.form_pages import (
    Attached,
    Checked,
    PageForm,
    check,
    deciding_answers,
    file_names,
    logic_data,
    shown_pages,
)
from applications.models import Attachment
from cityhall.days import today
from cityhall.enums import FileState
from cityhall.ids import public_id
from cityhall.models import StoredFile

KEEP_SECONDS = 2 * 60 * 60


@dataclass
class Trial:
    """What one designer has typed into one form. `files` are names only: the bytes are not kept."""

    key: str
    form: Form
    values: typed.Typed
    files: dict[str, list[dict[str, str]]]

    @classmethod
    def of(cls, *, user_id: int, procedure_id: int, form: Form) -> "Trial":
        key = f"designer-trial:{user_id}:{procedure_id}"
        kept = cache.get(key) or {}
        return cls(key, form, kept.get("values", {}), kept.get("files", {}))

    def save(self) -> None:
        cache.set(self.key, {"values": self.values, "files": self.files}, KEEP_SECONDS)

    def clear(self) -> None:
        cache.delete(self.key)

    # --- what follows from what was typed ----------------------------------------------------------

    @cached_property
    def attached(self) -> Attached:
        """The files as the fields expect them; none of these rows is ever saved."""
        return {
            path: [
                Attachment(
                    public_id=one["id"],
                    field_key=path,
                    file=StoredFile(name=one["name"], size=int(one["size"]), state=FileState.PENDING),
                )
                for one in found
            ]
            for path, found in self.files.items()
        }

    @cached_property
    def _deciding(self) -> Answers:
        return deciding_answers(self.form, self.values, self.attached)

    @cached_property
    def outcome(self) -> Outcome | None:
        return outcome(self.form, self._deciding, today=today()) if self.form.has_logic else None

    @cached_property
    def shown(self) -> list[int]:
        """Numbers of the pages that no condition hides; all of them when conditions hide every one."""
        return shown_pages(self.form, self.outcome) or [1]

    @property
    def logic(self) -> dict[str, Any] | None:
        return logic_data(self.form, self._deciding) if self.outcome else None

    def page_form(self, page: Page, *, data: "typed.Data | None" = None, opened: Collection[str] = ()) -> PageForm:
        return PageForm(
            page, data=data, initial=self.values, attached=self.attached, outcome=self.outcome, opened=opened
        )

    def check(self) -> Checked:
        return check(self.form, self.values, self.attached)

    def sections(self, checked: Checked) -> list[Any]:
        return display_rows(self.form, checked.answers, file_names=file_names(self.attached))

    # --- what a page sends --------------------------------------------------------------------------

    def receive(self, page: Page, data: "typed.Data", files: "MultiValueDict[str, UploadedFile[Any]]") -> list[str]:
        """Keep what a page sent and do what its button says; the rows to show open."""
        action, _colon, argument = str(data.get("action") or "").partition(":")
        values = typed.read(page.fields, data)
        opened: list[str] = []
        if action in row_actions.ACTIONS:
            opened, _anchor = row_actions.apply(page.fields, values, action, argument)
        found = typed.with_closed_rows(page.fields, values, self.values)
        asked = {field.key for field in page.fields}
        self.values = {key: value for key, value in self.values.items() if key not in asked} | found
        self._take_files(page, values, files)
        if action == "remove":
            self.files = {path: [one for one in found if one["id"] != argument] for path, found in self.files.items()}
        self._forget()
        self.save()
        return opened

    def _take_files(self, page: Page, values: typed.Typed, files: "MultiValueDict[str, UploadedFile[Any]]") -> None:
        for question in file_questions(page.fields, values):
            room = question.max_files - len(self.files.get(question.key, ()))
            for upload in files.getlist(typed.control_name(question))[: max(room, 0)]:
                one = {"id": public_id(), "name": str(upload.name)[:200], "size": str(upload.size or 0)}
                self.files.setdefault(question.key, []).append(one)

    def _forget(self) -> None:
        """What follows from the values is asked again."""
        for name in ("attached", "_deciding", "outcome", "shown"):
            self.__dict__.pop(name, None)
