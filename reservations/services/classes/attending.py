"""Who came to a session: the code of the QR, or the number; once for each reservation and session."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from cityhall.days import local_date
from cityhall.errors import StaleState
from cityhall.models import User
from reservations.enums import ReservationEventKind, ReservationState
from reservations.errors import NotBooked, NotInSession, SessionOver, WrongDay
from reservations.models import Attendance, Reservation, Slot
from reservations.services.bookings.arriving import reservation_of
from reservations.services.states import step

_S = ReservationState
_MAY_COME = frozenset({_S.BOOKED, _S.CHECKED_IN, _S.NO_SHOW, _S.DONE})


def attend(
    *,
    slot: Slot,
    code: str = "",
    reservation: Reservation | None = None,
    by: User | None,
    now: dt.datetime | None = None,
) -> Attendance:
    """Note that somebody came. Scanned again, it is the same note; nothing else changes.

    The first session somebody comes to checks the reservation in. Staff may note it later, never before the day.
    Raises UnknownCode, NotInSession, NotBooked, SessionOver for a session called off, WrongDay.
    """
    moment = now or timezone.now()
    row = reservation_of(code) if reservation is None else reservation
    if row.series_id != slot.series_id or not row.slots.filter(slot=slot).exists():
        raise NotInSession
    if slot.closed_at is not None:
        raise SessionOver
    if local_date(moment) < slot.business_day:
        raise WrongDay
    try:
        return _note(row, slot, by=by, now=moment)
    except StaleState:
        # a kiosk or a colleague checked the person in a moment ago: that is no hindrance
        return _note(Reservation.objects.get(pk=row.pk), slot, by=by, now=moment)


def _note(row: Reservation, slot: Slot, *, by: User | None, now: dt.datetime) -> Attendance:
    if row.state not in _MAY_COME:
        raise NotBooked
    with transaction.atomic():
        noted, is_new = Attendance.objects.get_or_create(
            reservation=row, slot=slot, defaults={"people": row.people, "at": now, "by": by}
        )
        if is_new and row.state in (_S.BOOKED, _S.NO_SHOW):
            event = ReservationEventKind.CHECKED_IN
            step(row, to=_S.CHECKED_IN, event=event, by=by, now=now, checked_in_at=now)
    return noted
