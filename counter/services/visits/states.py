"""The moves of a visit: one conditional update on (state, revision), with its event and its phase."""

import datetime as dt
from typing import Any

from django.db.models import F

from cityhall.errors import StaleState
from cityhall.models import User
from counter.enums import PHASE_OF, VISIT_MOVES, VisitEventKind, VisitPhase, VisitState
from counter.models import Visit, VisitEvent, VisitPeriod
from reservations.models import Ticket


def move(
    visit: Visit,
    *,
    to: VisitState,
    event: VisitEventKind,
    by: User | None,
    now: dt.datetime,
    detail: str = "",
    **columns: Any,
) -> Visit:
    """Move a visit, write its event and begin the phase of the new state, in the caller's transaction.

    Conditional on what the caller read last: of two desks that move it at once one wins. Raises StaleState when
    somebody was faster, or when the move is not allowed.
    """
    if to not in VISIT_MOVES[VisitState(visit.state)]:
        raise StaleState
    touch(visit, event=event, by=by, now=now, detail=detail, state=to, **columns)
    begin_phase(visit, PHASE_OF.get(to), now=now)
    return visit


def touch(
    visit: Visit, *, event: VisitEventKind | None, by: User | None, now: dt.datetime, detail: str = "", **columns: Any
) -> Visit:
    """Change columns of a visit with the event, in the caller's transaction. Raises StaleState.

    Without an event it goes on with what the last one says: typing that is saved every few seconds is one.
    """
    seen = Visit.objects.filter(pk=visit.pk, state=visit.state, revision=visit.revision)
    if seen.update(revision=F("revision") + 1, **columns) != 1:
        raise StaleState
    visit.revision += 1
    for name, value in columns.items():
        setattr(visit, name, value)
    if event is not None:
        note(visit, event, by=by, now=now, detail=detail)
    return visit


def note(visit: Visit, event: VisitEventKind, *, by: User | None, now: dt.datetime, detail: str = "") -> None:
    """Write what happened. No personal data in `detail`."""
    VisitEvent.objects.create(visit=visit, kind=event, at=now, actor=by, detail=detail[:200])


def begin_phase(visit: Visit, phase: VisitPhase | None, *, now: dt.datetime) -> None:
    """End the phase that runs and begin another, unless it is the same; the row of the visit was just written."""
    running = VisitPeriod.objects.filter(visit=visit, until_at=None).first()
    if running is not None:
        if running.phase == phase:
            return
        seconds = max(0, int((now - running.from_at).total_seconds()))
        VisitPeriod.objects.filter(pk=running.pk, until_at=None).update(until_at=now, seconds=seconds)
    if phase is not None:
        VisitPeriod.objects.create(visit=visit, phase=phase, from_at=now)


def note_wait(visit: Visit, ticket: Ticket) -> None:
    """How long the person waited with the number before it was called: a phase that was over when the visit began."""
    if ticket.called_at is None:
        return
    seconds = max(0, int((ticket.called_at - ticket.issued_at).total_seconds()))
    VisitPeriod.objects.create(
        visit=visit, phase=VisitPhase.WAIT, from_at=ticket.issued_at, until_at=ticket.called_at, seconds=seconds
    )
