"""The one door to the state of a ticket."""

import copy
import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F

from cityhall.db import is_postgresql
from cityhall.errors import StaleState
from cityhall.models import User
from reservations.enums import TICKET_MOVES, TicketEventKind, TicketState
from reservations.models import Desk, Ticket, TicketEvent, TicketPeriod
from reservations.services.queue.statement import move_as_read

# states that nothing follows: no period is open any more
ENDED = (TicketState.DONE, TicketState.LEFT)
# what a period is of; when one of them changes, the next period begins
_OF_PERIOD = ("state", "group_id", "service_id", "place_id", "desk_id", "clerk_id")


def move(
    ticket: Ticket,
    *,
    to: TicketState,
    kind: TicketEventKind,
    by: User | None,
    now: dt.datetime,
    at: Desk | None = None,
    detail: str = "",
    **changes: Any,
) -> Ticket:
    """Move a ticket as it was read: one conditional update, its period and its event; the ticket as it is now.

    Raises StaleState when somebody else was faster, or when no such move exists; IntegrityError `desk_serves_one`
    when the desk already has somebody. `at`: the desk the event tells of.
    """
    if to not in TICKET_MOVES[TicketState(ticket.state)]:
        raise StaleState
    moved = copy.copy(ticket)
    for name, value in {"state": to.value, **changes}.items():
        setattr(moved, name, value)
    moved.revision = ticket.revision + 1
    where = at.pk if at is not None else moved.desk_id
    is_next_period = any(getattr(moved, name) != getattr(ticket, name) for name in _OF_PERIOD)
    if is_postgresql():
        is_moved = move_as_read(
            ticket,
            {"state": to, **changes},
            kind=kind,
            by=by,
            now=now,
            desk_id=where,
            detail=detail,
            is_next_period=is_next_period,
        )
        if not is_moved:
            raise StaleState
        return moved
    seen = Ticket.objects.filter(pk=ticket.pk, state=ticket.state, revision=ticket.revision)
    with transaction.atomic():
        if not seen.update(state=to, revision=F("revision") + 1, **changes):
            raise StaleState
        if is_next_period:
            _end_period(moved, now)
        TicketEvent.objects.create(ticket=moved, kind=kind, at=now, actor=by, desk_id=where, detail=detail)
    return moved


def open_period(ticket: Ticket, now: dt.datetime) -> None:
    """Begin the stay in the ticket's present state. Inside the transaction that brought it there."""
    TicketPeriod.objects.create(
        ticket=ticket,
        state=ticket.state,
        group_id=ticket.group_id,
        service_id=ticket.service_id,
        place_id=ticket.place_id,
        desk_id=ticket.desk_id,
        clerk_id=ticket.clerk_id,
        business_day=ticket.business_day,
        from_at=now,
    )


def _end_period(ticket: Ticket, now: dt.datetime) -> None:
    """End the open period and begin the next one at the same moment, so that they add up to the whole stay."""
    period = TicketPeriod.objects.get(ticket=ticket, until_at__isnull=True)
    # the clocks of two servers may differ by a moment
    until = max(now, period.from_at)
    # whole seconds of the clock, not of the difference: their sum is that of the whole
    seconds = int(until.timestamp()) - int(period.from_at.timestamp())
    TicketPeriod.objects.filter(pk=period.pk).update(until_at=until, seconds=seconds)
    if ticket.state not in ENDED:
        open_period(ticket, until)
