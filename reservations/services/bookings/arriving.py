"""Arriving: the QR's code, the number, or the clerk's list. Scanned twice, it is the same arrival."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cityhall.days import local_date
from cityhall.models import Device, User
from cityhall.references import is_valid_number, normalize_number
from reservations.codes import opened_by, read_checkin_code
from reservations.enums import ReservationEventKind, ReservationState
from reservations.errors import NotBooked, TooLate, UnknownCode, WrongDay, WrongPlace
from reservations.models import Place, Reservation
from reservations.services.states import step
from reservations.services.visits import is_staff_of_city

_S = ReservationState
_ARRIVED = frozenset({_S.CHECKED_IN, _S.DONE})
_MAY_ARRIVE = frozenset({_S.BOOKED, _S.NO_SHOW})


def check_in(
    *,
    code: str = "",
    reservation: Reservation | None = None,
    place: Place,
    by: User | None = None,
    device: Device | None = None,
    now: dt.datetime | None = None,
) -> Reservation:
    """Note that somebody has come: by the code or number that was scanned or typed, or by the row.

    Who is checked in already is found again and nothing changes. Raises UnknownCode, WrongPlace, WrongDay, NotBooked,
    TooLate for who comes after the end and is not let in by staff, and StaleState.
    """
    moment = now or timezone.now()
    row = reservation_of(code) if reservation is None else _rows().get(pk=reservation.pk)
    if row.place_id != place.pk:
        raise WrongPlace
    if not _is_of_day(row, local_date(moment)):
        raise WrongDay
    if row.state in _ARRIVED:
        return row
    if row.state not in _MAY_ARRIVE:
        raise NotBooked
    if moment > row.ends_at and not is_staff_of_city(by):
        raise TooLate
    with transaction.atomic():
        return step(
            row,
            to=_S.CHECKED_IN,
            event=ReservationEventKind.CHECKED_IN,
            by=by,
            now=moment,
            detail=str(device.public_id) if device else "",
            checked_in_at=moment,
        )


def reservation_of(text: str) -> Reservation:
    """By the code, which nobody can guess, or by the number. Raises UnknownCode."""
    code = read_checkin_code(text)
    if code:
        found = _rows().filter(opened_by(code)).first()
    else:
        number = normalize_number(text)
        found = _rows().filter(number=number).first() if is_valid_number(number) else None
    if found is None:
        raise UnknownCode
    return found


def _is_of_day(row: Reservation, day: dt.date) -> bool:
    """A visit's own day; each day of a stay or a course."""
    if row.business_day == day:
        return True
    return row.slots.filter(slot__business_day=day).exists()


def _rows() -> QuerySet[Reservation]:
    return Reservation.objects.select_related("group", "place", "service", "resident")
