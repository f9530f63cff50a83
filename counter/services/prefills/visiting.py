"""A prefill and the booking it is brought to: one code checks in and fills the forms."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cityhall.errors import StaleState
from cityhall.models import Municipality, User
from counter import codes
from counter.enums import PrefillState
from counter.errors import NoSuchPrefill, TrialAndReal
from counter.models import Prefill
from counter.services.prefills.keeping import end_of, refuse_ended
from reservations.enums import ReservationState, Variant
from reservations.errors import NotBooked
from reservations.models import Reservation, Ticket
from reservations.services import bookings

_GIVEN_UP = frozenset({ReservationState.CANCELLED, ReservationState.EXPIRED})


def attach(*, token: str, reservation: Reservation, by: User | None = None, now: dt.datetime | None = None) -> Prefill:
    """Bring a prefill to a booking: the same QR checks in, and the answers wait until the end of that day.

    A booking it was for before stays without it. What an ended prefill left on the booking goes. Twice changes
    nothing. Raises what became of the prefill, NotBooked, CodeTaken (the booking has another one), TrialAndReal,
    StaleState. Locks the reservations, then the prefills.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        seen = _open(token, moment)
        if seen.reservation == reservation and seen.reservation.brought_lookup:
            return seen
        _refuse(seen, reservation, moment)
        if seen.reservation is not None:
            bookings.detach_code(reservation=seen.reservation, by=by, now=moment)
        _clear(seen, reservation, by, moment)
        city = Municipality.objects.values_list("code", flat=True).get()
        row = bookings.attach_code(reservation=reservation, code=codes.full_code(city, token), by=by, now=moment)
        return _write(seen, reservation=row, **_until(row.business_day, seen))


def detach(*, token: str, by: User | None = None, now: dt.datetime | None = None) -> Prefill:
    """Bring it to no booking, which stays: thirty days from the last change as before. Twice changes nothing.

    Raises what became of the prefill, StaleState. Locks the reservation, then the prefill.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        seen = _open(token, moment)
        if seen.reservation is None:
            return seen
        bookings.detach_code(reservation=seen.reservation, by=by, now=moment)
        return _write(seen, reservation=None, **_until(None, seen))


def take_ticket(prefill: Prefill, ticket: Ticket) -> None:
    """Note the ticket that was taken with a code at the hall. Twice changes nothing."""
    if prefill.ticket_id != ticket.pk:
        Prefill.objects.filter(pk=prefill.pk, state=PrefillState.OPEN).update(ticket=ticket)


def follow(reservation: Reservation, now: dt.datetime) -> None:
    """A booking was moved or given up: the open prefill that is brought to it follows (`reservations.followers`).

    `now` is the moment of the change, in whose transaction this runs. Locks the prefill.
    """
    prefill = Prefill.objects.filter(reservation=reservation, state=PrefillState.OPEN, expires_at__gt=now).first()
    if prefill is None:
        return
    given_up = reservation.state in _GIVEN_UP
    columns = _until(None if given_up else reservation.business_day, prefill)
    if given_up:
        columns["reservation"] = None
    Prefill.objects.filter(pk=prefill.pk, state=PrefillState.OPEN).update(revision=F("revision") + 1, **columns)


def _open(token: str, now: dt.datetime) -> Prefill:
    prefill = Prefill.objects.select_related("reservation").filter(lookup=codes.lookup_of(token)).first()
    if prefill is None:
        raise NoSuchPrefill
    refuse_ended(prefill, now=now)
    return prefill


def _refuse(prefill: Prefill, reservation: Reservation, now: dt.datetime) -> None:
    if reservation.variant != Variant.ON_SITE or reservation.ends_at <= now:
        raise NotBooked
    if reservation.is_practice != prefill.is_practice:
        raise TrialAndReal


def _clear(prefill: Prefill, reservation: Reservation, by: User | None, now: dt.datetime) -> None:
    """Take off the booking what is over and still stands there: used, deleted, or past its days."""
    over = Prefill.objects.filter(reservation=reservation).exclude(pk=prefill.pk)
    if over.exclude(state=PrefillState.OPEN, expires_at__gt=now).update(reservation=None):
        bookings.detach_code(reservation=reservation, by=by, now=now)


def _until(day: dt.date | None, prefill: Prefill) -> dict[str, Any]:
    """The day of the visit, and the end of the code: thirty days count from the last answers, as when they are kept."""
    return {"visit_on": day, "expires_at": end_of(day, prefill.changed_at)}


def _write(seen: Prefill, **columns: Any) -> Prefill:
    rows = Prefill.objects.filter(pk=seen.pk, state=PrefillState.OPEN, revision=seen.revision)
    if rows.update(revision=F("revision") + 1, **columns) != 1:
        raise StaleState
    seen.revision += 1
    for name, value in columns.items():
        setattr(seen, name, value)
    return seen
