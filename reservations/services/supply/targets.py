"""What the columns of one slot should hold. Called with the slot locked, or to look."""

import datetime as dt

from reservations.enums import Release
from reservations.models import Slot
from reservations.services.supply.sources import Sources
from reservations.supply.planning import PlannedSlot
from reservations.supply.release import opening_of

COLUMNS = (
    "ends_at",
    "capacity",
    "public_capacity",
    "wanted_capacity",
    "wanted_public_capacity",
    "released",
    "opens_at",
    "next_wave_at",
    "closed_at",
)


def wanted_numbers(slot: Slot) -> tuple[int, int]:
    """What the slot is to have once it can: the number set by hand, or the one it was lowered to."""
    if slot.wanted_capacity is None or slot.wanted_public_capacity is None:
        return slot.capacity, slot.public_capacity
    return slot.wanted_capacity, slot.wanted_public_capacity


def closed_columns(slot: Slot, now: dt.datetime) -> dict[str, object]:
    """A slot nobody plans any more: it keeps its numbers and everybody in it, and takes nobody."""
    return {"closed_at": slot.closed_at or now, "next_wave_at": None}


def planned_columns(slot: Slot, planned: PlannedSlot, sources: Sources, now: dt.datetime) -> dict[str, object]:
    """A slot that is planned, with the numbers of its rule or those set by hand."""
    numbers = wanted_numbers(slot) if slot.is_edited else (planned.capacity, planned.public_capacity)
    columns = numbered_columns(slot, *numbers, now=now)
    opening = opening_of(
        sources.group,
        sources.waves,
        day=planned.business_day,
        public_capacity=int(str(columns["public_capacity"])),
        now=now,
    )
    is_drawn = sources.group.release == Release.DRAW
    return columns | {
        "ends_at": planned.ends_at,
        "released": max(opening.released, slot.taken_public),
        "opens_at": slot.opens_at if is_drawn else opening.opens_at,
        "next_wave_at": None if columns["closed_at"] else opening.next_wave_at,
    }


def numbered_columns(slot: Slot, capacity: int, public_capacity: int, *, now: dt.datetime) -> dict[str, object]:
    """Numbers as wished, clamped at what is taken; closed until what is taken fits."""
    fits = slot.taken <= capacity and slot.taken_public <= public_capacity
    has_too_many = slot.taken > capacity
    return {
        "capacity": max(capacity, slot.taken),
        "public_capacity": max(public_capacity, slot.taken_public),
        "wanted_capacity": None if fits else capacity,
        "wanted_public_capacity": None if fits else public_capacity,
        "closed_at": (slot.closed_at or now) if has_too_many else None,
    }
