"""What becomes of places that are given up: they cool down, wait for the waiting list, or are free at once.

Freed places still count as taken until they are settled, so that nobody passes the waiting list.
"""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from reservations.enums import ReservationState, WaitlistState
from reservations.models import FreedPlace, Reservation, ReservationSlot, ServiceGroup, WaitlistEntry
from reservations.services.slots import give_back, lock


def free(
    reservation: Reservation,
    slot_ids: Sequence[int],
    *,
    now: dt.datetime,
    cools: bool,
    places: int | None = None,
) -> bool:
    """Give up places of a reservation in these slots, in the caller's transaction; whether somebody waits for them.

    Cancelled places of the public cool down: who cancels for a friend gains nothing by it (取消の枠の転売). Those of
    a hold that is over do not, but wait for the next in the waiting list where there is one. All of its places
    unless told otherwise. Locks the slots when they are given back.
    """
    if not slot_ids:
        return False
    count = places or reservation.places
    group = reservation.group
    is_waited_for = reservation.is_public and has_waiting(group, reservation.place_id, now=now)
    cooling = dt.timedelta(minutes=group.cooling_minutes if cools else 0)
    if reservation.is_public and (is_waited_for or cooling):
        FreedPlace.objects.bulk_create(
            FreedPlace(slot_id=slot_id, places=count, is_public=True, freed_at=now, reopens_at=now + cooling)
            for slot_id in slot_ids
        )
    else:
        give_back(slot_ids, places=count, is_public=reservation.is_public)
    return is_waited_for


def expire(row: Reservation, *, now: dt.datetime) -> bool:
    """End a locked hold in the caller's transaction; whether somebody waits for its places."""
    return free(row, _end_hold(row), now=now, cools=False)


def hand_over(row: Reservation, slot_ids: Collection[int], *, places: int, now: dt.datetime) -> None:
    """End a locked hold whose holder takes up to so many places in these slots anew, in the same transaction.

    They go back to the slots, whoever waits: nobody may pass in between, because the caller has locked the slots.
    What is not taken again is freed as of any hold.
    """
    held = _end_hold(row)
    kept = [pk for pk in held if pk in slot_ids]
    handed = min(places, row.places)
    free(row, [pk for pk in held if pk not in slot_ids], now=now, cools=False)
    give_back(kept, places=handed, is_public=row.is_public)
    if row.places > handed:
        free(row, kept, now=now, cools=False, places=row.places - handed)


def _end_hold(row: Reservation) -> list[int]:
    """The slots of the hold that ends here, in the order of their locks."""
    Reservation.objects.filter(pk=row.pk).update(state=ReservationState.EXPIRED, revision=F("revision") + 1)
    return list(ReservationSlot.objects.filter(reservation=row).order_by("slot").values_list("slot", flat=True))


def waiting(*, now: dt.datetime) -> QuerySet[WaitlistEntry]:
    """Those who wait for a day that may still come."""
    return WaitlistEntry.objects.filter(state=WaitlistState.WAITING, until_day__gte=timezone.localdate(now))


def has_waiting(group: ServiceGroup, place_id: int, *, now: dt.datetime) -> bool:
    """Whether anybody waits for places of a group at a place."""
    return group.has_waiting_list and waiting(now=now).filter(group=group, place_id=place_id).exists()


def due_places(*, now: dt.datetime, slot_ids: Collection[int] | None = None) -> list[int]:
    """Ids of what has cooled down."""
    due = FreedPlace.objects.filter(settled_at__isnull=True, reopens_at__lte=now, draw__isnull=True)
    if slot_ids is not None:
        due = due.filter(slot__in=slot_ids)
    return list(due.values_list("pk", flat=True))


def reopen(ids: Collection[int], *, now: dt.datetime) -> int:
    """Give back what has cooled down and nobody waited for; the number of rows. May run twice at once.

    The ids are of before the waiting list was asked: what was freed after that has not been offered yet.
    """
    if not ids:
        return 0
    with transaction.atomic():
        rows = list(unlocked(FreedPlace.objects.filter(pk__in=ids, settled_at__isnull=True)).order_by("slot_id", "id"))
        if rows:
            settle(rows, now=now)
    return len(rows)


def settle(rows: Sequence[FreedPlace], *, now: dt.datetime) -> None:
    """Give the places of locked rows back to their slots, in the caller's transaction. Locks the slots in order."""
    FreedPlace.objects.filter(pk__in=[row.pk for row in rows]).update(settled_at=now)
    lock(sorted({row.slot_id for row in rows}))
    for row in rows:
        give_back([row.slot_id], places=row.places, is_public=row.is_public)


def unlocked(rows: QuerySet[FreedPlace]) -> QuerySet[FreedPlace]:
    """The rows nobody else is settling, locked: who holds slots never waits for one."""
    return rows.select_for_update(skip_locked=True)
