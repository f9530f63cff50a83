"""Rooms and sites to let: which there are, and how long one may stay from a time on."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from cityhall.days import TOKYO
from reservations.enums import SupplyKind, Unit
from reservations.models import OpeningRule, Place, Reservation, ServiceGroup, ServiceOffer, Slot


@dataclass(frozen=True)
class Stay:
    """So many units in a row, and what they cost."""

    slots: Sequence[Slot]
    fee: int

    @property
    def units(self) -> int:
        return len(self.slots)

    @property
    def starts_at(self) -> dt.datetime:
        return self.slots[0].starts_at

    @property
    def ends_at(self) -> dt.datetime:
        return self.slots[-1].ends_at

    @property
    def leaves_on(self) -> dt.date:
        """Of nights: the morning after the last one."""
        return self.slots[-1].business_day + dt.timedelta(days=1)


def facilities() -> QuerySet[ServiceOffer]:
    """What residents may book, by place. Places for trials are not among it."""
    return _offers().filter(place__is_practice=False)


def offer_of(key: str, place_key: str) -> ServiceOffer | None:
    """One facility at its place."""
    return _offers().filter(service__key=key, place__key=place_key).first()


def stays_from(
    offer: ServiceOffer,
    starts_at: dt.datetime,
    *,
    is_public: bool = True,
    now: dt.datetime | None = None,
) -> list[Stay]:
    """How long one may stay from a time on, the shortest first; none when it is taken. One query."""
    group, moment = offer.service.group, now or timezone.now()
    lead = dt.timedelta(minutes=group.lead_minutes if is_public else 0)
    if starts_at < moment + lead:
        return []
    stays: list[Stay] = []
    for slot in _chain(group, offer.place, starts_at, group.max_units):
        if not _is_free(slot, is_public=is_public, now=moment):
            break
        slots = [*stays[-1].slots, slot] if stays else [slot]
        stays.append(Stay(slots, group.fee_per_unit * len(slots)))
    return stays


def starts_on(
    reservation: Reservation, day: dt.date, *, is_public: bool = True, now: dt.datetime | None = None
) -> list[tuple[dt.datetime, bool]]:
    """From when on a day a stay could begin instead, and whether all of it is free then. Three queries.

    What it has already counts as free: a stay of two hours moves by one. Where it begins now is left out.
    """
    group, moment, units = reservation.group, now or timezone.now(), units_of(reservation)
    own = set(reservation.slots.values_list("slot", flat=True))
    lead = dt.timedelta(minutes=group.lead_minutes if is_public else 0)
    rows = Slot.objects.filter(group=group, place=reservation.place, closed_at__isnull=True)
    slots = list(rows.filter(business_day__range=(day, day + dt.timedelta(days=units))).order_by("starts_at"))
    starts = []
    for number, first in enumerate(slots):
        chain = slots[number : number + units]
        fits = len(chain) == units and all(_follows(group, one, two) for one, two in pairwise(chain))
        is_other = first.starts_at >= moment + lead and first.starts_at != reservation.starts_at
        if first.business_day == day and fits and is_other:
            is_free = all(slot.pk in own or _is_free(slot, is_public=is_public, now=moment) for slot in chain)
            starts.append((first.starts_at, is_free))
    return starts


def slots_of_stay(*, group: ServiceGroup, place: Place, starts_at: dt.datetime, units: int) -> list[Slot]:
    """The slots of one stay, free or not; none when not so many follow each other. One query."""
    if not 1 <= units <= group.max_units:
        return []
    slots = _chain(group, place, starts_at, units)
    return slots if len(slots) == units else []


def units_of(reservation: Reservation) -> int:
    """How many hours or nights a reservation has."""
    return reservation.slots.count()


def _chain(group: ServiceGroup, place: Place, starts_at: dt.datetime, units: int) -> list[Slot]:
    """Slots without a gap, from one that begins at this moment."""
    day = starts_at.astimezone(TOKYO).date()
    rows = Slot.objects.filter(group=group, place=place, closed_at__isnull=True, starts_at__gte=starts_at)
    rows = rows.filter(business_day__lte=day + dt.timedelta(days=units)).order_by("starts_at")
    chain: list[Slot] = []
    for slot in rows[:units]:
        is_next = _follows(group, chain[-1], slot) if chain else slot.starts_at == starts_at
        if not is_next:
            break
        chain.append(slot)
    return chain


def _follows(group: ServiceGroup, one: Slot, two: Slot) -> bool:
    """An hour begins where the other ends; a night is the next day's."""
    if group.unit == Unit.NIGHT:
        return two.business_day - one.business_day == dt.timedelta(days=1)
    return one.ends_at == two.starts_at


def _is_free(slot: Slot, *, is_public: bool, now: dt.datetime) -> bool:
    if slot.taken >= slot.capacity:
        return False
    if not is_public:
        return True
    return slot.opens_at is not None and slot.opens_at <= now and slot.taken_public < slot.released


def _offers() -> QuerySet[ServiceOffer]:
    rows = ServiceOffer.objects.filter(
        is_active=True,
        place__is_active=True,
        service__is_active=True,
        service__group__is_active=True,
        service__group__is_bookable=True,
        service__group__kind=SupplyKind.FACILITY,
    )
    rule = OpeningRule.objects.filter(group=OuterRef("service__group"), place=OuterRef("place")).order_by(
        "-valid_from", "-id"
    )
    # how long what is paid for lasts
    rows = rows.annotate(unit_minutes=Subquery(rule.values("slot_minutes")[:1]))
    rows = rows.select_related("service__group__department", "place").prefetch_related(
        "service__group__cancellation_steps"
    )
    return rows.order_by("service__group__position", "place__position", "service__position", "id")
