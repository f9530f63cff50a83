"""Every question of a form with its answer in words."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers.model import Entry, FileLink, Row, Section
from applications.answers.words import display_text
from applications.conditions import Outcome, outcome
from applications.definition import Field, Form, other_key
from applications.enums import FILE_TYPES, GIVEN_TYPES, SHOWN_ONLY, FieldType
from applications.papers import PAPER_TYPES, paper_words, question_of
from applications.row_paths import path_of
from cityhall.days import today

APPLICANT_ADDRESS = "applicant.address"
_PLACEHOLDER = re.compile(r"\(\((\w+)\)\)")
ADDRESS_HIDDEN = gettext_lazy("支援措置のため表示できません")


def display_rows(
    form: Form,
    answers: Mapping[str, Any],
    *,
    file_names: Mapping[str, str] | None = None,
    hide_address: bool = False,
    on: dt.date | None = None,
    seen: Collection[str] = (),
) -> list[Section]:
    """Every question with its answer in words, by page.

    `file_names` gives the name of each attachment by its public id; a file without a name is called 添付ファイル.
    `hide_address` is for those from whom the applicant's address is protected (支援措置). What conditions hide
    is left out; they are looked at as of the day `on` (today). Of questions in `seen` without a file it says that
    the paper was seen (`applications.papers`).
    """
    found = outcome(form, answers, today=on or today()) if form.has_logic else None
    words = _Words(answers, file_names or {}, APPLICANT_ADDRESS if hide_address else None, found, seen)
    sections = (
        Section(number=number, title=page.title, rows=tuple(words.rows(page.fields)))
        for number, page in enumerate(form.pages, start=1)
        if found is None or page.key in found.visible
    )
    return list(sections)


@dataclass(frozen=True)
class _Words:
    """What the words of every answer depend on."""

    answers: Mapping[str, Any]
    file_names: Mapping[str, str]
    hidden_concept: str | None
    found: Outcome | None
    seen: Collection[str] = ()

    def rows(self, fields: Iterable[Field]) -> Iterator[Row]:
        heading = ""
        for field in fields:
            is_shown = self._is_shown(field.key, field.key in self.answers)
            if field.type == FieldType.HEADING and is_shown:
                heading = field.label
            elif is_shown and field.type not in SHOWN_ONLY:
                row = self._row(field, field.key, self.answers)
                yield replace(row, heading=heading, is_given=field.type in GIVEN_TYPES)
                heading = ""

    def _is_shown(self, path: str, is_answered: bool) -> bool:
        # what was stored was asked, whatever the conditions say by now
        return is_answered or self.found is None or path in self.found.visible

    def _row(self, field: Field, path: str, answers: Mapping[str, Any]) -> Row:
        answer = answers.get(field.key)
        if answer is None:
            is_seen = field.type in PAPER_TYPES and question_of(path) in self.seen
            return Row(path, field.label, paper_words(field) if is_seen else "")
        if self.hidden_concept is not None and field.concept == self.hidden_concept:
            return Row(path, field.label, str(ADDRESS_HIDDEN))
        if field.type == FieldType.ROWS:
            return Row(path, field.label, "", entries=tuple(self._entries(field, answer)))
        if files := _files_of(field, answer):
            return Row(path, field.label, "", tuple(map(self._file, files)))
        text = display_text(field, answer, str(answers.get(other_key(field.key), "")))
        return Row(path, field.label, text, map_url=map_url(answer) if field.type == FieldType.PLACE else "")

    def _entries(self, group: Field, rows: Sequence[Mapping[str, Any]]) -> Iterator[Entry]:
        for number, answers in enumerate(rows, start=1):
            row_id = str(answers.get("id", number))
            found = tuple(
                self._row(field, path_of(group, row_id, field), answers)
                for field in group.fields
                if field.type not in SHOWN_ONLY and self._is_shown(path_of(group, row_id, field), field.key in answers)
            )
            words = {row.key.rpartition(".")[2]: row.text for row in found}
            yield Entry(row_id, row_title(group, number, words), found)

    def _file(self, public_id: str) -> FileLink:
        return FileLink(public_id, self.file_names.get(public_id, _("添付ファイル")))


def _files_of(field: Field, answer: Any) -> list[str]:
    """The public ids of the files an answer names; a signature is a file when it was drawn."""
    if field.type == FieldType.SIGNATURE:
        return [answer["file"]] if answer.get("file") else []
    return list(answer) if field.type in FILE_TYPES else []


def map_url(place: Mapping[str, Any]) -> str:
    """The address of the place on the map of the setting MAP_URL; "" without coordinates or without a map."""
    latitude, longitude = place.get("latitude"), place.get("longitude")
    if not (settings.MAP_URL and latitude and longitude):
        return ""
    return str(settings.MAP_URL).replace("{latitude}", str(latitude)).replace("{longitude}", str(longitude))


def row_title(group: Field, number: int, words: Mapping[str, str]) -> str:
    """「1. お子さま 高橋 みなみ」 for the title 「お子さま ((name))」; the group's own label without one."""
    title = _PLACEHOLDER.sub(lambda match: words.get(match[1], ""), group.row_title).strip()
    return f"{number}. {title or group.label}"
