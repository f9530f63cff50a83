"""What the slots of a group at a place are made from, read in a handful of queries for any number of days."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from cityhall.days import closed_between
from reservations.enums import Unit
from reservations.models import OpeningException, OpeningRule, Place, ReleaseWave, ServiceGroup
from reservations.supply.planning import PlannedSlot, plan_day


@dataclass(frozen=True)
class Sources:
    """Rules, exceptions and closed days from one day to another."""

    group: ServiceGroup
    place: Place
    first: dt.date
    last: dt.date
    rules: Sequence[OpeningRule]
    exceptions: Mapping[dt.date, Sequence[OpeningException]]
    closed: Mapping[dt.date, str]
    waves: Sequence[ReleaseWave]

    def plan(self) -> dict[dt.datetime, PlannedSlot]:
        """Every slot that should be there, by its start."""
        days = (self.first + dt.timedelta(days=number) for number in range((self.last - self.first).days + 1))
        return {slot.starts_at: slot for day in days for slot in self.plan_day(day)}

    def plan_day(self, day: dt.date) -> list[PlannedSlot]:
        return plan_day(
            day,
            rules=self.rules,
            exceptions=self.exceptions.get(day, ()),
            is_closed=day in self.closed,
            by_night=self.group.unit == Unit.NIGHT,
        )


def read_sources(group: ServiceGroup, place: Place, *, first: dt.date, last: dt.date) -> Sources:
    """As they stand in the database now. Four queries."""
    rules = OpeningRule.objects.filter(group=group, place=place, valid_from__lte=last).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=first)
    )
    exceptions: dict[dt.date, list[OpeningException]] = {}
    dated = OpeningException.objects.filter(place=place, date__range=(first, last))
    for one in dated.filter(Q(group=group) | Q(group__isnull=True)).order_by("id"):
        exceptions.setdefault(one.date, []).append(one)
    return Sources(
        group=group,
        place=place,
        first=first,
        last=last,
        rules=list(rules.order_by("id")),
        exceptions=exceptions,
        closed=closed_between(first, last),
        waves=list(group.waves.order_by("-days_before", "at")),
    )
