"""Taking and giving back places of slots: the one door to `taken`.

Several slots are locked first, in the order of their ids, in a CTE; the editor and the rebuild job lock in the same
order. A bare UPDATE of many rows has no order and deadlocks (measured: 6/s against 1,940/s).
"""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from cityhall.errors import DomainError
from reservations.errors import NotOpenYet, SlotGone
from reservations.models import Slot

# no key: rows that point at a slot are checked at commit and must not wait here
_LOCK = "SELECT id FROM reservations_slot WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"


def lock_slots(ids: Collection[int]) -> list[Slot]:
    """The slots, locked in the order of their ids until the transaction ends; for the editor and the job.

    Must be called inside a transaction. SQLite has one writer at a time and needs no more.
    """
    slots = Slot.objects.filter(pk__in=ids).order_by("id")
    return list(slots.select_for_update(no_key=True))


def lock(ids: Collection[int]) -> None:
    """The same lock without reading the rows."""
    if len(ids) > 1 and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_LOCK, [list(ids)])


def take(ids: Sequence[int], *, places: int, is_public: bool, now: dt.datetime) -> None:
    """Take `places` in each of the slots, all or none.

    The public takes what is released and open at `now`; staff whatever is left. Must be called inside a transaction,
    which is rolled back by the error. Raises SlotGone. Locks the slots, until that transaction ends.
    """
    lock(ids)
    free = _free(ids, places=places, is_public=is_public, now=now)
    changes = {"taken": F("taken") + places}
    if is_public:
        changes["taken_public"] = F("taken_public") + places
    if free.update(**changes) != len(ids):
        raise SlotGone


def _free(ids: Sequence[int], *, places: int, is_public: bool, now: dt.datetime) -> QuerySet[Slot]:
    """Those of the slots that have room."""
    slots = Slot.objects.filter(pk__in=ids, closed_at__isnull=True, taken__lte=F("capacity") - places)
    if not is_public:
        return slots
    open_now = Q(opens_at__lte=now) & Q(taken_public__lte=F("released") - places)
    return slots.filter(open_now)


def give_back(ids: Collection[int], *, places: int, is_public: bool) -> None:
    """Give places back to each of the slots, closed ones too. Inside the transaction that ends their use."""
    with transaction.atomic():
        lock(ids)
        changes = {"taken": F("taken") - places}
        if is_public:
            changes["taken_public"] = F("taken_public") - places
        Slot.objects.filter(pk__in=ids).update(**changes)


def make_internal(ids: Collection[int], *, places: int) -> None:
    """Count places that the public had as the city's own from now on; they stay taken.

    In the transaction that makes the booking internal, which has locked the slots.
    """
    Slot.objects.filter(pk__in=ids).update(taken_public=F("taken_public") - places)


def why_not(ids: Sequence[int], *, is_public: bool, now: dt.datetime) -> DomainError:
    """What to tell somebody whose `take` failed."""
    slots = Slot.objects.filter(pk__in=ids, closed_at__isnull=True)
    if is_public and slots.filter(Q(opens_at__isnull=True) | Q(opens_at__gt=now)).exists():
        return NotOpenYet()
    return SlotGone()
