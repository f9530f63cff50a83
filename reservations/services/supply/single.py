"""One slot gets numbers of its own."""

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from cityhall.models import User
from reservations.enums import SupplyAction
from reservations.models import Reservation, Slot
from reservations.queries.displaced import displaced_in
from reservations.services.slots import lock_slots
from reservations.services.supply.events import values_of, write_event
from reservations.services.supply.locks import lock_groups
from reservations.services.supply.rebuilding import rebuild
from reservations.services.supply.targets import COLUMNS, numbered_columns

_NUMBERS = ("capacity", "public_capacity")


@dataclass(frozen=True)
class Changed:
    """The slot as it is now, and who is too many in it."""

    slot: Slot
    must_move: list[Reservation] = field(default_factory=list)


def change_slot(
    *, slot: Slot, capacity: int, public_capacity: int, by: User | None, now: dt.datetime | None = None
) -> Changed:
    """Set the numbers of one slot; the rebuild job leaves them from now on.

    Lowered under what is taken it is clamped and closed until it fits, and who came last is listed, told by nobody
    yet. Locks the group, then the slot.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        lock_groups([slot.group_id])
        [row] = lock_slots([slot.pk])
        before = values_of(row, _NUMBERS)
        is_all_open = row.released == row.public_capacity
        for name, value in numbered_columns(row, capacity, public_capacity, now=moment).items():
            setattr(row, name, value)
        row.is_edited = True
        row.released = row.public_capacity if is_all_open else min(row.released, row.public_capacity)
        row.save(update_fields=[*COLUMNS, "is_edited"])
        write_event(
            SupplyAction.SLOT_CHANGED,
            group=row.group,
            place=row.place,
            by=by,
            now=moment,
            before={"starts_at": row.starts_at.isoformat()} | before,
            after={"capacity": capacity, "public_capacity": public_capacity},
        )
    if row.series_id is None:
        # how many of the new number are open, and whether the slot is open at all, is said by the settings
        rebuild(group=row.group, place=row.place, from_day=row.business_day, until_day=row.business_day, now=moment)
        row.refresh_from_db()
    return Changed(slot=row, must_move=displaced_in([row.pk], now=moment))
