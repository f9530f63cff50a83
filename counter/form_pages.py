"""The pages of a combined form, for whoever fills it in: at home, on the tablet at the hall, at the desk.

No request, no model is written: a caller loads typed values, shows `page_form`, and keeps what `take` gives back.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from applications import row_actions, typed
from applications.answers import Answers
from applications.conditions import Outcome, outcome
from applications.definition import Field, Form, Page
from applications.form_pages import (
    Checked,
    Given,
    PageForm,
    check,
    deciding_answers,
    is_alive,
    logic_data,
    shown_pages,
    with_first_rows,
)
from applications.lookups import look_up
from applications.views.visits import SEEN, seen_by
from cityhall.days import today
from counter.adding import with_addable
from counter.combined import RELATIVES, Combined, Supposed, suppose, without_stale
from counter.combined.doubting import Doubt, doubts

NEXT: Final = "next"
"""The button that goes on: the only one that complains of mistakes."""
SURE: Final = "sure"
"""Marks of the doubts that the page has shown: who goes on has looked at them."""
_STAYING: Final = frozenset({"refresh", "lookup", *row_actions.ACTIONS})


@dataclass
class Filling:
    """A combined form with what is typed into it so far, right or wrong. Page numbers count from 1.

    `given` are answers that nobody types: what is shown from the record. `words` is the same form in the language of
    who reads (`counter.forms.combined_of`): pages are shown with it, what is kept and supposed is that of `combined`.
    """

    combined: Combined
    values: typed.Typed
    given: Given = field(default_factory=dict)
    words: Combined | None = None

    @property
    def form(self) -> Form:
        return self.combined.form

    def page(self, number: int) -> Page:
        return self.form.pages[number - 1]

    def page_read(self, number: int) -> Page:
        """The page as it is shown, in the language of who reads."""
        return self.as_read.page(number)

    @cached_property
    def as_read(self) -> "Filling":
        """The same answers in the form as it is shown: for pages that list what is typed, and what is wrong with it."""
        return self if self.words is None else replace(self, combined=self.words, words=None)

    def has_page(self, number: int) -> bool:
        return 1 <= number <= len(self.form.pages)

    @cached_property
    def _deciding(self) -> Answers:
        return deciding_answers(self.form, self.values, {}, given=self.given)

    @cached_property
    def outcome(self) -> Outcome | None:
        """What is shown, required and calculated; None where nothing depends on answers."""
        return outcome(self.form, self._deciding, today=today()) if self.form.has_logic else None

    @cached_property
    def shown(self) -> list[int]:
        """Numbers of the pages that no condition hides."""
        return shown_pages(self.form, self.outcome)

    def after(self, number: int) -> int | None:
        """The next page that is shown, None after the last."""
        return next((one for one in self.shown if one > number), None)

    def before(self, number: int) -> int | None:
        return next((one for one in reversed(self.shown) if one < number), None)

    @cached_property
    def checked(self) -> Checked:
        """All pages checked as if they had just been sent: the answers, and every problem with its page."""
        return check(self.form, self.values, {}, given=self.given)

    @cached_property
    def doubts(self) -> list[Doubt]:
        """What of all that is typed can hardly be meant, as far as it is asked."""
        found = doubts(self.form.fields, self.values, today=today())
        return [one for one in found if self.outcome is None or one.path in self.outcome.visible]

    def page_form(
        self,
        number: int,
        *,
        data: "typed.Data | None" = None,
        opened: Collection[str] = (),
        is_checked: bool = False,
    ) -> PageForm:
        """The page as it stands; with `data`, or `is_checked`, its mistakes are said too.

        `opened` are ids of rows to show open in long groups.
        """
        page, begun = self.page_read(number), self.begun(number)
        if data is None and is_checked:
            data = typed.as_data(page.fields, begun.values)
        return PageForm(page, data=data, initial=begun.values, given=self.given, outcome=begun.outcome, opened=opened)

    def begun(self, number: int) -> "Filling":
        """With the blank rows that groups of the page begin with, and with what can be supposed from earlier answers:
        what depends on answers is shown accordingly."""
        if number not in self._begun:
            values = self._supposed(number).values
            self._begun[number] = self if values == self.values else replace(self, values=values)
        return self._begun[number]

    def _supposed(self, number: int) -> Supposed:
        if number not in self._known:
            self._known[number] = self._suppose(number)
        return self._known[number]

    @cached_property
    def _begun(self) -> dict[int, "Filling"]:
        """Pages that were asked for, by number: each is shown, named and told to the browser from the same one."""
        return {}

    @cached_property
    def _known(self) -> dict[int, Supposed]:
        return {}

    def _suppose(self, number: int) -> Supposed:
        fields = self.page(number).fields
        return suppose(self.combined, with_first_rows(fields, self.values), fields, today=today())

    def supposed_labels(self, number: int) -> list[str]:
        """What stands on the page without anybody having typed it: to be looked at, and changed where it is wrong."""
        found = self.begun(number).outcome
        paths = (path for path in self._supposed(number).paths if found is None or path in found.visible)
        keys = {path.partition(".")[0] for path in paths}
        return [field.label for field in self.page_read(number).fields if field.key in keys]

    def logic(self, number: int) -> dict[str, Any] | None:
        """What the browser needs to show and hide questions of the page itself (`json_script` id `form-logic`)."""
        alive = self.outcome is not None and is_alive(self.form, self.page(number))
        return logic_data(self.as_read.form, self.begun(number)._deciding) if alive else None

    def with_page(self, number: int, values: typed.Typed) -> "Filling":
        """The same form with these values on one page; rows that were closed there keep what they had."""
        page = self.page(number)
        asked = {one.key for one in page.fields}
        here = typed.with_closed_rows(page.fields, values, self.values)
        kept = {key: value for key, value in self.values.items() if key not in asked}
        # sent without anybody: nobody is supposed there again
        nobody: typed.Typed = {RELATIVES: []} if RELATIVES in asked else {}
        return replace(self, values=kept | nobody | here)

    def sent(self, number: int, values: typed.Typed) -> "Filling":
        """The same with a page that was sent: what was supposed from what it said before, and is so no more, is asked
        again on its own page."""
        new = self.with_page(number, values)
        left = without_stale(self.combined, self.values, new.values, self.page(number).fields, today=today())
        return new if left == new.values else replace(new, values=left)

    def stale_in(self, new: "Filling", number: int) -> list[tuple[Field, Any]]:
        """What changed besides the page that was sent, with what is left of it."""
        here = {one.key for one in self.page(number).fields}
        others = [one for one in self.form.fields if one.key not in here]
        return [(one, new.values.get(one.key)) for one in others if self.values.get(one.key) != new.values.get(one.key)]


@dataclass(frozen=True)
class Taken:
    """A page that was sent. `filling` is to be kept, whatever the button.

    `stays`: the page is shown again with `form`; or asked for again at `anchor`, where rows came or went.
    """

    filling: Filling
    action: str
    form: PageForm
    stays: bool = False
    fresh: tuple[str, ...] = ()
    """Labels of questions that an answer on this very page has brought up."""
    opened: tuple[str, ...] = ()
    anchor: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether nothing on the page is missing or wrong."""
        return self.form.is_bound and self.form.is_valid()


