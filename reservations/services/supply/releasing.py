"""When the public may book: the settings of a group, and the waves that are due."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from cityhall.models import User
from reservations.enums import Release, SupplyAction
from reservations.models import ReleaseWave, ServiceGroup, Slot
from reservations.services.slots import lock_slots
from reservations.services.supply.events import differing, values_of, write_event
from reservations.services.supply.locks import lock_groups
from reservations.services.supply.rebuilding import Rebuilt, rebuild
from reservations.supply.errors import WavesMissing
from reservations.supply.release import opening_of

SETTINGS = (
    "release",
    "horizon_days",
    "lead_minutes",
    "change_until_minutes",
    "fixed_weekday",
    "fixed_time",
    "fixed_days_ahead",
)
_BATCH = 500


@dataclass(frozen=True)
class Wave:
    """So many days before at this time, so much of what the public may book is open."""

    days_before: int
    at: dt.time
    percent: int


def save_release(
    *, group: ServiceGroup, waves: Sequence[Wave], by: User | None, now: dt.datetime | None = None
) -> Rebuilt:
    """Write how a group opens its slots, from the changed columns of `group` and all its waves; rebuild everywhere.

    Raises WavesMissing. Locks the group.
    """
    moment = now or timezone.now()
    if group.release == Release.WAVES and not waves:
        raise WavesMissing
    with transaction.atomic():
        [stored] = lock_groups([group.pk])
        old, new = _settings(stored, _waves_of(stored)), _settings(group, waves)
        before, after = differing(old, new)
        if after:
            group.save(update_fields=[name for name in after if name in SETTINGS])
            _write_waves(group, waves)
            write_event(
                SupplyAction.RELEASE_CHANGED, group=group, place=None, by=by, now=moment, before=before, after=after
            )
    return rebuild(group=group, now=moment)


def _settings(group: ServiceGroup, waves: Sequence[Wave]) -> dict[str, object]:
    return values_of(group, SETTINGS) | {"waves": [[one.days_before, f"{one.at:%H:%M}", one.percent] for one in waves]}


def _waves_of(group: ServiceGroup) -> list[Wave]:
    rows = group.waves.order_by("-days_before", "at")
    return [Wave(row.days_before, row.at, row.percent) for row in rows]


def _write_waves(group: ServiceGroup, waves: Sequence[Wave]) -> None:
    group.waves.all().delete()
    ReleaseWave.objects.bulk_create(
        ReleaseWave(group=group, days_before=wave.days_before, at=wave.at, percent=wave.percent) for wave in waves
    )


def open_due_waves(*, slot_ids: Collection[int] | None = None, now: dt.datetime | None = None) -> int:
    """Open what waves are due for, in some slots or everywhere; the number of slots, at most a batch.

    May run twice at once. Locks the slots in order.
    """
    moment = now or timezone.now()
    due = Slot.objects.filter(next_wave_at__lte=moment)
    if slot_ids is not None:
        due = due.filter(pk__in=slot_ids)
    ids = list(due.order_by("id").values_list("pk", flat=True)[:_BATCH])
    if not ids:
        return 0
    with transaction.atomic():
        slots = [slot for slot in lock_slots(ids) if slot.next_wave_at is not None and slot.next_wave_at <= moment]
        groups = ServiceGroup.objects.prefetch_related("waves").in_bulk({slot.group_id for slot in slots})
        for slot in slots:
            _open(slot, groups[slot.group_id], moment)
        Slot.objects.bulk_update(slots, ("released", "next_wave_at"))
    return len(slots)


def _open(slot: Slot, group: ServiceGroup, now: dt.datetime) -> None:
    if slot.closed_at is not None or group.release != Release.WAVES:
        slot.next_wave_at = None
        return
    opening = opening_of(
        group, list(group.waves.all()), day=slot.business_day, public_capacity=slot.public_capacity, now=now
    )
    slot.released = max(opening.released, slot.taken_public)
    slot.next_wave_at = opening.next_wave_at
