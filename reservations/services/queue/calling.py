"""Calling people to a desk. Two desks never call the same person: each call is one conditional update."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.db import is_postgresql, violated
from cityhall.errors import StaleState
from cityhall.models import User
from reservations.enums import TicketEventKind, TicketState
from reservations.errors import CallMore, DeskBusy, NobodyWaits, NotAtDesk, TakenByAnother
from reservations.mixing import Waiting
from reservations.models import Desk, DeskSession, Ticket
from reservations.queries.queue import at_desk, next_for
from reservations.services.queue.moving import move
from reservations.services.queue.rights import need_clerk
from reservations.services.queue.statement import call_first_free

CALLS_BEFORE_MISSED = 3
_CALLABLE = (TicketState.WAITING, TicketState.PARKED, TicketState.MISSED)
_SAME_TAP = dt.timedelta(seconds=3)
# how often the queue is read again when others were faster with everybody in it
_ROUNDS = 3
# more than there are desks
_LOOKED_AT = 50


def call_next(*, desk: Desk, by: User, now: dt.datetime | None = None) -> Ticket:
    """Call whose turn it is; when another desk was faster, quietly the following one.

    A second tap answers with the person already called. Raises NotAtDesk, DeskBusy while somebody is served,
    NobodyWaits.
    """
    moment = now or timezone.now()
    need_seat(desk, by)
    for _round in range(_ROUNDS):
        order = next_for(desk, moment, most=_LOOKED_AT)
        if not order:
            break
        try:
            called = _call_first(order, desk=desk, by=by, now=moment)
        except StaleState:
            continue
        except IntegrityError as error:
            if violated(error) != "desk_serves_one":
                raise
            # somebody is at the desk, or was called there by a second tap meanwhile
            break
        if called is not None:
            return called
    present = _called_already(desk)
    if present is None:
        raise NobodyWaits
    return present


def call(*, ticket: Ticket, desk: Desk, by: User, now: dt.datetime | None = None) -> Ticket:
    """Call a chosen person: who waits, was parked or missed. The same tap twice calls once.

    Raises NotAtDesk, DeskBusy, TakenByAnother (says which desk), StaleState when the visit is over.
    """
    moment = now or timezone.now()
    need_seat(desk, by)
    present = at_desk(desk)
    if present is not None and present.pk == ticket.pk:
        return present
    if present is not None:
        raise DeskBusy
    try:
        return _call(ticket, desk=desk, by=by, now=moment)
    except StaleState:
        latest = Ticket.objects.select_related("desk", "place", "service", "group").get(pk=ticket.pk)
        if latest.state in (TicketState.CALLED, TicketState.SERVING) and latest.desk_id != desk.pk:
            raise _taken(latest) from None
        if latest.desk_id == desk.pk and latest.state == TicketState.CALLED:
            return latest
        raise
    except IntegrityError as error:
        if violated(error) != "desk_serves_one":
            raise
        raise DeskBusy from error


def call_again(*, ticket: Ticket, by: User, now: dt.datetime | None = None) -> Ticket:
    """Call the person at the desk once more; a tap within seconds of the last is the same call.

    Raises NotYours, StaleState.
    """
    moment = now or timezone.now()
    need_clerk(ticket, by)
    _need_called(ticket)
    if ticket.called_at is not None and moment - ticket.called_at < _SAME_TAP:
        return ticket
    return move(
        ticket,
        to=TicketState.CALLED,
        kind=TicketEventKind.CALLED_AGAIN,
        by=by,
        now=moment,
        calls=ticket.calls + 1,
        called_at=moment,
    )


def miss(*, ticket: Ticket, by: User, now: dt.datetime | None = None) -> Ticket:
    """Who was called three times and did not come. Twice is once. Raises NotYours, CallMore, StaleState."""
    need_clerk(ticket, by)
    if ticket.state == TicketState.MISSED:
        return ticket
    if ticket.calls < CALLS_BEFORE_MISSED:
        raise CallMore
    return move(
        ticket, to=TicketState.MISSED, kind=TicketEventKind.MISSED, by=by, now=now or timezone.now(), for_desk_id=None
    )


def need_seat(desk: Desk, user: User) -> None:
    """Raises NotAtDesk unless the person sits at the desk, also on a break."""
    if not DeskSession.objects.filter(desk=desk, user=user, ended_at=None, break_since=None).exists():
        raise NotAtDesk


def _need_called(ticket: Ticket) -> None:
    if ticket.state != TicketState.CALLED:
        raise StaleState


def _called_already(desk: Desk) -> Ticket | None:
    present = at_desk(desk)
    if present is not None and present.state == TicketState.SERVING:
        raise DeskBusy
    return present


def _call_first(order: Sequence[tuple[Waiting, str]], *, desk: Desk, by: User, now: dt.datetime) -> Ticket | None:
    """The first whom no other desk is calling just now; None when all are being called, or have changed.

    Raises StaleState, and IntegrityError `desk_serves_one` when the desk has somebody.
    """
    if is_postgresql():
        return call_first_free(order, {"state": TicketState.CALLED, **_called_to(desk, by, now)}, by=by, now=now)
    with transaction.atomic():
        found = _first_free(order)
        return found and _call(found[0], desk=desk, by=by, now=now, called_among=found[1])


def _first_free(order: Sequence[tuple[Waiting, str]]) -> tuple[Ticket, str] | None:
    """The first who still waits, where there is one writer at a time.

    Who has changed since the order was made raises StaleState, so that it is made again.
    """
    rows = Ticket.objects.filter(pk__in=[one.pk for one, _among in order], state=TicketState.WAITING)
    waiting = rows.select_related("place", "service", "group").in_bulk()
    for one, among in order:
        ticket = waiting.get(one.pk)
        if ticket is not None and ticket.revision != one.revision:
            raise StaleState
        if ticket is not None:
            return ticket, among
    return None


def _call(ticket: Ticket, *, desk: Desk, by: User, now: dt.datetime, called_among: str = "") -> Ticket:
    # "called" may follow "called" (again, taken over), but not from here: that would take somebody's person away
    if ticket.state not in _CALLABLE:
        raise StaleState
    return move(
        ticket,
        to=TicketState.CALLED,
        kind=TicketEventKind.CALLED,
        by=by,
        now=now,
        calls=ticket.calls + 1,
        called_among=called_among,
        **_called_to(desk, by, now),
    )


def _called_to(desk: Desk, by: User, now: dt.datetime) -> dict[str, Any]:
    """The columns that say where somebody was called."""
    return {"desk_id": desk.pk, "clerk_id": by.pk, "for_desk_id": None, "called_at": now, "away_until": None}


def _taken(ticket: Ticket) -> TakenByAnother:
    desk = ticket.desk.number if ticket.desk else ""
    return TakenByAnother(
        _("%(label)s の方は、窓口 %(desk)s が先に呼び出しました。") % {"label": ticket.label, "desk": desk}
    )
