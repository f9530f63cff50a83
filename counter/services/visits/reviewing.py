"""The resident reads everything: on to the review, marks on what is wrong, back to the questions."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.form_pages import Problem
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.text import clean_text
from counter.combined import Combined
from counter.combined.paths import page_number_of
from counter.entries import Entries
from counter.enums import Mark, VisitEventKind, VisitState
from counter.errors import NothingChosen, NotInMandate, ProtectedUnconfirmed
from counter.forms import combined_of
from counter.models import CertificateOrder, Visit
from counter.queries.certificates import is_unconfirmed, relation_in
from counter.queries.procedures import hindrance_of, is_in_mandate
from counter.queries.renewals import outdated
from counter.queries.reviews import Reading
from counter.queries.sources import given_of
from counter.queries.visits import chosen_procedures
from counter.services.visits.states import move, touch


class NotComplete(DomainError):
    """Questions are missing, wrong, or marked to be looked at."""

    code = "not_complete"
    message = gettext_lazy("まだお聞きしていない質問、または確かめる質問があります。")

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)

    def by_page(self) -> dict[int, list[Problem]]:
        """Number of a page of the combined form → what is missing there."""
        pages: dict[int, list[Problem]] = {}
        for one in self.problems:
            pages.setdefault(one.page_number, []).append(one)
        return pages


class FormsOutdated(DomainError):
    """The city published a form anew: its answers are carried over first."""

    code = "forms_outdated"
    message = gettext_lazy("新しい様式が公開されています。先に、新しい様式へ引き継いでください。")


class ProcedureEnded(DomainError):
    """The city withdrew a procedure meanwhile, or this desk cannot take it any more."""

    code = "procedure_ended"

    def __init__(self, names: Sequence[str]) -> None:
        text = _("「%(names)s」は、今はこの窓口で受け付けられません。理由を付けて、この来庁の手続から外してください。")
        super().__init__(text % {"names": "」「".join(names)})


def to_review(visit: Visit, by: User, *, confirmed_by: str = "", now: dt.datetime | None = None) -> Visit:
    """FILLING → REVIEWING: everything that is needed is there. What conditions hide is not kept, sources are counted.

    `confirmed_by` is the superior who was asked because a certificate is about somebody protected (支援措置); the page
    of certificates says it before. Raises ProtectedUnconfirmed, NotComplete, FormsOutdated, ProcedureEnded,
    NotInMandate, NothingChosen, StaleState.
    """
    if visit.state != VisitState.FILLING:
        raise StaleState
    moment = now or timezone.now()
    reading = _reading(visit, by, moment)
    fields = reading.combined.form.by_key
    entries = reading.entries.visible(fields, reading.checked.outcome)
    if problems := [*reading.problems(), *_marked(reading.combined, entries)]:
        raise NotComplete(problems)
    has_new_values = entries.values != visit.values
    columns: dict[str, Any] = entries.columns() | reading.counts()
    with transaction.atomic():
        if any(one.procedure.issued_at_once for one in reading.chosen):
            _confirm(visit, clean_text(confirmed_by.strip())[:60])
        return move(
            visit,
            to=VisitState.REVIEWING,
            event=VisitEventKind.TO_REVIEW,
            by=by,
            now=moment,
            values_revision=visit.values_revision + has_new_values,
            **columns,
        )


def _confirm(visit: Visit, confirmed_by: str) -> None:
    """Keep which superior was asked, where somebody is protected. The short way did so already."""
    order = CertificateOrder.objects.select_related("subject_resident").filter(visit=visit).first()
    if (order and order.is_short) or not is_unconfirmed(visit, order):
        return
    if not confirmed_by:
        raise ProtectedUnconfirmed
    first = {"is_short": False, "relation": relation_in(visit, order)}
    CertificateOrder.objects.get_or_create(visit=visit, defaults=first)
    CertificateOrder.objects.filter(visit=visit).update(confirmed_by=confirmed_by)


def back_to_questions(visit: Visit, by: User, *, now: dt.datetime | None = None) -> Visit:
    """REVIEWING or SIGNED → FILLING; the marks stay. What was signed is signed again, and so is
    whom a superior was asked about on the long way. Raises StaleState.
    """
    with transaction.atomic():
        # whom the answers name may be somebody else after this; the short page says itself about whom it asks
        CertificateOrder.objects.filter(visit=visit, is_short=False).update(confirmed_by="")
        return move(
            visit,
            to=VisitState.FILLING,
            event=VisitEventKind.BACK_TO_QUESTIONS,
            by=by,
            now=now or timezone.now(),
        )


def dispute(visit: Visit, *, path: str, is_wrong: bool, by: User, now: dt.datetime | None = None) -> Visit:
    """The resident says of one answer 「ちがいます」, or takes it back. Twice is once.

    Two answers may be touched on one page before it is shown again: marks that were set since it was read are no
    conflict. Raises StaleState when anything else changed. Locks the visit.
    """
    with transaction.atomic():
        row = Visit.objects.select_for_update(no_key=True).get(pk=visit.pk)
        if row.state != VisitState.REVIEWING or not _only_marked_since(row, visit.revision):
            raise StaleState
        visit.revision = row.revision
        before = Entries.of(row)
        entries = before.marked(path, Mark.WRONG if is_wrong else None)
        if entries != before and path.partition(".")[0] in before.values:
            moment, marks = now or timezone.now(), dict(entries.marks)
            touch(visit, event=VisitEventKind.DISPUTED, by=by, now=moment, detail=path, marks=marks)
    return visit


def _only_marked_since(visit: Visit, revision: int) -> bool:
    """Every change of a visit that is read raises its revision by one and writes its event."""
    count = visit.revision - revision
    if not count:
        return True
    kinds = visit.events.order_by("-id").values_list("kind", flat=True)[: max(count, 0)]
    return count > 0 and list(kinds) == [VisitEventKind.DISPUTED] * count


def read_in(visit: Visit, language: str) -> None:
    """What the resident reads from here on is in this language. No move of the visit: nobody's work is lost by it."""
    Visit.objects.filter(pk=visit.pk, wiped_at=None).update(language=language)
    visit.language = language


def _reading(visit: Visit, by: User, now: dt.datetime) -> Reading:
    """Raises NothingChosen, FormsOutdated, ProcedureEnded, NotInMandate."""
    chosen = chosen_procedures(visit)
    if not chosen:
        raise NothingChosen
    if ended := [one.procedure.name for one in chosen if hindrance_of(one.procedure, by, now)]:
        raise ProcedureEnded(ended)
    if others := [one.procedure.name for one in chosen if not is_in_mandate(visit, one.procedure, now)]:
        raise NotInMandate(others)
    if outdated(chosen):
        raise FormsOutdated
    combined = combined_of(chosen, at_desk=True)
    return Reading(chosen, combined, Entries.of(visit), given_of(visit, combined, by))


def _marked(combined: Combined, entries: Entries) -> list[Problem]:
    """Questions that somebody has still to look at."""
    by_key = combined.form.by_key
    keys = {path.partition(".")[0]: why for path, why in entries.marks.items()}
    return [
        Problem(page_number_of(combined, key), key, by_key[key].label, str(Mark(why).label), f"id_q-{key}")
        for key, why in keys.items()
        if key in by_key
    ]
