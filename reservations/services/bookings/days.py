"""The end of the day for reservations: nobody is expected, or being served, on a day that is over."""

import datetime as dt
from contextlib import suppress

from django.db.models import Q
from django.utils import timezone

from cityhall.days import TOKYO, local_date
from cityhall.errors import StaleState
from reservations.enums import ReservationState, TicketState
from reservations.models import Reservation
from reservations.services.bookings.ending import mark_done, no_show

_ENDED = (TicketState.DONE, TicketState.LEFT)


def end_days(*, limit: int = 500, now: dt.datetime | None = None) -> int:
    """End the reservations that were over before today; how many. Trials go away by themselves. Twice is once.

    Who was only booked did not come; whom the city asked to move is not blamed. Who checked in was served, once their
    ticket ended; classes and rooms give none. No actor: nobody saw it.
    """
    moment = now or timezone.now()
    today = local_date(moment)
    # a stay of some nights ends on a later day than its own
    over = Reservation.objects.filter(
        business_day__lt=today, ends_at__lte=dt.datetime.combine(today, dt.time(), TOKYO), is_practice=False
    )
    expected = Q(state=ReservationState.BOOKED, must_move_since=None)
    present = Q(state=ReservationState.CHECKED_IN) & (Q(ticket=None) | Q(ticket__state__in=_ENDED))
    return sum(_end(row) for row in over.filter(expected | present).order_by("id")[:limit])


def _end(row: Reservation) -> bool:
    """At the end of its day, not in the night in which the worker looks."""
    end = dt.datetime.combine(local_date(row.ends_at), dt.time(23, 59), TOKYO)
    with suppress(StaleState):
        if row.state == ReservationState.BOOKED:
            no_show(reservation=row, by=None, now=end)
        else:
            mark_done(reservation=row, by=None, now=end)
        return True
    return False
