"""The end of the day: nobody waits overnight, and no desk stays taken."""

import datetime as dt
from contextlib import suppress

from django.utils import timezone

from cityhall.days import TOKYO, local_date
from cityhall.errors import StaleState
from reservations.enums import TicketEventKind, TicketState
from reservations.models import Ticket
from reservations.services.bookings.ending import no_show
from reservations.services.desks import end_sessions_before
from reservations.services.queue.moving import ENDED, move


def end_days(*, limit: int = 500, now: dt.datetime | None = None) -> int:
    """End the tickets of earlier days and the sessions of who forgot to sign off; the number of tickets ended.

    Who is still at a desk was served, all others left (no actor: nobody saw it); who was missed with a reservation
    did not come to it. Twice is once.
    """
    moment = now or timezone.now()
    today = local_date(moment)
    open_tickets = Ticket.objects.filter(business_day__lt=today).exclude(state__in=ENDED).select_related("reservation")
    ended = [ticket for ticket in open_tickets.order_by("id")[:limit] if _end(ticket)]
    end_sessions_before(today, now=moment)
    return len(ended)


def _end(ticket: Ticket) -> bool:
    """At the end of its day, not in the night in which the worker looks."""
    end = dt.datetime.combine(ticket.business_day, dt.time(23, 59), TOKYO)
    is_served = ticket.state == TicketState.SERVING
    to, kind = (TicketState.DONE, TicketEventKind.DONE) if is_served else (TicketState.LEFT, TicketEventKind.LEFT)
    with suppress(StaleState):
        move(ticket, to=to, kind=kind, by=None, now=end, finished_at=end)
        if ticket.state == TicketState.MISSED and ticket.reservation is not None:
            no_show(reservation=ticket.reservation, by=None, now=end)
        return True
    return False
