"""A second code that checks a reservation in: one of the same city, which its owner brings along anyway."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from cityhall.db import violated
from cityhall.models import User
from reservations.codes import checkin_lookup, read_checkin_code
from reservations.enums import ReservationEventKind, ReservationState
from reservations.errors import CodeTaken, NotBooked, UnknownCode
from reservations.models import Reservation
from reservations.services.states import touch

_ONCE = "reservation_brought_code_once"


def attach_code(
    *, reservation: Reservation, code: str, by: User | None = None, now: dt.datetime | None = None
) -> Reservation:
    """Let a code check the reservation in beside its own. Only what it is looked up by is stored.

    Twice changes nothing. A code that a cancelled reservation still has comes over. Raises UnknownCode for what is no
    code, NotBooked, CodeTaken. Locks the row.
    """
    text = read_checkin_code(code)
    if not text:
        raise UnknownCode
    try:
        with transaction.atomic():
            return _attach(reservation, checkin_lookup(text), by, now or timezone.now())
    except IntegrityError as error:
        if violated(error) != _ONCE:
            raise
        raise CodeTaken from None


def detach_code(*, reservation: Reservation, by: User | None = None, now: dt.datetime | None = None) -> Reservation:
    """Only its own code checks the reservation in from now on. Twice changes nothing. Locks the row."""
    with transaction.atomic():
        row = _locked(reservation)
        if row.brought_lookup is None:
            return row
        event = ReservationEventKind.CODE_DETACHED
        return touch(row, event=event, by=by, now=now or timezone.now(), brought_lookup=None)


def _attach(reservation: Reservation, lookup: str, by: User | None, now: dt.datetime) -> Reservation:
    row = _locked(reservation)
    if row.brought_lookup == lookup:
        return row
    if row.state != ReservationState.BOOKED:
        raise NotBooked
    if row.brought_lookup is not None:
        raise CodeTaken
    Reservation.objects.filter(brought_lookup=lookup, state=ReservationState.CANCELLED).update(brought_lookup=None)
    return touch(row, event=ReservationEventKind.CODE_ATTACHED, by=by, now=now, brought_lookup=lookup)


def _locked(reservation: Reservation) -> Reservation:
    rows = Reservation.objects.select_related("group", "place", "service", "resident")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=reservation.pk)
