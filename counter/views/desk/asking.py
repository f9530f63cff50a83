"""One page of the combined form at a desk: its questions with where each value comes from, and what is missing."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from applications.definition import Page
from applications.enums import SHOWN_ONLY
from applications.form_pages import Block, PageForm, shown_pages
from applications.typed import NOT_TYPED
from cityhall.ids import public_id as new_key
from cityhall.models import User
from counter.combined import Combined, Supposed
from counter.entries import Entries, is_filled
from counter.enums import Mark, Source
from counter.form_pages import Filling, page_context
from counter.forms import combined_of
from counter.forms_certificates import SuperiorForm
from counter.models import Visit, VisitProcedure
from counter.queries.certificates import is_unconfirmed, requester_of, stop_of
from counter.queries.renewals import renewal_of
from counter.queries.reviews import Reading
from counter.queries.sources import Beside, beside, given_of
from counter.queries.veils import entries_for, veiled_of
from counter.queries.visits import chosen_procedures
from counter.views.desk.common import show
from counter.views.desk.frame import Stage
from counter.views.desk.turning import language_of
from reservations.hall.languages import JAPANESE

MISSING: Final = 0
"""The number of the page that lists what is still to be asked; those of the form count from 1."""
REQUEST_KEY: Final = "request_key"
"""Names one opening of a page: what it saves by itself is its own (`visits.keep_typing`)."""
ON_PAGE: Final = "on"
"""Names the questions the page of what is missing showed: an answer takes them off that list."""


@dataclass
class Asking(Filling):
    """The combined form with one page more: the questions that are still to be asked."""

    keys: tuple[str, ...] = ()
    veiled: frozenset[str] = frozenset()
    """Questions that are answered, and whose answers are not for whoever reads the page."""

    def page(self, number: int) -> Page:
        if number != MISSING:
            page = super().page(number)
            return replace(page, fields=tuple(one for one in page.fields if one.key not in self.veiled))
        fields = [self.form.by_key[key] for key in self.keys if key in self.form.by_key and key not in self.veiled]
        return Page("missing", _("お聞きすること"), "", tuple(fields))

    def veiled_on(self, number: int) -> bool:
        """Whether an answer of this page is left out."""
        return number != MISSING and any(one.key in self.veiled for one in super().page(number).fields)

    def _suppose(self, number: int) -> Supposed:
        """Nothing follows, before the reader's eyes, from what they may not see."""
        if not self.veiled:
            return super()._suppose(number)
        seen = {key: value for key, value in self.values.items() if key not in self.veiled}
        return super(Asking, replace(self, values=seen))._suppose(number)

    def logic(self, number: int) -> dict[str, Any] | None:
        found = super().logic(number)
        if found is not None and self.veiled:
            found["answers"] = {key: one for key, one in found["answers"].items() if key not in self.veiled}
        return found

    def has_page(self, number: int) -> bool:
        return number == MISSING or super().has_page(number)


@dataclass(frozen=True)
class Question:
    """A question on the page with what stands beside it. `title`: the first of its page of the form."""

    block: Block
    beside: Beside | None
    title: str = ""


@dataclass(frozen=True)
class PageLink:
    """A page of the form in the list beside the questions, with how much is missing on it."""

    key: str
    title: str
    missing: int
    is_current: bool


