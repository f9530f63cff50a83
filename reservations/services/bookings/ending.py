"""Cancelling, and what is noted of a visit afterwards."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from cityhall.days import local_date
from cityhall.models import User
from reservations.enums import ReservationEventKind, ReservationState
from reservations.errors import NotBooked, TooLate
from reservations.models import Reservation, ReservationSlot
from reservations.services.freed import free
from reservations.services.mails import Occasion, tell
from reservations.services.notices import record_cancelled
from reservations.services.offers import offer_next
from reservations.services.states import step
from reservations.services.visits import is_staff_of_city

_S, _E = ReservationState, ReservationEventKind


def cancel(
    *, reservation: Reservation, by: User | None = None, reason: str = "", now: dt.datetime | None = None
) -> Reservation:
    """Cancel a booking, or let go of a hold. Its places go to the next in the waiting list, or cool down.

    A mail tells who had booked; facilities keep their cancellation fee. Cancelling twice changes nothing.
    `reason` is shown to who had booked. Raises TooLate, NotBooked, StaleState. Locks the row, then its slots.
    """
    moment = now or timezone.now()
    row = _fresh(reservation)
    if row.state == _S.CANCELLED:
        return row
    if row.state == _S.HELD:
        return _let_go(row, by=by, now=moment)
    if row.state != _S.BOOKED:
        raise NotBooked
    refuse_late(row, by=by, now=moment)
    fee = cancellation_fee(row, on=local_date(moment))
    return _cancel(row, by=by, event=_E.CANCELLED, occasion=Occasion.CANCELLED, reason=reason, fee=fee, now=moment)


def cancel_by_city(
    *, reservation: Reservation, by: User | None, reason: str = "", now: dt.datetime | None = None
) -> Reservation:
    """Cancel a booking that the city cannot keep: no fee, no time limit, and a mail that says sorry.

    Cancelling twice changes nothing. Raises NotBooked, StaleState.
    """
    row = _fresh(reservation)
    if row.state == _S.CANCELLED:
        return row
    if row.state != _S.BOOKED:
        raise NotBooked
    moment = now or timezone.now()
    told = Occasion.CANCELLED_BY_CITY
    return _cancel(row, by=by, event=_E.CANCELLED_BY_CITY, occasion=told, reason=reason, fee=0, now=moment)


def no_show(*, reservation: Reservation, by: User | None, now: dt.datetime | None = None) -> Reservation:
    """Note that nobody came. The places stay used: the time is over. Twice changes nothing. Raises StaleState."""
    return _end(reservation, to=_S.NO_SHOW, event=_E.NO_SHOW, by=by, now=now)


def mark_done(*, reservation: Reservation, by: User | None, now: dt.datetime | None = None) -> Reservation:
    """Note that the visit is over. Twice changes nothing. Raises StaleState."""
    moment = now or timezone.now()
    return _end(reservation, to=_S.DONE, event=_E.DONE, by=by, now=moment, done_at=moment)


def refuse_late(row: Reservation, *, by: User | None, now: dt.datetime) -> None:
    """Raise TooLate when the public may no longer change or cancel; who was asked to move may until the very start."""
    minutes = 0 if row.must_move_since else row.group.change_until_minutes
    if not is_staff_of_city(by) and now > row.starts_at - dt.timedelta(minutes=minutes):
        raise TooLate


def cancellation_fee(row: Reservation, *, on: dt.date) -> int:
    """What cancelling on a day costs: the strictest step that has been reached. One query where there is a fee."""
    if not row.fee or row.must_move_since:
        return 0
    left = (row.business_day - on).days
    reached = row.group.cancellation_steps.filter(days_before__gte=left).order_by("days_before").first()
    return row.fee * reached.percent // 100 if reached else 0


def _cancel(
    row: Reservation,
    *,
    by: User | None,
    event: ReservationEventKind,
    occasion: Occasion,
    reason: str,
    fee: int,
    now: dt.datetime,
) -> Reservation:
    with transaction.atomic():
        step(
            row, to=_S.CANCELLED, event=event, by=by, now=now,
            cancelled_at=now, cancellation_fee=fee, must_move_since=None,
        )  # fmt: skip
        is_waited_for = free(row, slot_ids_of(row), now=now, cools=True)
        record_cancelled(row, by=by, now=now)
        tell(row, occasion, reason=reason)
    if is_waited_for:
        offer_next(group=row.group, place_id=row.place_id, now=now)
    return row


def _let_go(row: Reservation, *, by: User | None, now: dt.datetime) -> Reservation:
    """A hold ends before its time; there was no booking, so nobody is told."""
    with transaction.atomic():
        step(row, to=_S.EXPIRED, by=by, now=now, holder="")
        is_waited_for = free(row, slot_ids_of(row), now=now, cools=False)
    if is_waited_for:
        offer_next(group=row.group, place_id=row.place_id, now=now)
    return row


def slot_ids_of(row: Reservation) -> list[int]:
    """The slots of a reservation in the order of their locks."""
    return list(ReservationSlot.objects.filter(reservation=row).order_by("slot").values_list("slot", flat=True))


def _end(
    reservation: Reservation,
    *,
    to: ReservationState,
    event: ReservationEventKind,
    by: User | None,
    now: dt.datetime | None,
    **fields: Any,
) -> Reservation:
    row = _fresh(reservation)
    if row.state == to:
        return row
    with transaction.atomic():
        return step(row, to=to, event=event, by=by, now=now or timezone.now(), **fields)


def _fresh(reservation: Reservation) -> Reservation:
    rows = Reservation.objects.select_related("group", "place", "service", "resident")
    return rows.get(pk=reservation.pk)
