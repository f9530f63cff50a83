"""One request of a person on the way through a guide: what was answered, what follows, and the addresses."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from applications import typed
from applications.answers import Answers
from applications.conditions import Outcome, outcome
from applications.definition import Page
from applications.form_pages import (
    Checked,
    PageForm,
    Problem,
    check,
    deciding_answers,
    is_alive,
    logic_data,
    shown_pages,
)
from applications.guide import Guide, date_problem, guide_of, is_long_ago, told_anew
from applications.models import GuideVersion
from applications.queries.guide import public_guides, versions_of, with_guides
from applications.services import guide_shares
from applications.steps import CURRENT, DONE, TODO, Step
from applications.views.guide import answers as store
from cityhall.days import today
from cityhall.db import is_number


@dataclass
class Walk:
    """`is_trial`: staff try a version out; it has answers and addresses of its own."""

    request: HttpRequest
    version: GuideVersion
    is_trial: bool = False

    @cached_property
    def guide(self) -> Guide:
        return guide_of(self.version)

    @property
    def slot(self) -> str:
        return f"try:{self.version.pk}" if self.is_trial else self.version.life_event.key

    @cached_property
    def kept(self) -> store.Kept:
        return store.kept(self.request.session, self.slot, self.guide.form)

    def save(self) -> bool:
        """Keep answers and ticks, also under the code if there is one. False for what is too large to be answers."""
        if not store.keep(self.request.session, self.slot, self.kept):
            return False
        code = "" if self.is_trial else self.kept.open_code
        if code and not guide_shares.update(code=code, version=self.version, values=self.values, done=self.kept.done):
            # over, or deleted in another browser
            self.kept.unshare()
            store.keep(self.request.session, self.slot, self.kept)
        return True

    # --- addresses ----------------------------------------------------------------------------------

    def url(self, name: str, *parts: Any) -> str:
        """The address of `start`, `page`, `check`, `result`, `tick`, `forget` … of this walk."""
        event = self.version.life_event
        if self.is_trial:
            return reverse(f"applications:guide_try_{name}", args=[event.key, self.version.number, *parts])
        return reverse(f"applications:guide_{name}", args=[event.key, *parts])

    def to(self, name: str, *parts: Any) -> HttpResponse:
        return redirect(self.url(name, *parts))

    # --- what follows from the answers --------------------------------------------------------------

    @property
    def values(self) -> typed.Typed:
        return self.kept.values

    @cached_property
    def _deciding(self) -> Answers:
        return deciding_answers(self.guide.form, self.values, {})

    @cached_property
    def outcome(self) -> Outcome | None:
        return outcome(self.guide.form, self._deciding, today=today()) if self.guide.form.has_logic else None

    @cached_property
    def shown(self) -> list[int]:
        """Numbers of the pages that no condition hides."""
        return shown_pages(self.guide.form, self.outcome)

    def page_form(self, page: Page, data: "typed.Data | None" = None) -> PageForm:
        form = PageForm(page, data=data, initial=self.values, outcome=self.outcome)
        if data is not None:
            self._look_at_the_day(form)
        return form

    def _look_at_the_day(self, form: PageForm) -> None:
        """Say at the question that the day of the event cannot be meant."""
        key = self.guide.event.question
        if key in form.fields and form.is_valid():
            day = _date(form.answers().get(key))
            wrong = date_problem(self.guide.event, day, today()) if day else ""
            if wrong:
                form.add_error(key, wrong)

    def logic(self, page: Page) -> dict[str, Any] | None:
        """What the browser needs to show and hide questions itself."""
        return logic_data(self.guide.form, self._deciding) if self.outcome and is_alive(self.guide.form, page) else None

    @cached_property
    def checked(self) -> Checked:
        """All pages checked, the day of the event too."""
        found = check(self.guide.form, self.values, {})
        key = self.guide.event.question
        day = _date(found.answers.get(key))
        wrong = date_problem(self.guide.event, day, today()) if day else ""
        if not wrong:
            return found
        number = self.guide.form.page_of(key)
        label = self.guide.form.by_key[key].label
        problem = Problem(number, key, label, wrong, f"id_{typed.PREFIX}-{key}_group")
        return Checked(found.answers, (*found.problems, problem), found.outcome)

    @cached_property
    def event_day(self) -> dt.date | None:
        return _date(self.checked.answers.get(self.guide.event.question))

    @property
    def is_long_ago(self) -> bool:
        day = self.event_day
        return day is not None and is_long_ago(self.guide.event, day, today())

    def receive(self, page: Page, data: "typed.Data") -> bool:
        """Keep what a page sent, right or wrong. False for what is too large to be answers."""
        asked = {field.key for field in page.fields}
        found = {key: value for key, value in self.values.items() if key not in asked} | typed.read(page.fields, data)
        self.kept.values = found
        for name in ("_deciding", "outcome", "shown", "checked", "event_day"):
            self.__dict__.pop(name, None)
        return self.save()

    # --- where the person stands ---------------------------------------------------------------------

    def steps(self, current: int) -> list[Step]:
        """The pages that are shown and the check page, which is the one after the last."""
        pages = self.guide.form.pages
        answered = {number for number in self.shown if any(one.key in self.values for one in pages[number - 1].fields)}
        steps = [
            Step(
                pages[number - 1].title,
                CURRENT if number == current else DONE if number in answered else TODO,
                self.url("page", number) if number in answered else "",
            )
            for number in self.shown
        ]
        is_check = current > len(pages)
        href = self.url("check") if answered >= set(self.shown) else ""
        return [*steps, Step(_("回答の確認"), CURRENT if is_check else TODO, href)]


def _date(answer: Any) -> dt.date | None:
    return dt.date.fromisoformat(answer) if isinstance(answer, str) else None


def public_walk(request: HttpRequest, key: str) -> Walk:
    """The guide in force of a life event, or 404."""
    event = get_object_or_404(public_guides(), key=key)
    version: GuideVersion = event.current_guide  # type: ignore[assignment]  # the query asks for one
    version.life_event = event
    return Walk(request, version)


def told_here(request: HttpRequest, key: str) -> dict[str, str]:
    """What this browser has answered in a guide, by concept (`told_anew`); nothing where there is no such guide, or it
    is not done.

    One query.
    """
    event = public_guides().filter(key=key).first()
    if event is None or event.current_guide is None:
        return {}
    event.current_guide.life_event = event
    walk = Walk(request, event.current_guide)
    done = bool(walk.values) and not walk.checked.problems
    return told_anew(walk.guide, walk.checked.answers, today=today()) if done else {}


def trial_walk(request: HttpRequest, key: str, version: int) -> Walk:
    """Any version of a guide, or 404."""
    return Walk(request, version_or_404(key, version), is_trial=True)


def version_or_404(key: str, number: int) -> GuideVersion:
    """A version with its life event."""
    event = get_object_or_404(with_guides(), key=key)
    if not is_number(number):
        raise Http404
    found = get_object_or_404(versions_of(event), number=number)
    found.life_event = event
    return found
