"""Whose turn it is when places become free: the waiting list, in the order in which people joined it.

The first in line whose wish fits gets a hold of their own until they answer. Offers of a group are made one after the
other, under the lock of the group's row: two places freed at once go to the first two in line, and nobody is passed.
Locks in one order: the group, the entry, the freed places, the slots.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from reservations.contacts import columns_of, contact_of
from reservations.enums import ReservationChannel, ReservationState, SupplyKind, WaitlistState
from reservations.errors import SlotGone
from reservations.models import FreedPlace, Reservation, ServiceGroup, Slot, WaitlistEntry
from reservations.services import slots as door
from reservations.services.freed import expire, unlocked, waiting
from reservations.services.mails import Occasion, tell_waiting
from reservations.services.visits import Visit, minutes_of, places_for, row_of
from reservations.services.writing import write_rows

_TIME_TO_ANSWER = dt.timedelta(minutes=30)
"""What begins sooner is not offered: nobody reads mail that fast."""
_TRIES = 3
_MOST_ENTRIES = 500
_BATCH = 200


def offer_next(*, group: ServiceGroup, place_id: int, now: dt.datetime) -> int:
    """Offer the freed places of a group at a place to who is next, as long as somebody's wish fits; how many offers.

    In transactions of its own: a caller that is killed before leaves places that the next sweep offers.
    """
    made = failed = 0
    while failed < _TRIES:
        try:
            if not _offer_one(group, place_id, now):
                break
            made += 1
        except SlotGone:
            # what was to go with a freed place was booked meanwhile: look again
            failed += 1
    return made


def offer_due(*, now: dt.datetime, slot_ids: Collection[int] | None = None) -> int:
    """Offer whatever is freed and waited for; how many offers. A sweep for callers that were killed."""
    freed = FreedPlace.objects.filter(settled_at__isnull=True, draw__isnull=True, slot__group__has_waiting_list=True)
    if slot_ids is not None:
        freed = freed.filter(slot__in=slot_ids)
    pairs = set(freed.values_list("slot__group", "slot__place"))
    entries = waiting(now=now).filter(group__in={group for group, _place in pairs})
    wanted = pairs.intersection(entries.values_list("group", "place").distinct()) if pairs else set()
    groups = ServiceGroup.objects.in_bulk({group for group, _place in wanted})
    return sum(offer_next(group=groups[group], place_id=place, now=now) for group, place in sorted(wanted))


def expire_offers(*, now: dt.datetime, slot_ids: Collection[int] | None = None) -> int:
    """End offers that nobody answered in time and ask who is next; how many ended. May run twice at once."""
    due = WaitlistEntry.objects.filter(state=WaitlistState.OFFERED, offer_until__lte=now)
    if slot_ids is not None:
        due = due.filter(offer__slots__slot__in=slot_ids)
    return sum(_expire_offer(pk, now) for pk in sorted(set(due.values_list("pk", flat=True))))


def expire_waiting(*, now: dt.datetime) -> int:
    """End the waiting for days that are over and say so by mail; how many, at most a batch. May run twice at once.

    An offer that was taken back is forgotten: the page says what the waiting ended of. Each is a transaction of its
    own, so that nobody hears twice.
    """
    over = WaitlistEntry.objects.filter(state=WaitlistState.WAITING, until_day__lt=timezone.localdate(now))
    return sum(_expire_wait(pk) for pk in list(over.order_by("until_day").values_list("pk", flat=True)[:_BATCH]))


def _expire_wait(pk: int) -> int:
    with transaction.atomic():
        rows = WaitlistEntry.objects.filter(pk=pk, state=WaitlistState.WAITING)
        ended = {"state": WaitlistState.EXPIRED, "offer": None, "offer_until": None}
        if not rows.update(revision=F("revision") + 1, **ended):
            return 0
        entry = WaitlistEntry.objects.select_related("group", "place", "service", "resident").get(pk=pk)
        tell_waiting(entry, Occasion.WAIT_OVER)
    return 1


def withdraw(entry: WaitlistEntry, *, to: WaitlistState, now: dt.datetime) -> bool:
    """End a locked entry in the caller's transaction, with the hold of its offer; whether an offer ended."""
    changed = WaitlistEntry.objects.filter(pk=entry.pk, state=entry.state, revision=entry.revision)
    if changed.update(state=to, revision=F("revision") + 1) != 1:
        return False
    was_offered = entry.state == WaitlistState.OFFERED
    entry.state, entry.revision = to, entry.revision + 1
    if not was_offered or entry.offer_id is None:
        return False
    rows = Reservation.objects.select_related("group").filter(pk=entry.offer_id, state=ReservationState.HELD)
    held = rows.select_for_update(of=("self",), no_key=True).first()
    if held is not None:
        expire(held, now=now)
    return True


def _expire_offer(pk: int, now: dt.datetime) -> int:
    with transaction.atomic():
        rows = WaitlistEntry.objects.select_related("group", "place", "service", "resident")
        rows = rows.filter(pk=pk, state=WaitlistState.OFFERED, offer_until__lte=now)
        entry = rows.select_for_update(of=("self",), skip_locked=True, no_key=True).first()
        if entry is None or not withdraw(entry, to=WaitlistState.EXPIRED, now=now):
            return 0
        tell_waiting(entry, Occasion.OFFER_OVER)
    offer_next(group=entry.group, place_id=entry.place_id, now=now)
    return 1


