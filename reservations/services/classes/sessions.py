"""The sessions of a class: made by hand, announced, changed, called off.

Whoever changes them holds the group first, then the slots in the order of their ids, as all changes of the supply do.
The rebuild job leaves slots of a series alone.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from cityhall.days import TOKYO
from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit
from reservations.enums import ReservationEventKind, ReservationState, SupplyAction, SupplyKind
from reservations.errors import NotBookable, SessionClash, SessionOver
from reservations.models import Reservation, ReservationSlot, Slot, SlotSeries
from reservations.queries.classes import SESSION_CANCELLED
from reservations.services import bookings
from reservations.services import slots as door
from reservations.services.mails import Occasion, tell
from reservations.services.states import touch
from reservations.services.supply import Changed, Told, change_slot
from reservations.services.supply.events import write_event
from reservations.services.supply.locks import lock_groups
from reservations.services.supply.telling import end_holds_in
from reservations.templatetags.booking import clock, plain_day

_ONCE = "slot_once_at_a_time"


@dataclass(frozen=True)
class Planned:
    """One session to be: Tokyo time, seats in all, and how many of them the public may book."""

    day: dt.date
    from_time: dt.time
    until_time: dt.time
    seats: int
    public_seats: int


def save_series(*, series: SlotSeries, by: User) -> SlotSeries:
    """Store a new class, or new words of one. Audited. Raises NotBookable for a group that is no class."""
    if series.group.kind != SupplyKind.EVENT:
        raise NotBookable
    with transaction.atomic():
        is_new = series.pk is None
        series.save()
        _record(series, AuditAction.CREATE if is_new else AuditAction.CHANGE, by)
    return series


def add_session(*, series: SlotSeries, planned: Planned, by: User | None, now: dt.datetime | None = None) -> Slot:
    """One more session; of a class that is announced it can be booked at once. Writes the history of the supply.

    Raises SessionClash, and SessionOver for a time that has passed. Locks the group.
    """
    moment = now or timezone.now()
    starts_at = dt.datetime.combine(planned.day, planned.from_time, TOKYO)
    if starts_at <= moment:
        raise SessionOver
    try:
        with transaction.atomic():
            lock_groups([series.group_id])
            slot = Slot.objects.create(
                group=series.group,
                place=series.place,
                series=series,
                business_day=planned.day,
                starts_at=starts_at,
                ends_at=dt.datetime.combine(planned.day, planned.until_time, TOKYO),
                capacity=planned.seats,
                public_capacity=planned.public_seats,
                released=planned.public_seats,
                opens_at=moment if series.is_public else None,
                is_edited=True,
            )
            _write(slot, (0, 0), (planned.seats, planned.public_seats), by=by, now=moment)
    except IntegrityError as error:
        if violated(error) == _ONCE:
            raise SessionClash from None
        raise
    return slot


def change_seats(
    *, slot: Slot, seats: int, public_seats: int, by: User | None, now: dt.datetime | None = None
) -> Changed:
    """Other numbers for a session that is to come. Raises SessionOver; else as `supply.change_slot`."""
    if (slot.closed_at is not None and slot.wanted_capacity is None) or slot.starts_at <= (now or timezone.now()):
        raise SessionOver
    return change_slot(slot=slot, capacity=seats, public_capacity=public_seats, by=by, now=now)


def publish(
    *, series: SlotSeries, opens_at: dt.datetime | None = None, by: User, now: dt.datetime | None = None
) -> None:
    """Announce a class: its sessions may be booked from a moment on, or at once. Audited. Locks group and slots."""
    _announce(series, is_public=True, opens_at=opens_at or now or timezone.now(), by=by)


def withdraw(*, series: SlotSeries, by: User) -> None:
    """Announce it no longer; who has a seat keeps it, nobody else gets one. Audited. Locks group and slots."""
    _announce(series, is_public=False, opens_at=None, by=by)


def cancel_session(*, slot: Slot, reason: str, by: User, now: dt.datetime | None = None) -> Told:
    """Call one session off: closed at once, holds ended, then everybody told, each in a transaction of their own.

    Who comes to nothing else has the whole reservation cancelled, without a fee; the others keep the rest. Killed
    half-way, calling it off again tells the rest, and nobody twice. Raises SessionOver for what has begun.
    """
    moment = now or timezone.now()
    if slot.starts_at <= moment:
        raise SessionOver
    with transaction.atomic():
        lock_groups([slot.group_id])
        [row] = door.lock_slots([slot.pk])
        if row.closed_at is None:
            Slot.objects.filter(pk=row.pk).update(closed_at=moment, next_wave_at=None)
            _write(row, (row.capacity, row.public_capacity), (0, 0), by=by, now=moment)
    end_holds_in([slot.pk], now=moment)
    told = Told()
    # who came to an earlier session is checked in, and must hear of this one too
    coming = (ReservationState.BOOKED, ReservationState.CHECKED_IN)
    uses = ReservationSlot.objects.filter(slot=slot, reservation__state__in=coming)
    for use in uses.select_related("reservation").order_by("reservation_id"):
        reservation = _without(use.reservation, slot, reason=reason, by=by, now=moment)
        (told.mailed if reservation.email or reservation.resident_id else told.by_phone).append(reservation)
    return told


def _without(reservation: Reservation, slot: Slot, *, reason: str, by: User, now: dt.datetime) -> Reservation:
    """A reservation that loses one session: the rest of it, or nothing."""
    sentence = f"{plain_day(slot.starts_at)} {clock(slot.starts_at)}〜{clock(slot.ends_at)}　{reason}".strip()
    rest = list(Slot.objects.filter(reservation_slots__reservation=reservation).exclude(pk=slot.pk))
    rest.sort(key=lambda one: one.starts_at)
    if not rest and reservation.state == ReservationState.BOOKED:
        return bookings.cancel_by_city(reservation=reservation, by=by, reason=sentence, now=now)
    rows = Reservation.objects.select_related("group", "place", "service", "resident", "series")
    with transaction.atomic():
        row = rows.select_for_update(of=("self",), no_key=True).get(pk=reservation.pk)
        # cancelled meanwhile, or a second press: its place was given back, and nobody is told twice
        if row.state != reservation.state or not ReservationSlot.objects.filter(reservation=row, slot=slot).delete()[0]:
            return row
        span = {"starts_at": rest[0].starts_at, "ends_at": rest[-1].ends_at, "business_day": rest[0].business_day}
        changes = {**span, "fee": row.group.fee_per_unit * len(rest)} if rest else {}
        touch(row, event=ReservationEventKind.CHANGED, detail=SESSION_CANCELLED, by=by, now=now, **changes)
        door.give_back([slot.pk], places=row.places, is_public=row.is_public)
        tell(row, Occasion.SESSION_CANCELLED, reason=sentence)
    return row


def _announce(series: SlotSeries, *, is_public: bool, opens_at: dt.datetime | None, by: User) -> None:
    with transaction.atomic():
        lock_groups([series.group_id])
        ids = list(Slot.objects.filter(series=series).order_by("id").values_list("pk", flat=True))
        door.lock_slots(ids)
        Slot.objects.filter(pk__in=ids).update(opens_at=opens_at)
        SlotSeries.objects.filter(pk=series.pk).update(is_public=is_public)
        _record(series, AuditAction.STATE, by, detail="published" if is_public else "withdrawn")
    series.is_public = is_public


def _write(slot: Slot, before: tuple[int, int], after: tuple[int, int], *, by: User | None, now: dt.datetime) -> None:
    """The line in the history of the supply: so many seats instead of so many."""
    start = {"starts_at": slot.starts_at.isoformat()}
    write_event(
        SupplyAction.SLOT_CHANGED,
        group=slot.group,
        place=slot.place,
        by=by,
        now=now,
        before=start | {"capacity": before[0], "public_capacity": before[1]},
        after={"capacity": after[0], "public_capacity": after[1]},
    )


def _record(series: SlotSeries, action: AuditAction, by: User, detail: str = "") -> None:
    audit.record(
        action=action,
        actor=by,
        target_type="reservations.series",
        target_id=series.public_id,
        target_label=series.title,
        detail=detail,
        department_code=series.group.department.code,
    )