def take(filling: Filling, number: int, data: "typed.Data") -> Taken:
    """What a sent page says and what its button (`action`, `action:argument`) asks for.

    Knows `next` and the buttons inside the page (rows, postal code, `refresh`); with any other the page is left,
    and where to is the caller's business.
    """
    page = filling.page(number)
    action, _colon, argument = str(data.get("action") or NEXT).partition(":")
    values = typed.read(page.fields, data)
    if action in row_actions.ACTIONS:
        opened, anchor = row_actions.apply(page.fields, values, action, argument)
        new = filling.sent(number, values)
        return Taken(new, action, new.page_form(number, opened=opened), True, (), tuple(opened), anchor)
    found = look_up(page, values, argument) if action == "lookup" else None
    new = filling.sent(number, values)
    if action in _STAYING:
        form = new.page_form(number, opened=_open_rows(values))
        if found:
            found.show_in(form)
        return Taken(new, action, form, True, tuple(_fresh(form, data)))
    form = new.page_form(number, data=data)
    fresh = tuple(_fresh(form, data)) if action == NEXT else ()
    if fresh:
        # nobody could have answered them yet: no complaints
        return Taken(new, action, new.page_form(number), True, fresh)
    return Taken(new, action, form, stays=action == NEXT and (not form.is_valid() or _is_unsure(new, form, data)))


def _is_unsure(filling: Filling, form: PageForm, data: "typed.Data") -> bool:
    """Whether something odd was typed that the page has not asked about yet; pages that ask nobody never are."""
    if SURE not in data:
        return False
    seen = set(str(data[SURE]).split())
    return any(one.path in form.fields and one.mark not in seen for one in filling.doubts)


def _fresh(form: PageForm, data: "typed.Data") -> list[str]:
    if SEEN not in data:
        return []
    seen = set(str(data[SEEN]).split())
    return [form.label_of(path) for path in seen_by(form) if path not in seen and path in form.fields]


def _open_rows(values: typed.Typed) -> list[str]:
    """Rows that were open stay open."""
    groups = [value for value in values.values() if isinstance(value, list)]
    return [row["id"] for rows in groups for row in rows if isinstance(row, dict) and "values" in row]


def page_context(filling: Filling, number: int, form: PageForm, *, fresh: Collection[str] = ()) -> dict[str, Any]:
    """What `counter/_questions.html` and `counter/_question_scripts.html` need to show a page."""
    odd = {one.mark: told for one in filling.doubts if (told := form.doubt(one.path, one.message))}
    return {
        "doubts": list(odd.values()),
        "sure": " ".join(odd),
        "page": filling.page_read(number),
        "number": number,
        "form": form,
        "problems": list(form.problems()) if form.is_bound else [],
        "fresh": list(fresh),
        "seen": seen_by(form),
        "logic": filling.logic(number),
        "supposed": [] if form.is_bound else filling.supposed_labels(number),
        **with_addable(form, filling.begun(number).values),
    }
