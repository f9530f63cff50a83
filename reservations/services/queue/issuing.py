"""Tickets: for who walks in, and for who checks in with a reservation."""

import datetime as dt

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cityhall.days import local_date
from cityhall.db import violated
from cityhall.models import User
from reservations.enums import Priority, TicketEventKind, TicketSource, TicketState
from reservations.errors import ReasonMissing
from reservations.models import Kiosk, Place, Reservation, Service, Ticket, TicketEvent
from reservations.queries import estimate
from reservations.queries.queue import need_open
from reservations.services.queue.moving import open_period

# one statement: the row is locked for the length of the transaction, and a rolled back number is given again;
# the fourth value is the least number that may be given
_NEXT_NUMBER = """
INSERT INTO reservations_ticketcounter (place_id, business_day, letter, last) VALUES (%s, %s, %s, %s)
ON CONFLICT (place_id, business_day, letter) DO UPDATE SET last =
CASE WHEN reservations_ticketcounter.last >= excluded.last
THEN reservations_ticketcounter.last + 1 ELSE excluded.last END RETURNING last
"""


def issue(
    *,
    place: Place,
    service: Service,
    source: TicketSource,
    request_key: str,
    people: int = 1,
    language: str = "ja",
    priority: Priority = Priority.NORMAL,
    kiosk: Kiosk | None = None,
    note: str = "",
    by: User | None = None,
    now: dt.datetime | None = None,
) -> Ticket:
    """A ticket for somebody who walked in, with the forecast they are told. The same request twice is one ticket.

    Raises ServiceClosed (staff may give tickets outside the hours), ReasonMissing for a priority without a note.
    Locks the counter of the letter for the length of the transaction.
    """
    known = _issued(request_key)
    if known is not None:
        return known
    moment = now or timezone.now()
    need_open(place=place, service=service, kiosk=kiosk, is_staff=by is not None, now=moment)
    if priority == Priority.HIGH and not note.strip():
        raise ReasonMissing
    return _write(
        Ticket(
            request_key=request_key,
            place=place,
            group=service.group,
            service=service,
            source=source,
            priority=priority,
            order_at=moment,
            people=people,
            language=language,
            note=note.strip(),
        ),
        by=by,
        now=moment,
    )


def issue_for_reservation(
    *, reservation: Reservation, source: TicketSource, by: User | None = None, now: dt.datetime | None = None
) -> Ticket:
    """The ticket of somebody who checked in: it counts from the appointed time. One for each reservation.

    Raises ServiceClosed when the group gives no tickets.
    """
    request_key = f"reservation {reservation.public_id}"
    known = _issued(request_key)
    if known is not None:
        return known
    moment = now or timezone.now()
    need_open(place=reservation.place, service=reservation.service, is_staff=True, now=moment)
    return _write(
        Ticket(
            request_key=request_key,
            place=reservation.place,
            group=reservation.group,
            service=reservation.service,
            reservation=reservation,
            source=source,
            priority=Priority.APPOINTMENT,
            order_at=reservation.starts_at,
            appointment_at=reservation.starts_at,
            people=reservation.people,
            language=reservation.language,
        ),
        by=by,
        now=moment,
    )


def _issued(request_key: str) -> Ticket | None:
    return Ticket.objects.select_related("place", "service", "group").filter(request_key=request_key).first()


def _write(ticket: Ticket, *, by: User | None, now: dt.datetime) -> Ticket:
    """Number the ticket and store it with its first period and event; the first one when two came at once."""
    ticket.business_day, ticket.issued_at = local_date(now), now
    ticket.letter, ticket.state = ticket.group.letter, TicketState.WAITING
    ticket.is_practice = ticket.place.is_practice
    told = estimate.forecast(place=ticket.place, service=ticket.service, now=now)
    ticket.forecast_low, ticket.forecast_high = told.low, told.high
    least = 1
    while True:
        try:
            return _store(ticket, least, by=by, now=now)
        except IntegrityError as error:
            broken = violated(error)
            # the constraint of the reservation speaks when its ticket came by another key
            if broken == "reservations_ticket_request_key_key":
                return Ticket.objects.get(request_key=ticket.request_key)
            if broken != "ticket_number_once_a_day":
                raise
            # somebody was sent here from another place with this number: it stays theirs
            least = ticket.sequence + 1


def _store(ticket: Ticket, least: int, *, by: User | None, now: dt.datetime) -> Ticket:
    with transaction.atomic():
        ticket.sequence = _next_number(ticket, least)
        ticket.save(force_insert=True)
        open_period(ticket, now)
        TicketEvent.objects.create(ticket=ticket, kind=TicketEventKind.ISSUED, at=now, actor=by)
    return ticket


def _next_number(ticket: Ticket, least: int) -> int:
    with connection.cursor() as cursor:
        day = connection.ops.adapt_datefield_value(ticket.business_day)
        cursor.execute(_NEXT_NUMBER, [ticket.place_id, day, ticket.letter, least])
        return int(cursor.fetchone()[0])