@dataclass(frozen=True)
class _Supply:
    """Slots of the days on which something was freed, and how many places each has for the waiting list."""

    slots: Sequence[Slot]
    freed: Mapping[int, int]
    room: Mapping[int, int]

    def chains(self, minutes: int) -> Iterator[list[Slot]]:
        """Slots that follow each other for so long, with something freed among them."""
        for number, first in enumerate(self.slots):
            chain = [first]
            for slot in self.slots[number + 1 :]:
                if _length(chain) >= minutes or slot.starts_at != chain[-1].ends_at:
                    break
                chain.append(slot)
            if _length(chain) >= minutes and any(slot.pk in self.freed for slot in chain):
                yield chain


def _offer_one(group: ServiceGroup, place_id: int, now: dt.datetime) -> bool:
    """Make the offer that is next, if any of those who wait can be served; whether one was made. Raises SlotGone."""
    with transaction.atomic():
        # no_key: bookings that point at the group are not held up
        ServiceGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
        supply = _supply_of(group, place_id, now)
        if not supply.freed:
            return False
        entries = waiting(now=now).filter(group=group, place=place_id)
        entries = entries.select_related("group", "place", "service", "resident", "series")
        for entry in entries.order_by("id")[:_MOST_ENTRIES]:
            chosen = _fitting(entry, supply)
            if chosen:
                _offer(entry, chosen, supply, now)
                return True
    return False


def _supply_of(group: ServiceGroup, place_id: int, now: dt.datetime) -> _Supply:
    soonest = now + dt.timedelta(minutes=group.lead_minutes) + _TIME_TO_ANSWER
    rows = FreedPlace.objects.filter(
        settled_at__isnull=True, draw__isnull=True, is_public=True, slot__group=group, slot__place=place_id,
        slot__closed_at__isnull=True, slot__starts_at__gt=soonest,
    )  # fmt: skip
    freed = dict(rows.order_by().values_list("slot").annotate(sum=Sum("places")))
    own = Slot.objects.filter(group=group, place=place_id, closed_at__isnull=True, starts_at__gt=soonest)
    days = own.filter(pk__in=freed).values("business_day")
    series = own.filter(pk__in=freed, series__isnull=False).values("series")
    slots = list(own.filter(Q(business_day__in=days) | Q(series__in=series)).order_by("starts_at", "id"))
    return _Supply(slots, freed, {slot.pk: _open_places(slot, now) + freed.get(slot.pk, 0) for slot in slots})


def _open_places(slot: Slot, now: dt.datetime) -> int:
    if slot.opens_at is None or slot.opens_at > now:
        return 0
    return max(0, min(slot.capacity - slot.taken, slot.released - slot.taken_public))


def _fitting(entry: WaitlistEntry, supply: _Supply) -> list[Slot] | None:
    """The earliest slots that serve an entry; a course is offered as a whole, where it is not joined by the session."""
    places = places_for(entry.group, entry.people)
    if entry.series is not None:
        course = [slot for slot in supply.slots if slot.series_id == entry.series_id]
        chains: Iterator[list[Slot]] = iter(
            [[slot] for slot in course] if entry.series.takes_sessions else [course] if course else []
        )
    elif entry.group.kind == SupplyKind.COUNTER:
        chains = supply.chains(minutes_of([entry.service], entry.place))
    else:
        chains = supply.chains(1)
    for chain in chains:
        is_in_time = entry.from_day <= chain[0].business_day <= entry.until_day
        if is_in_time and all(supply.room[slot.pk] >= places for slot in chain):
            return chain
    return None


def _offer(entry: WaitlistEntry, slots: list[Slot], supply: _Supply, now: dt.datetime) -> None:
    group = entry.group
    lead = dt.timedelta(minutes=group.lead_minutes)
    until = min(now + dt.timedelta(hours=group.offer_hours), slots[0].starts_at - lead)
    visit = Visit(group, entry.place, entry.service, slots, entry.people, channel=ReservationChannel.WAITLIST)
    contact = columns_of(contact_of(entry))
    offer = row_of(visit, key=f"offer:{uuid4().hex}", by=None, now=now, hold_until=until, **contact)
    write_rows(visit, offer)
    changed = WaitlistEntry.objects.filter(pk=entry.pk, state=WaitlistState.WAITING, revision=entry.revision).update(
        state=WaitlistState.OFFERED, revision=F("revision") + 1, offer=offer, offer_until=until
    )
    if changed != 1:
        # they left a moment ago
        raise SlotGone
    entry.offer, entry.offer_until = offer, until
    _hand_over(visit, now)
    tell_waiting(entry, Occasion.OFFERED)


def _hand_over(visit: Visit, now: dt.datetime) -> None:
    """Freed places become the offer's without being free in between; what they lack is taken. Raises SlotGone."""
    freed = FreedPlace.objects.filter(
        slot__in=visit.slot_ids, settled_at__isnull=True, draw__isnull=True, is_public=True
    )
    missing = dict.fromkeys(visit.slot_ids, visit.places)
    for row in unlocked(freed).order_by("slot_id", "id"):
        used = min(row.places, missing[row.slot_id])
        missing[row.slot_id] -= used
        if used == row.places:
            FreedPlace.objects.filter(pk=row.pk).update(settled_at=now)
        elif used:
            FreedPlace.objects.filter(pk=row.pk).update(places=F("places") - used)
    wanting = [slot_id for slot_id, count in missing.items() if count]
    door.lock(wanting)
    for slot_id in wanting:
        door.take([slot_id], places=missing[slot_id], is_public=True, now=now)


def _length(chain: Sequence[Slot]) -> float:
    return (chain[-1].ends_at - chain[0].starts_at).total_seconds() / 60
