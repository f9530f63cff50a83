"""Holding a time while somebody types: at most ten minutes, one each, not renewable."""

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from cityhall.db import violated
from cityhall.models import User
from reservations.enums import ReservationChannel, ReservationState, Variant
from reservations.errors import SlotGone
from reservations.models import Place, Reservation, ReservationSlot, Service, ServiceGroup, Slot
from reservations.services import slots as door
from reservations.services.freed import expire, hand_over
from reservations.services.sweeping import sweep
from reservations.services.visits import Visit, refuse_unbookable, row_of
from reservations.services.writing import write_visit

Result = TypeVar("Result")
_SAME_REQUEST = "reservations_reservation_request_key_key"
_SAME_HOLDER = "reservation_one_hold_each"


def hold(
    *,
    group: ServiceGroup,
    place: Place,
    service: Service,
    slots: Sequence[Slot],
    people: int = 1,
    holder: str,
    request_key: str,
    variant: Variant = Variant.ON_SITE,
    channel: ReservationChannel = ReservationChannel.ONLINE,
    is_public: bool = True,
    items: Sequence[Service] = (),
    by: User | None = None,
    now: dt.datetime | None = None,
) -> Reservation:
    """Hold places for `holder` (SHA-256 of a key in the browser's session) until they confirm or the time is over.

    The holder's earlier hold ends with it, in one step, unless the new one fails; for the same slot its time goes on.
    The same `request_key` of the same holder gives the same hold. What is over in these slots is swept first when
    they are full. Raises SlotGone, NotOpenYet, TooLate, NotBookable. Locks the slots in the order of their ids.
    """
    moment = now or timezone.now()
    visit = Visit(group, place, service, slots, people, variant, channel, is_public, items)
    key = own_key(request_key, holder=holder, by=by)
    if earlier := Reservation.objects.filter(request_key=key).first():
        return earlier
    refuse_unbookable(visit, by=by, now=moment)
    try:
        return with_sweep(visit, lambda: _hold(visit, holder=holder, key=key, by=by, now=moment), now=moment)
    except IntegrityError as error:
        name = violated(error)
        if name == _SAME_REQUEST:
            return Reservation.objects.get(request_key=key)
        if name != _SAME_HOLDER:
            raise
    # another tab of the same browser was a moment faster: this one is the later
    return with_sweep(visit, lambda: _hold(visit, holder=holder, key=key, by=by, now=moment), now=moment)


def own_key(request_key: str, *, holder: str, by: User | None) -> str:
    """The key as it is stored: another browser that sends it gets a booking of its own, not this one."""
    owner = holder or str(by.pk if by else "")
    return hashlib.sha256(f"{owner}:{request_key}".encode()).hexdigest()


def with_sweep(visit: Visit, attempt: Callable[[], Result], *, now: dt.datetime) -> Result:
    """Try to take; when the slots are full, sweep them and try once more. Raises SlotGone or NotOpenYet."""
    try:
        return attempt()
    except SlotGone:
        if not sweep(slot_ids=visit.slot_ids, now=now):
            raise door.why_not(visit.slot_ids, is_public=visit.is_public, now=now) from None
    try:
        return attempt()
    except SlotGone:
        raise door.why_not(visit.slot_ids, is_public=visit.is_public, now=now) from None


def _hold(visit: Visit, *, holder: str, key: str, by: User | None, now: dt.datetime) -> Reservation:
    until = now + dt.timedelta(minutes=visit.group.hold_minutes)
    if not _holds(holder).exists():
        # the first of this browser: one statement, in which nobody waits for this process
        return write_visit(visit, row_of(visit, key=key, by=by, now=now, holder=holder, hold_until=until), now=now)
    with transaction.atomic():
        earlier = _earlier_of(holder)
        if earlier is not None:
            # both sets of slots in one order, before the first of them changes
            old = set(ReservationSlot.objects.filter(reservation=earlier).values_list("slot", flat=True))
            door.lock(sorted(old.union(visit.slot_ids)))
            common = old.intersection(visit.slot_ids)
            if common and earlier.hold_until and earlier.hold_until > now:
                hand_over(earlier, common, places=visit.places, now=now)
                until = min(until, earlier.hold_until)
            else:
                expire(earlier, now=now)
        row = row_of(visit, key=key, by=by, now=now, holder=holder, hold_until=until)
        return write_visit(visit, row, now=now)


def _earlier_of(holder: str) -> Reservation | None:
    """The hold this browser has, locked."""
    return _holds(holder).select_related("group").select_for_update(of=("self",), no_key=True).first()


def _holds(holder: str) -> QuerySet[Reservation]:
    """One at the most; of nobody, none."""
    rows = Reservation.objects.filter(holder=holder, state=ReservationState.HELD)
    return rows if holder else rows.none()
