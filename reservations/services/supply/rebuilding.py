"""The job that makes slots from rules: upserts and closes, never deletes; twice or half-way, the same comes of it."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeVar

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from cityhall.days import local_date
from reservations.enums import ExceptionKind
from reservations.models import OpeningException, OpeningRule, Place, ServiceGroup, Slot
from reservations.services.slots import lock_slots
from reservations.services.supply.locks import lock_groups
from reservations.services.supply.sources import Sources, read_sources
from reservations.services.supply.targets import closed_columns, planned_columns
from reservations.supply.planning import PlannedSlot
from reservations.supply.release import last_day

_BATCH = 200
Kept = TypeVar("Kept", ServiceGroup, Place)


@dataclass(frozen=True)
class Rebuilt:
    """How many slots were made, changed (opened again ones too), closed, and left as they were."""

    made: int = 0
    changed: int = 0
    closed: int = 0
    kept: int = 0

    def __add__(self, other: "Rebuilt") -> "Rebuilt":
        return Rebuilt(
            self.made + other.made,
            self.changed + other.changed,
            self.closed + other.closed,
            self.kept + other.kept,
        )


@dataclass
class Difference:
    """What keeps slots from being as they are planned."""

    missing: list[PlannedSlot] = field(default_factory=list)
    changed: list[Slot] = field(default_factory=list)
    closed: list[Slot] = field(default_factory=list)
    # new values of the columns that differ, by the id of the slot
    columns: dict[int, dict[str, object]] = field(default_factory=dict)
    kept: int = 0

    @property
    def touched(self) -> list[Slot]:
        return [*self.changed, *self.closed]

    def keep_only(self, ids: set[int]) -> None:
        """Leave other slots for later."""
        self.changed = [slot for slot in self.changed if slot.pk in ids]
        self.closed = [slot for slot in self.closed if slot.pk in ids]

    def write(self) -> None:
        """Write what differs, one statement for all slots that get the same; they must be locked already.

        A week has a handful of different values: a statement with a case for every slot took six times as long.
        """
        same: dict[tuple[tuple[str, object], ...], list[int]] = {}
        for slot in self.touched:
            same.setdefault(tuple(self.columns[slot.pk].items()), []).append(slot.pk)
        for columns, ids in same.items():
            Slot.objects.filter(pk__in=ids).update(**dict(columns))

    @property
    def days(self) -> set[dt.date]:
        return {slot.business_day for slot in self.touched} | {planned.business_day for planned in self.missing}


def rebuild(
    *,
    group: ServiceGroup | None = None,
    place: Place | None = None,
    from_day: dt.date | None = None,
    until_day: dt.date | None = None,
    now: dt.datetime | None = None,
) -> Rebuilt:
    """Make the slots what rules, exceptions and closed days say, from today to the horizon of each group.

    Slots that have begun are left alone, and so are those of a series and of groups and places that are switched
    off. A number set by hand stays. Nothing is deleted: what is not planned any more is closed, what is lowered under
    what is taken is clamped and closed until it fits. Each week is a transaction; locks its group, then its slots.
    """
    moment = now or timezone.now()
    total = Rebuilt()
    for one_group, one_place in _pairs(group, place, local_date(moment)):
        first = max(from_day or local_date(moment), local_date(moment))
        waves = list(one_group.waves.all())
        last = until_day or last_day(one_group, waves, local_date(moment))
        if first <= last:
            total += _rebuild_pair(read_sources(one_group, one_place, first=first, last=last), moment)
    return total


def _pairs(group: ServiceGroup | None, place: Place | None, today: dt.date) -> Iterator[tuple[ServiceGroup, Place]]:
    """Where there is anything to make or to close from today on, in a steady order."""
    groups = {one.pk: one for one in _alive(ServiceGroup.objects.filter(is_bookable=True), group)}
    places = {one.pk: one for one in _alive(Place.objects.all(), place)}
    ids: set[tuple[int, int]] = set()
    for rows in (OpeningRule.objects.all(), OpeningException.objects.filter(kind=ExceptionKind.OPEN)):
        # order_by(): the order of the model would make every row a different one
        found = rows.filter(group__in=groups, place__in=places).order_by()
        ids |= set(found.values_list("group_id", "place_id").distinct())
    for place_id in places:
        ids |= {(group_id, place_id) for group_id in _with_slots(groups, place_id, today)}
    return ((groups[one], places[other]) for one, other in sorted(ids))


def _alive(rows: QuerySet[Kept], one: Kept | None) -> QuerySet[Kept]:
    """What is in use; of one only when one is meant."""
    alive = rows.filter(is_active=True)
    return alive if one is None else alive.filter(pk=one.pk)


def _with_slots(groups: Collection[int], place_id: int, today: dt.date) -> QuerySet[ServiceGroup, int]:
    """Groups that have slots there from today on: the first of each is looked for, not all that ever were."""
    slots = Slot.objects.filter(group=OuterRef("pk"), place=place_id, business_day__gte=today, series__isnull=True)
    return ServiceGroup.objects.filter(Exists(slots), pk__in=groups).order_by().values_list("pk", flat=True)


def _rebuild_pair(sources: Sources, now: dt.datetime) -> Rebuilt:
    """Look without a lock first: most looks find nothing to do."""
    found = difference(sources, future_slots(sources, now), now)
    total = Rebuilt(kept=found.kept)
    for week in _weeks(found.days):
        total += _rebuild_week(sources, week, now)
    return total


def _weeks(days: Iterable[dt.date]) -> list[list[dt.date]]:
    return [list(week) for _, week in groupby(sorted(days), key=lambda day: day.isocalendar()[:2])]


def _rebuild_week(sources: Sources, days: Sequence[dt.date], now: dt.datetime) -> Rebuilt:
    """Make what was found so, from what holds once nobody else can change it."""
    with transaction.atomic():
        [group] = lock_groups([sources.group.pk])
        fresh = read_sources(group, sources.place, first=days[0], last=days[-1])
        seen = difference(fresh, future_slots(fresh, now), now)
        locked = {slot.pk for slot in lock_slots([slot.pk for slot in seen.touched])}
        # `taken` may have moved until the lock; what became different just now is for the next round
        found = difference(fresh, future_slots(fresh, now), now)
        found.keep_only(locked)
        found.write()
        Slot.objects.bulk_create(
            [_new_slot(fresh, planned, now) for planned in found.missing], batch_size=_BATCH, ignore_conflicts=True
        )
    return Rebuilt(made=len(found.missing), changed=len(found.changed), closed=len(found.closed))


def future_slots(sources: Sources, now: dt.datetime) -> list[Slot]:
    """Slots of the days that have not begun."""
    return list(
        Slot.objects.filter(
            group=sources.group,
            place=sources.place,
            business_day__range=(sources.first, sources.last),
            starts_at__gt=now,
        ).order_by("starts_at")
    )


def difference(sources: Sources, slots: Sequence[Slot], now: dt.datetime) -> Difference:
    """What is to be made, changed and closed; the slots carry their new values already."""
    plan = {start: planned for start, planned in sources.plan().items() if start > now}
    found = Difference()
    for slot in slots:
        planned = plan.pop(slot.starts_at, None)
        if slot.series_id is not None:
            found.kept += 1
            continue
        was_open = slot.closed_at is None
        columns = planned_columns(slot, planned, sources, now) if planned else closed_columns(slot, now)
        found.columns[slot.pk] = _assign(slot, columns)
        if not found.columns[slot.pk]:
            found.kept += 1
        elif was_open and planned is None:
            found.closed.append(slot)
        else:
            found.changed.append(slot)
    found.missing = list(plan.values())
    return found


def _assign(slot: Slot, columns: dict[str, object]) -> dict[str, object]:
    """Give a slot new values; those that were different."""
    changed = {name: value for name, value in columns.items() if getattr(slot, name) != value}
    for name, value in changed.items():
        setattr(slot, name, value)
    return changed


def _new_slot(sources: Sources, planned: PlannedSlot, now: dt.datetime) -> Slot:
    slot = Slot(
        group=sources.group,
        place=sources.place,
        business_day=planned.business_day,
        starts_at=planned.starts_at,
        capacity=planned.capacity,
        public_capacity=planned.public_capacity,
    )
    _assign(slot, planned_columns(slot, planned, sources, now))
    return slot
