"""One request for one page of a draft: what is known of the draft, and the page shown in answer."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from applications import definition, typed
from applications.answers import Answers, Row, display_rows
from applications.conditions import Outcome, outcome
from applications.corrections import Lock, lock_of
from applications.form_pages import (
    Attached,
    Given,
    PageForm,
    attached_files,
    deciding_answers,
    draft_values,
    is_alive,
    logic_data,
    shown_pages,
    with_first_rows,
)
from applications.models import Application, CorrectionRequest
from applications.prefill import given_answers
from applications.queries.mine import names_of_files, open_correction
from applications.services.drafts import page_mark
from applications.steps import form_steps
from cityhall.days import today

SEEN = "seen"
"""Names the questions with a condition that the page showed, so that a new one is shown before going on."""


@dataclass
class Visit:
    """Read late, once: after the page was saved everything follows from what was saved."""

    request: HttpRequest
    application: Application
    form: definition.Form
    number: int

    @property
    def page(self) -> definition.Page:
        return self.form.pages[self.number - 1]

    @property
    def comes_from_check(self) -> bool:
        return "check" in self.request.GET

    @cached_property
    def correction(self) -> CorrectionRequest | None:
        return open_correction(self.application)

    @cached_property
    def values(self) -> typed.Typed:
        values = draft_values(self.application, self.form)
        return with_first_rows(self.page.fields, values) if 1 <= self.number <= len(self.form.pages) else values

    @cached_property
    def files(self) -> Attached:
        return attached_files(self.application)

    @cached_property
    def lock(self) -> Lock | None:
        return lock_of(self.application)

    @cached_property
    def given(self) -> Given:
        """The answers that nobody types."""
        return given_answers(self.application, self.form)

    @cached_property
    def _answers(self) -> Answers:
        """What can be understood of the questions that conditions look at."""
        return deciding_answers(self.form, self.values, self.files, given=self.given)

    @cached_property
    def locked(self) -> frozenset[str]:
        """The questions that stay as they were sent. Asked for after the page was saved: an answer may open others."""
        return self.lock.locked_keys(self.form, self._answers) if self.lock else frozenset()

    @cached_property
    def _deciding(self) -> Answers:
        return self.lock.merged(self._answers, self.locked) if self.lock else self._answers

    @cached_property
    def outcome(self) -> Outcome | None:
        return outcome(self.form, self._deciding, today=today()) if self.form.has_logic else None

    @cached_property
    def shown(self) -> list[int]:
        """Numbers of the pages that no condition hides."""
        return shown_pages(self.form, self.outcome)

    def locked_rows(self) -> list[Row]:
        """The locked questions of this page with what was sent."""
        if self.lock is None or self.locked.isdisjoint(field.key for field in self.page.fields):
            return []
        sections = display_rows(self.form, self.lock.sent, file_names=names_of_files(self.application))
        return [row for one in sections if one.number == self.number for row in one.rows if row.key in self.locked]

    def page_form(
        self, *, data: "typed.Data | None" = None, values: typed.Typed | None = None, opened: Collection[str] = ()
    ) -> PageForm:
        """The page with the draft's values, checked when there is data."""
        return PageForm(
            self.page,
            data=data,
            initial=self.values if values is None else values,
            attached=self.files,
            given=self.given,
            comments=self.correction.comments if self.correction else None,
            locked=self.locked,
            outcome=self.outcome,
            opened=opened,
        )

    def show(self, page_form: PageForm, **more: Any) -> HttpResponse:
        """The page; `more` goes to the template."""
        context = {
            "application": self.application,
            "page": self.page,
            "number": self.number,
            "form": page_form,
            "problems": list(page_form.problems()),
            "steps": form_steps(self.application, self.form, current=self.number, shown=self.shown),
            "is_first": self.number == self.shown[0],
            "mark": page_mark(self.page, self.application.draft_answers),
            "correction": self.correction,
            "locked_rows": self.locked_rows(),
            "comes_from_check": self.comes_from_check,
            "seen": seen_by(page_form),
            "logic": logic_data(self.form, self._deciding) if self.outcome and is_alive(self.form, self.page) else None,
        }
        return render(self.request, "applications/draft_page.html", context | more)

    def to_page(self, number: int) -> HttpResponse:
        return redirect("applications:draft_page", public_id=self.application.public_id, number=number)

    def again(self, *, opened: Collection[str] = (), anchor: str = "") -> HttpResponse:
        """This page once more, at a place in it, with these rows open."""
        query = [("check", "1")] if self.comes_from_check else []
        query += [("open", row_id) for row_id in opened]
        response = self.to_page(self.number)
        suffix = (f"?{urlencode(query)}" if query else "") + (f"#{anchor}" if anchor else "")
        response["Location"] += suffix
        return response

    def next_page(self) -> int | None:
        return next((number for number in self.shown if number > self.number), None)

    def previous_page(self) -> int | None:
        return next((number for number in reversed(self.shown) if number < self.number), None)


def seen_by(page_form: PageForm) -> list[str]:
    """The questions on the page that a condition could hide and does not."""
    return [block.path for block in _conditional(page_form) if not block.is_hidden]


def _conditional(page_form: PageForm) -> Iterator[Any]:
    for block in page_form.blocks():
        if block.field.visible_when is not None:
            yield block
        if not block.is_hidden:
            yield from (one for _row, blocks in block.rows for one in blocks if one.field.visible_when is not None)
