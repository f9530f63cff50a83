"""Breaks of a counter: tickets are given in them, for whoever comes at noon shall not have to come back."""

import datetime as dt

from django.db.models import Q

from cityhall.days import is_business_day, local_date
from reservations.enums import ExceptionKind
from reservations.models import OpeningException, OpeningRule, Place, ServiceGroup
from reservations.supply.planning import opens_again_at


def break_until(place: Place, group: ServiceGroup, now: dt.datetime) -> dt.datetime | None:
    """When the desks of a group open again, while they have a break; None at all other times. At most four queries."""
    rules = list(OpeningRule.objects.filter(place=place, group=group))
    if not rules:
        return None
    day = local_date(now)
    dated = OpeningException.objects.filter(Q(group=None) | Q(group=group), place=place, date=day)
    exceptions = list(dated)
    if any(one.kind == ExceptionKind.CLOSED and one.from_time is None for one in exceptions):
        return None
    return opens_again_at(now, rules=rules, exceptions=exceptions, is_closed=not is_business_day(day))