@dataclass
class Screen:
    """Read late, once: after the page was saved a new one is made from the visit as it is then."""

    request: HttpRequest
    visit: Visit
    user: User

    @property
    def is_turned(self) -> bool:
        """Whether the resident has the tablet: what is typed is theirs, and nothing of the staff's is shown."""
        return self.request.GET.get("facing") == "resident"

    @property
    def source(self) -> Source:
        if self.visit.paper_on is not None:
            return Source.PAPER
        return Source.RESIDENT if self.is_turned else Source.STAFF

    @cached_property
    def chosen(self) -> Sequence[VisitProcedure]:
        return chosen_procedures(self.visit)

    @cached_property
    def combined(self) -> Combined:
        return combined_of(self.chosen, at_desk=True)

    @cached_property
    def entries(self) -> Entries:
        """What the member of staff may see of what the visit holds."""
        return entries_for(self.visit, self.combined, self.user)

    @cached_property
    def asking(self) -> Asking:
        given = given_of(self.visit, self.combined, self.user)
        return self.veil(Asking(self.combined, dict(self.visit.values), given, self.words, self._keys))

    @cached_property
    def words(self) -> Combined | None:
        """The form as the resident reads it; None where that is in Japanese."""
        if self.language == JAPANESE:
            return None
        return combined_of(self.chosen, at_desk=True, language=self.language)

    @cached_property
    def language(self) -> str:
        """What the page is read in: staff read Japanese, the resident what they touched."""
        return language_of(self.visit) if self.is_turned else JAPANESE

    def veil(self, whole: Asking) -> Asking:
        """Without the addresses that the member of staff may not see (支援措置)."""
        veiled = veiled_of(self.visit, self.combined, self.user)
        if not veiled:
            return whole
        # what is wrong with it, or said to be wrong, is asked anew, in an empty box
        wrong = {one.key for one in whole.checked.problems} | set(self.visit.marks)
        values = {key: value for key, value in whole.values.items() if key not in veiled & wrong}
        return replace(whole, values=values, veiled=veiled - wrong)

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        """The questions of the page of what is missing: those that were sent, or those that are missing now."""
        if self.request.method == "POST" and ON_PAGE in self.request.POST:
            return tuple(dict.fromkeys(self.request.POST[ON_PAGE].split()))
        return ()

    @cached_property
    def reading(self) -> Reading:
        return Reading(self.chosen, self.combined, Entries.of(self.visit), self.asking.given)

    @cached_property
    def missing(self) -> list[str]:
        """Keys of the questions that are needed, wrong, or marked to be looked at, in the order of the form."""
        found = self.asking.checked.outcome
        marked = {path.partition(".")[0] for path in self.entries.marks}
        keys = {one.key.partition(".")[0] for one in self.asking.checked.problems} | marked
        return [key for key in self._asked() if key in keys and (found is None or key in found.visible)]

    @cached_property
    def optional(self) -> list[str]:
        """Keys of the other questions that nobody has answered, or said that there is no answer."""
        needed, found = set(self.missing), self.asking.checked.outcome
        blank = [key for key in self._asked() if not is_filled(self.entries.values.get(key))]
        return [
            key
            for key in blank
            if key not in needed and key not in self.entries.sources and (found is None or key in found.visible)
        ]

    def _asked(self) -> Iterator[str]:
        yield from (field.key for field in self.combined.form.fields if field.type not in NOT_TYPED)

    def of_missing(self, *, with_optional: bool = False) -> Asking:
        """The page of what is missing."""
        keys = {*self.missing, *(self.optional if with_optional else [])}
        return replace(self.asking, keys=tuple(key for key in self._asked() if key in keys))

    def pages(self, current: int) -> list[PageLink]:
        """The pages that no condition hides."""
        missing = set(self.missing)
        numbers = shown_pages(self.combined.form, self.asking.checked.outcome)
        shown = [(number, self.asking.page(number)) for number in numbers]
        return [
            PageLink(page.key, page.title, sum(one.key in missing for one in page.fields), number == current)
            for number, page in shown
        ]

    def questions(self, form: PageForm, number: int) -> list[Question]:
        """What stands on the page; on the one of what is missing each part of it has the title of its own page."""
        stands = beside(self.entries, [one for one in form.page.fields if one.type not in SHOWN_ONLY])
        titles = {one.key: page.title for page in (self.words or self.combined).form.pages for one in page.fields}
        found, last = [], ""
        for block in form.blocks():
            title = titles.get(block.path, "") if number == MISSING and not block.is_hidden else ""
            found.append(Question(block, stands.get(block.path), title if title != last else ""))
            last = title or last
        return found

    def show(
        self, asking: Asking, number: int, form: PageForm, *, fresh: Collection[str] = (), stale: bool = False
    ) -> HttpResponse:
        """The page in the frame of the desk, or in the one for the resident."""
        context = page_context(asking, number, form, fresh=fresh)
        context |= self._around(number) if not stale else {}
        context |= {
            "questions": self.questions(form, number),
            "on_page": [one.key for one in form.page.fields],
            "is_turned": self.is_turned,
            "is_missing_page": number == MISSING,
            "is_veiled": asking.veiled_on(number),
            "changed_mark": Mark.CHANGED,
            REQUEST_KEY: new_key(),
            "base": "counter/desk/facing.html" if self.is_turned else "counter/desk/base.html",
        }
        page = "counter/desk/fill.html"
        return show(self.request, page, self.visit, Stage.ASK, context, chosen=self.chosen, stale=stale)

    def _around(self, number: int) -> dict[str, Any]:
        """What stands beside the questions. Of no use to the resident."""
        if self.is_turned:
            return {"is_complete": not self.missing}
        return {
            "pages": self.pages(number),
            "is_complete": not self.missing,
            "missing_count": len(self.missing),
            "optional_count": len(self.optional),
            "papers": self.reading.papers(),
            "renewal": renewal_of(self.visit, self.chosen),
            **self._stop(),
        }

    def _stop(self) -> dict[str, Any]:
        """Somebody is protected whom a certificate is about; and where to say which superior was asked."""
        if not any(one.procedure.issued_at_once for one in self.chosen):
            return {}
        order = requester_of(self.visit)
        superior = SuperiorForm() if is_unconfirmed(self.visit, order) else None
        return {"stop": stop_of(self.visit), "order": order, "superior": superior}
