"""One mail the day before, once, at an hour at which people read mail."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cityhall.days import TOKYO, local_date
from cityhall.errors import StaleState
from reservations.enums import ReservationEventKind, ReservationState
from reservations.models import Reservation
from reservations.services.mails import Occasion, address_of, tell
from reservations.services.states import touch

FROM_HOUR, UNTIL_HOUR = 9, 20
_BATCH = 200


def remind_due(*, now: dt.datetime | None = None, limit: int = _BATCH) -> int:
    """Remind of tomorrow's bookings, each in its own transaction; how many were told. May run twice at once.

    Only the day before: what was missed while the worker was down is not sent late. Who booked today has just had a
    mail, and who was asked to move has another one. Nobody is reminded of a trial.
    """
    moment = now or timezone.now()
    if not FROM_HOUR <= moment.astimezone(TOKYO).hour < UNTIL_HOUR:
        return 0
    today = local_date(moment)
    begin = dt.datetime.combine(today, dt.time(), TOKYO)
    due = Reservation.objects.filter(
        state=ReservationState.BOOKED,
        business_day=today + dt.timedelta(days=1),
        reminded_at__isnull=True,
        must_move_since__isnull=True,
        booked_at__lt=begin,
        is_practice=False,
    )
    reachable = due.filter(~Q(email="") | Q(resident__isnull=False))
    rows = reachable.select_related("place", "service", "resident").order_by("id")[:limit]
    return sum(_remind(row, moment) for row in rows)


def _remind(row: Reservation, now: dt.datetime) -> int:
    """Claim and mail in one transaction: killed between them, neither has happened."""
    has_address = bool(address_of(row))
    try:
        with transaction.atomic():
            touch(row, event=ReservationEventKind.REMINDED if has_address else None, by=None, now=now, reminded_at=now)
            tell(row, Occasion.REMINDER)
    except StaleState:
        # reminded by another worker, or changed this moment: the next look goes by what it is now
        return 0
    return int(has_address)
