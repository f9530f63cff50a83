"""The check of a whole draft, before it is sent and whenever somebody asks what is missing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from applications import definition, typed
from applications.answers import Answers
from applications.conditions import Outcome
from applications.corrections import Lock, owner_of
from applications.form_pages.logic import Given, outcome_of, shown_pages, understood
from applications.form_pages.page_form import PageForm
from applications.form_pages.rows import without_blank_rows
from applications.form_pages.stored import Attached
from applications.papers import is_answered_by_paper


@dataclass(frozen=True)
class Problem:
    """One question that keeps a draft from being sent."""

    page_number: int
    key: str
    label: str
    message: str
    anchor: str
    """Id of the control on its page."""


@dataclass(frozen=True)
class Checked:
    """A whole draft after the check: what could be understood, and what is missing or wrong."""

    answers: Answers
    problems: tuple[Problem, ...]
    outcome: Outcome | None = None

    def pages_with_problems(self) -> set[int]:
        return {problem.page_number for problem in self.problems}


def check(
    form: definition.Form,
    draft: Mapping[str, Any],
    attached: Attached,
    *,
    given: Given | None = None,
    lock: Lock | None = None,
    seen: Collection[str] = (),
) -> Checked:
    """Check all pages of a draft again, as if they had just been sent. What conditions hide is left out.

    Questions in `seen` want no file: staff saw the paper (`applications.papers`). In a round of corrections `lock`
    holds what stays as it was sent, whatever the draft says.
    """
    draft = without_blank_rows(form, draft, attached)
    found = outcome_of(form, draft, attached, given=given, lock=lock)
    answers: Answers = {}
    problems: list[Problem] = []
    for number in shown_pages(form, found):
        page = form.pages[number - 1]
        data = typed.as_data(page.fields, draft)
        page_form = PageForm(page, data=data, initial=draft, attached=attached, given=given, outcome=found)
        if not page_form.is_valid():
            found_here = _problems(page_form, number)
            problems.extend(one for one in found_here if not is_answered_by_paper(one.key, seen, attached))
        answers.update(page_form.answers())
    if lock is None:
        return Checked(answers, tuple(problems), found)
    settled, locked = lock.settle(form, _with_hidden(form, draft, attached, given, answers))
    return Checked(settled, tuple(one for one in problems if owner_of(one.key) not in locked), found)


def _with_hidden(
    form: definition.Form, draft: Mapping[str, Any], attached: Attached, given: Given | None, answers: Answers
) -> Answers:
    """The lock weighs what was sent against all that is typed: hidden answers too, it hides them itself."""
    if not form.has_logic:
        return answers
    return understood(form, draft, attached, given=given or {}, keys=keys_of(form)) | answers


def keys_of(form: definition.Form) -> set[str]:
    """All questions, those in rows as `group.question`."""
    inside = {f"{field.key}.{one.key}" for field in form.fields for one in field.fields}
    return {field.key for field in form.questions} | inside


def _problems(form: PageForm, number: int) -> Iterable[Problem]:
    for one in form.problems():
        yield Problem(number, one.key, one.label, one.message, one.anchor)
