"""Whether two rules ever offer the same time. Pure."""

import datetime as dt
import math

from reservations.models import OpeningRule
from reservations.supply.planning import applies

_WEEK = 7


def overlap(one: OpeningRule, other: OpeningRule) -> bool:
    """Whether there is a day on which both rules hold, with hours in common."""
    if one.from_time >= other.until_time or other.from_time >= one.until_time:
        return False
    return any(applies(one, day) and applies(other, day) for day in _days_in_question(one, other))


def _days_in_question(one: OpeningRule, other: OpeningRule) -> list[dt.date]:
    """From the first day on which both may hold, until their weeks have met in every way."""
    first = max(one.valid_from, other.valid_from)
    weeks = math.lcm(one.every_weeks, other.every_weeks)
    last = first + dt.timedelta(days=(weeks + 1) * _WEEK)
    for end in (one.valid_until, other.valid_until):
        last = min(last, end) if end is not None else last
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
