"""What happens to somebody at a desk: served, finished, parked, sent elsewhere."""

import datetime as dt
from contextlib import suppress
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from cityhall.db import violated
from cityhall.errors import StaleState
from cityhall.models import User
from reservations.enums import TicketEventKind, TicketState
from reservations.errors import DeskBusy, NumberInUse
from reservations.models import Desk, Place, Service, Ticket
from reservations.queries.queue import need_open
from reservations.services.bookings.ending import mark_done
from reservations.services.queue.calling import need_seat
from reservations.services.queue.moving import move
from reservations.services.queue.rights import need_clerk, need_free_or_own

# who is in the hall again, or goes on to another desk, was not called there yet
_UNCALLED: dict[str, Any] = {"calls": 0, "called_at": None, "called_among": ""}
_NO_DESK: dict[str, Any] = {"desk_id": None, "clerk_id": None}


def start(*, ticket: Ticket, by: User, now: dt.datetime | None = None) -> Ticket:
    """The person has come: serving begins. Twice is once. Raises NotYours, StaleState."""
    need_clerk(ticket, by)
    if ticket.state == TicketState.SERVING:
        return ticket
    return move(ticket, to=TicketState.SERVING, kind=TicketEventKind.SERVING, by=by, now=now or timezone.now())


def finish(*, ticket: Ticket, by: User, now: dt.datetime | None = None) -> Ticket:
    """The visit is over, and with it the reservation. Twice is once. Raises NotYours, StaleState."""
    moment = now or timezone.now()
    need_clerk(ticket, by)
    if ticket.state == TicketState.DONE:
        return ticket
    if ticket.reservation_id is None:
        return _end(ticket, by=by, now=moment)
    with transaction.atomic():
        done = _end(ticket, by=by, now=moment)
        _end_reservation(ticket, by=by, now=moment)
    return done


def _end(ticket: Ticket, *, by: User, now: dt.datetime) -> Ticket:
    return move(ticket, to=TicketState.DONE, kind=TicketEventKind.DONE, by=by, now=now, finished_at=now)


def park(*, ticket: Ticket, by: User, now: dt.datetime | None = None) -> Ticket:
    """The person waits for something (a form, a colleague) and comes back to this desk; twice is once.

    Raises NotYours, StaleState.
    """
    if ticket.state == TicketState.PARKED:
        return ticket
    need_clerk(ticket, by)
    changes = {"for_desk_id": ticket.desk_id, **_NO_DESK}
    return move(
        ticket,
        to=TicketState.PARKED,
        kind=TicketEventKind.PARKED,
        by=by,
        now=now or timezone.now(),
        at=ticket.desk,
        **changes,
    )


def back_to_queue(*, ticket: Ticket, by: User, now: dt.datetime | None = None) -> Ticket:
    """Back among those who wait, at the old place in line; twice is once. Raises NotYours, StaleState.

    Who was called and did not come keeps the calls, and "next" leaves them alone for some minutes.
    """
    if ticket.state == TicketState.WAITING:
        return ticket
    need_free_or_own(ticket, by)
    changes = _NO_DESK | {"for_desk_id": None} | ({} if ticket.state == TicketState.CALLED else _UNCALLED)
    return move(
        ticket,
        to=TicketState.WAITING,
        kind=TicketEventKind.BACK,
        by=by,
        now=now or timezone.now(),
        at=ticket.desk,
        **changes,
    )


def transfer(
    *,
    ticket: Ticket,
    by: User,
    service: Service | None = None,
    place: Place | None = None,
    desk: Desk | None = None,
    now: dt.datetime | None = None,
) -> Ticket:
    """Send somebody on to a service, place or desk: the number and the place in line (`order_at`) stay.

    Raises NotYours, StaleState, ServiceClosed, NumberInUse when the other place has the same number today.
    """
    moment = now or timezone.now()
    need_free_or_own(ticket, by)
    to_service, to_place = service or ticket.service, place or (desk.place if desk else ticket.place)
    need_open(place=to_place, service=to_service, is_staff=True, now=moment)
    changes = {
        "service_id": to_service.pk,
        "group_id": to_service.group_id,
        "place_id": to_place.pk,
        "for_desk_id": desk.pk if desk else None,
        **_NO_DESK,
        **_UNCALLED,
    }
    try:
        return move(
            ticket,
            to=TicketState.WAITING,
            kind=TicketEventKind.TRANSFERRED,
            by=by,
            now=moment,
            at=ticket.desk,
            detail=" ".join(filter(None, [to_place.key, to_service.key, desk.number if desk else ""])),
            **changes,
        )
    except IntegrityError as error:
        if violated(error) != "ticket_number_once_a_day":
            raise
        raise NumberInUse from error


def take_over(*, ticket: Ticket, desk: Desk, by: User, now: dt.datetime | None = None) -> Ticket:
    """Take somebody from a colleague, in the state they are in. Raises NotAtDesk, DeskBusy, StaleState."""
    need_seat(desk, by)
    if ticket.state not in (TicketState.CALLED, TicketState.SERVING):
        raise StaleState
    if ticket.desk_id == desk.pk and ticket.clerk_id == by.pk:
        return ticket
    try:
        return move(
            ticket,
            to=TicketState(ticket.state),
            kind=TicketEventKind.TAKEN_OVER,
            by=by,
            now=now or timezone.now(),
            at=desk,
            desk_id=desk.pk,
            clerk_id=by.pk,
        )
    except IntegrityError as error:
        if violated(error) != "desk_serves_one":
            raise
        raise DeskBusy from error


def leave(*, ticket: Ticket, by: User | None = None, now: dt.datetime | None = None) -> Ticket:
    """The person goes: by the phone page, or told by staff. Twice is once. Raises NotYours, StaleState."""
    moment = now or timezone.now()
    if ticket.state == TicketState.LEFT:
        return ticket
    need_free_or_own(ticket, by)
    return move(ticket, to=TicketState.LEFT, kind=TicketEventKind.LEFT, by=by, now=moment, finished_at=moment)


def _end_reservation(ticket: Ticket, *, by: User, now: dt.datetime) -> None:
    """Who was served is served, whatever somebody did with the reservation meanwhile."""
    if ticket.reservation is not None:
        with suppress(StaleState):
            mark_done(reservation=ticket.reservation, by=by, now=now)
