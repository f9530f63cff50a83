"""Which procedures a visit is for: added, dropped with a reason, put back; what was typed is carried over."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from applications.models import FormVersion, Procedure
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.text import clean_text
from counter.combined import CarriedOver, carry_over
from counter.entries import Entries
from counter.enums import Origin, VisitEventKind, VisitState
from counter.errors import CannotFileHere, NothingChosen, ReasonMissing, TooManyProcedures, Unjudged
from counter.forms import combined_of
from counter.models import Visit, VisitProcedure
from counter.queries.compared import is_unjudged
from counter.queries.procedures import hindrance_in, hindrance_of
from counter.queries.visits import chosen_procedures
from counter.services.prefills import MAX_PROCEDURES
from counter.services.visits.states import move, touch

CHOOSING = frozenset({VisitState.IDENTIFIED, VisitState.FILLING})
"""States in which procedures come and go; while the resident reads or has signed, one goes back to the questions."""


def add(
    visit: Visit,
    procedures_with_reasons: Iterable[tuple[Procedure, str]],
    *,
    origin: Origin,
    by: User,
    now: dt.datetime | None = None,
) -> CarriedOver:
    """Add procedures at the end, each once; one that was dropped comes back. What was typed is carried over.

    Raises CannotFileHere for one that this member of staff cannot receive now, TooManyProcedures, StaleState.
    """
    moment = now or timezone.now()
    wanted = dict(procedures_with_reasons)
    if any(hindrance_of(procedure, by, moment) for procedure in wanted):
        raise CannotFileHere
    with transaction.atomic():
        before = _chosen(visit)
        rows = {row.procedure_id: row for row in visit.procedures.all()}
        fresh = [one for one in wanted if one.pk not in rows]
        back = [rows[one.pk].pk for one in wanted if one.pk in rows and rows[one.pk].dropped_at]
        if len(before) + len(fresh) + len(back) > MAX_PROCEDURES:
            raise TooManyProcedures
        if not fresh and not back:
            return _unchanged(visit)
        last = visit.procedures.aggregate(last=Max("position"))["last"] or 0
        VisitProcedure.objects.bulk_create(
            VisitProcedure(
                visit=visit,
                procedure=one,
                form_version=_form_of(one),
                position=last + number,
                origin=origin,
                reason=clean_text(wanted[one])[:200],
            )
            for number, one in enumerate(fresh, start=1)
        )
        VisitProcedure.objects.filter(pk__in=back).update(dropped_at=None, drop_reason="")
        keys = " ".join(one.key for one in wanted)
        return _carried(visit, before, VisitEventKind.PROCEDURE_ADDED, by=by, now=moment, detail=f"{origin}: {keys}")


def drop(visit: Visit, procedure: Procedure, *, reason: str, by: User, now: dt.datetime | None = None) -> CarriedOver:
    """Take a procedure out; what only it asked for goes with it. Twice is once.

    Raises ReasonMissing, StaleState.
    """
    moment, why = now or timezone.now(), clean_text(reason.strip())[:200]
    if not why:
        raise ReasonMissing
    with transaction.atomic():
        before = _chosen(visit)
        rows = VisitProcedure.objects.filter(visit=visit, procedure=procedure, dropped_at=None, application=None)
        if not rows.update(dropped_at=moment, drop_reason=why):
            return _unchanged(visit)
        return _carried(visit, before, VisitEventKind.PROCEDURE_DROPPED, by=by, now=moment, detail=procedure.key)


def put_back(visit: Visit, procedure: Procedure, *, by: User, now: dt.datetime | None = None) -> CarriedOver:
    """Take a dropped procedure in again, where it stood. Raises CannotFileHere, TooManyProcedures, StaleState."""
    return add(visit, [(procedure, "")], origin=Origin.STAFF, by=by, now=now)


def move_up(visit: Visit, procedure: Procedure, *, by: User, now: dt.datetime | None = None) -> CarriedOver:
    """Let a procedure change places with the one before it: it is asked and filed in that order. What was typed goes
    along. The first stays the first. Raises StaleState.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        before = _chosen(visit)
        place = next((index for index, one in enumerate(before) if one.procedure_id == procedure.pk), 0)
        if not place:
            return _unchanged(visit)
        upper, lower = before[place - 1], before[place]
        rows = VisitProcedure.objects.filter(visit=visit)
        # a position is taken once: the upper one waits behind the last
        last = rows.aggregate(last=Max("position"))["last"] or 0
        for row, position in ((upper, last + 1), (lower, upper.position), (upper, lower.position)):
            rows.filter(pk=row.pk).update(position=position)
        return _carried(visit, before, VisitEventKind.PROCEDURE_MOVED, by=by, now=moment, detail=procedure.key)


def begin_questions(visit: Visit, by: User, *, now: dt.datetime | None = None) -> Visit:
    """IDENTIFIED → FILLING. Raises NothingChosen, CannotFileHere, Unjudged, StaleState."""
    moment = now or timezone.now()
    chosen = chosen_procedures(visit)
    if not chosen:
        raise NothingChosen
    if hindered := [one.procedure.name for one in chosen if hindrance_in(visit, one.procedure, by, moment)]:
        raise CannotFileHere(hindered)
    if is_unjudged(visit):
        raise Unjudged
    with transaction.atomic():
        return move(visit, to=VisitState.FILLING, event=VisitEventKind.SAVED, by=by, now=moment, detail="questions")


def _chosen(visit: Visit) -> Sequence[VisitProcedure]:
    """What is chosen now, where procedures may come and go. Locks the visit: two tablets do not add the same twice."""
    seen = Visit.objects.select_for_update(no_key=True).filter(pk=visit.pk, revision=visit.revision, state=visit.state)
    if visit.state not in CHOOSING or not seen.exists():
        raise StaleState
    return chosen_procedures(visit)


def _form_of(procedure: Procedure) -> FormVersion:
    if procedure.current_version is None:
        raise CannotFileHere
    return procedure.current_version


def _unchanged(visit: Visit) -> CarriedOver:
    return CarriedOver(visit.values, (), ())


def _carried(
    visit: Visit, before: Sequence[VisitProcedure], event: VisitEventKind, *, by: User, now: dt.datetime, detail: str
) -> CarriedOver:
    """Keep the entries for the form as it is now; whatever was signed was signed for another revision."""
    old, new = combined_of(before, at_desk=True), combined_of(chosen_procedures(visit), at_desk=True)
    carried = carry_over(old, new, visit.values)
    entries = Entries.of(visit).carried_over(old, new)
    revision = visit.values_revision + 1
    touch(visit, event=event, by=by, now=now, detail=detail, values_revision=revision, **entries.columns())
    return carried
