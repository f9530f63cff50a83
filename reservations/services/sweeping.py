"""What is over: holds, offers, and freed places that have cooled down. Booking itself looks, and a task does.

May run twice at once: rows somebody else is moving are left to them, so a sweep waits for nobody while it holds
slots.
"""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from reservations.enums import ReservationState, WaitlistState
from reservations.models import FreedPlace, Reservation, ReservationSlot, Slot, WaitlistEntry
from reservations.services.freed import due_places, expire, reopen
from reservations.services.offers import expire_offers, offer_due
from reservations.services.supply import open_due_waves

BATCH = 200


def sweep(*, slot_ids: Collection[int] | None = None, now: dt.datetime | None = None) -> int:
    """End holds and offers that are over and open what is due, in some slots or everywhere; how many rows.

    Whoever waits for a place is asked before it is open to all.
    """
    moment = now or timezone.now()
    if slot_ids is not None and not _may_be_due(slot_ids, moment):
        return 0
    ended = end_holds(now=moment, slot_ids=slot_ids) + expire_offers(now=moment, slot_ids=slot_ids)
    due = due_places(now=moment, slot_ids=slot_ids)
    offer_due(now=moment, slot_ids=slot_ids)
    opened = open_due_waves(slot_ids=slot_ids, now=moment)
    return ended + opened + reopen(due, now=moment)


def _may_be_due(slot_ids: Collection[int], now: dt.datetime) -> bool:
    """Whether anything in these slots could be over or due. One query: of a full slot everybody who comes asks it."""
    held = ReservationSlot.objects.filter(
        slot=OuterRef("pk"), reservation__state=ReservationState.HELD, reservation__hold_until__lte=now
    )
    offered = WaitlistEntry.objects.filter(
        offer__slots__slot=OuterRef("pk"), state=WaitlistState.OFFERED, offer_until__lte=now
    )
    freed = FreedPlace.objects.filter(slot=OuterRef("pk"), settled_at__isnull=True)
    due = Q(next_wave_at__lte=now) | Exists(held) | Exists(offered) | Exists(freed)
    return Slot.objects.filter(due, pk__in=slot_ids).exists()


def end_holds(*, now: dt.datetime, slot_ids: Collection[int] | None = None) -> int:
    """Expire holds that are over, at most a batch, each in its own transaction; how many."""
    due = Reservation.objects.filter(state=ReservationState.HELD, hold_until__lte=now, waitlist_entry__isnull=True)
    if slot_ids is not None:
        due = due.filter(slots__slot__in=slot_ids)
    ids = sorted(set(due.values_list("pk", flat=True)[:BATCH]))
    return sum(_end_hold(pk, now) for pk in ids)


def delete_expired(*, now: dt.datetime) -> int:
    """Delete holds that came to nothing a day ago; they held no name. How many."""
    old = Reservation.objects.filter(
        state=ReservationState.EXPIRED, created_at__lt=now - dt.timedelta(days=1), number__isnull=True
    )
    ids = list(old.filter(waitlist_entry__isnull=True).values_list("pk", flat=True)[:BATCH])
    Reservation.objects.filter(pk__in=ids, state=ReservationState.EXPIRED).delete()
    return len(ids)


def _end_hold(pk: int, now: dt.datetime) -> int:
    with transaction.atomic():
        rows = Reservation.objects.select_related("group")
        rows = rows.filter(pk=pk, state=ReservationState.HELD, hold_until__lte=now)
        row = rows.select_for_update(of=("self",), skip_locked=True, no_key=True).first()
        if row is None:
            return 0
        expire(row, now=now)
    return 1
