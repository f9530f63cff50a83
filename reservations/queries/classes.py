"""Classes and events: what residents may join, the sessions with their seats, and who comes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, Min, OuterRef, Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from cityhall.models import User
from reservations.enums import ReservationEventKind, ReservationState, SupplyKind
from reservations.models import Attendance, Reservation, ReservationSlot, Service, ServiceGroup, Slot, SlotSeries
from reservations.months import Room
from reservations.queries.scope import in_charge
from reservations.queries.supply import editable_groups

_S = ReservationState
COMING = (_S.BOOKED, _S.CHECKED_IN, _S.DONE, _S.NO_SHOW)
"""Who has a seat, and who had one."""
SESSION_CANCELLED = "session_cancelled"
"""The detail of an event by which a reservation lost one of its sessions."""
_FEW = 3


@dataclass(frozen=True)
class Session:
    """One session as residents see it."""

    slot: Slot
    number: int
    left: int
    room: Room


@dataclass(frozen=True)
class Line:
    """One reservation of the roster, with the sessions it is for and those that were attended."""

    reservation: Reservation
    slot_ids: frozenset[int]
    attended: frozenset[int]

    def marks(self, sessions: Sequence[Slot]) -> list[str]:
        """For each session: present, expected, or neither."""
        return [self._mark(slot.pk) for slot in sessions]

    def _mark(self, slot_id: int) -> str:
        if slot_id in self.attended:
            return "present"
        return "expected" if slot_id in self.slot_ids else ""


@dataclass(frozen=True)
class Roster:
    """Everybody who comes, in the order of their reading."""

    sessions: list[Slot]
    lines: list[Line] = field(default_factory=list)

    @property
    def people(self) -> int:
        return sum(line.reservation.people for line in self.lines)


def public_series(now: dt.datetime | None = None) -> QuerySet[SlotSeries]:
    """What is announced and has a session to come, the next one first. Practice places are not among it."""
    coming = Slot.objects.filter(series=OuterRef("pk"), closed_at__isnull=True, starts_at__gt=now or timezone.now())
    rows = SlotSeries.objects.filter(
        Exists(coming),
        is_public=True,
        group__is_active=True,
        group__is_bookable=True,
        group__kind=SupplyKind.EVENT,
        place__is_active=True,
        place__is_practice=False,
    )
    rows = rows.annotate(next_at=Min("slots__starts_at", filter=Q(slots__starts_at__gt=now or timezone.now())))
    return rows.select_related("group", "place").prefetch_related("slots").order_by("next_at", "id")


def visible_series(user: User | AnonymousUser) -> QuerySet[SlotSeries]:
    """Classes of the departments somebody works for, the newest first."""
    rows = SlotSeries.objects.filter(in_charge(user, place="place")).select_related("group__department", "place")
    rows = rows.annotate(first_at=Min("slots__starts_at"), sessions=Count("slots", distinct=True))
    return rows.order_by("-first_at", "-id")


def event_groups(user: User) -> QuerySet[ServiceGroup]:
    """Groups somebody may make classes of."""
    return editable_groups(user).filter(kind=SupplyKind.EVENT)


def may_edit(user: User, series: SlotSeries) -> bool:
    """Whether somebody may change the sessions. One query."""
    return event_groups(user).filter(pk=series.group_id).exists()


def service_of(series: SlotSeries) -> Service | None:
    """What a seat is booked as: the first service of the group that the place offers."""
    rows = Service.objects.filter(group=series.group_id, is_active=True)
    return rows.filter(offers__place=series.place_id, offers__is_active=True).order_by("position", "key").first()


def slots_of(series: SlotSeries) -> QuerySet[Slot]:
    """All sessions in their order, cancelled ones too."""
    return Slot.objects.filter(series=series).order_by("starts_at")


def open_slots(series: SlotSeries, now: dt.datetime | None = None) -> list[Slot]:
    """What can be joined: every session that takes place, or, one by one, those still to come."""
    rows = slots_of(series).filter(closed_at__isnull=True)
    return list(rows.filter(starts_at__gt=now or timezone.now()) if series.takes_sessions else rows)


def sessions_shown(slots: Sequence[Slot], now: dt.datetime | None = None) -> list[Session]:
    """Sessions with the seats that are left. No query."""
    moment = now or timezone.now()
    return [Session(slot, number, _left(slot), _room(slot, moment)) for number, slot in enumerate(slots, start=1)]


def seats_left(slots: Sequence[Slot], now: dt.datetime | None = None) -> int:
    """How many can join all of these sessions now."""
    moment = now or timezone.now()
    return min((_left(slot) if _room(slot, moment).is_open else 0 for slot in slots), default=0)


def roster(series: SlotSeries, slot: Slot | None = None) -> Roster:
    """Who comes to a class, or to one of its sessions. Four queries, however many come."""
    rows = Reservation.objects.filter(series=series, state__in=COMING).select_related("group__department", "resident")
    if slot is not None:
        rows = rows.filter(slots__slot=slot)
    rows = rows.prefetch_related(
        Prefetch("slots", queryset=ReservationSlot.objects.only("reservation_id", "slot_id")),
        Prefetch("attendances", queryset=Attendance.objects.only("reservation_id", "slot_id")),
    )
    lines = [
        Line(
            row,
            frozenset(one.slot_id for one in row.slots.all()),
            frozenset(one.slot_id for one in row.attendances.all()),
        )
        for row in rows.order_by("search_kana", "name", "id")
    ]
    return Roster([slot] if slot is not None else list(slots_of(series)), lines)


def present(slot: Slot) -> int:
    """How many people have come to a session."""
    return Attendance.objects.filter(slot=slot).aggregate(sum=Sum("people"))["sum"] or 0


def to_call(series: SlotSeries) -> QuerySet[Reservation]:
    """Who lost a session and has no address for a mail: staff ring them up."""
    lost = Q(events__kind=ReservationEventKind.CANCELLED_BY_CITY) | Q(events__detail=SESSION_CANCELLED)
    rows = Reservation.objects.filter(lost, series=series, email="", resident__isnull=True)
    return rows.distinct().order_by("search_kana", "id")


def _left(slot: Slot) -> int:
    return max(0, min(slot.capacity - slot.taken, slot.released - slot.taken_public))


def _room(slot: Slot, now: dt.datetime) -> Room:
    if slot.closed_at is not None or slot.opens_at is None or slot.starts_at <= now:
        return Room.CLOSED
    if slot.opens_at > now:
        return Room.NOT_YET
    left = _left(slot)
    return Room.FULL if not left else Room.FEW if left <= _FEW else Room.FREE
