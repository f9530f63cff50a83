"""How many bookings a change would leave without their time: asked before it is saved."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.utils import timezone

from cityhall.days import local_date
from reservations.enums import ReservationState
from reservations.models import OpeningException, OpeningRule, Place, ReservationSlot, ServiceGroup, Slot
from reservations.services.supply.rebuilding import Difference, difference, future_slots
from reservations.services.supply.sources import Sources, read_sources


def lost_by_rule(rule: OpeningRule, *, now: dt.datetime | None = None) -> int:
    """Bookings that lose their time when the rule is saved as it is now. Writes nothing."""
    moment = now or timezone.now()
    sources = _sources(rule.group, rule.place, moment)
    others = [one for one in sources.rules if one.pk != rule.pk]
    return _lost(replace(sources, rules=[*others, rule]), moment)


def lost_by_end(rule: OpeningRule, *, last_day: dt.date, now: dt.datetime | None = None) -> int:
    """Bookings that lose their time when the rule holds until a day for the last time. Writes nothing."""
    moment = now or timezone.now()
    sources = _sources(rule.group, rule.place, moment)
    kept = [one for one in sources.rules if one.pk != rule.pk]
    if last_day >= rule.valid_from:
        rule.valid_until = last_day
        kept.append(rule)
    return _lost(replace(sources, rules=kept), moment)


def lost_by_exception(exception: OpeningException, group: ServiceGroup, *, now: dt.datetime | None = None) -> int:
    """Bookings of the group that lose their time by a dated exception. Writes nothing."""
    moment = now or timezone.now()
    day = exception.date
    sources = read_sources(group, exception.place, first=day, last=day)
    dated: Sequence[OpeningException] = [*sources.exceptions.get(day, ()), exception]
    return _lost(replace(sources, exceptions={**sources.exceptions, day: dated}), moment)


def _sources(group: ServiceGroup, place: Place, now: dt.datetime) -> Sources:
    """Until the last day anybody has booked."""
    today = local_date(now)
    taken = Slot.objects.filter(group=group, place=place, taken__gt=0, business_day__gte=today)
    last = taken.order_by("-business_day").values_list("business_day", flat=True).first() or today
    return read_sources(group, place, first=today, last=last)


def _lost(sources: Sources, now: dt.datetime) -> int:
    slots = [slot for slot in future_slots(sources, now) if slot.closed_at is None]
    found = difference(sources, slots, now)
    return _booked_in(found) + sum(max(slot.taken - (slot.wanted_capacity or 0), 0) for slot in _overfull(found))


def _booked_in(found: Difference) -> int:
    uses = ReservationSlot.objects.filter(slot__in=found.closed, reservation__state=ReservationState.BOOKED)
    return uses.order_by().values("reservation").distinct().count()


def _overfull(found: Difference) -> list[Slot]:
    return [slot for slot in found.changed if slot.closed_at is not None and slot.wanted_capacity is not None]
