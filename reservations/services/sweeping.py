"""What is over: holds, offers, and freed places that have cooled down. Booking itself looks, and a task does.

May run twice at once: rows somebody else is moving are left to them, so a sweep waits for nobody while it holds
slots.
"""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cityhall.db import is_postgresql
from reservations.enums import ReservationState
from reservations.models import Reservation, ReservationSlot
from reservations.services.freed import free, reopen_due

_BATCH = 200


def sweep(*, slot_ids: Collection[int] | None = None, now: dt.datetime | None = None) -> int:
    """End holds and offers that are over and reopen what has cooled, in some slots or everywhere; how many rows.

    Whoever waits for a place is asked first.
    """
    moment = now or timezone.now()
    ended = end_holds(now=moment, slot_ids=slot_ids)
    return ended + reopen_due(now=moment, slot_ids=slot_ids)


def end_holds(*, now: dt.datetime, slot_ids: Collection[int] | None = None) -> int:
    """Expire holds that are over, at most a batch, each in its own transaction; how many."""
    due = Reservation.objects.filter(state=ReservationState.HELD, hold_until__lte=now, waitlist_entry__isnull=True)
    if slot_ids is not None:
        due = due.filter(slots__slot__in=slot_ids)
    ids = sorted(set(due.values_list("pk", flat=True)[:_BATCH]))
    return sum(_end_hold(pk, now) for pk in ids)


def _end_hold(pk: int, now: dt.datetime) -> int:
    with transaction.atomic():
        rows = Reservation.objects.select_related("group").filter(
            pk=pk, state=ReservationState.HELD, hold_until__lte=now
        )
        row = (rows.select_for_update(of=("self",), skip_locked=True) if is_postgresql() else rows).first()
        if row is None:
            return 0
        expire(row, now=now)
    return 1


def expire(row: Reservation, *, now: dt.datetime) -> bool:
    """End a locked hold in the caller's transaction; whether somebody waits for its places."""
    Reservation.objects.filter(pk=row.pk).update(state=ReservationState.EXPIRED, revision=F("revision") + 1)
    slot_ids = list(ReservationSlot.objects.filter(reservation=row).order_by("slot").values_list("slot", flat=True))
    return free(row, slot_ids, now=now, cools=False)
