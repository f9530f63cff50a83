"""Fiscal years (年度): from 1 April to 31 March, named after the year they begin in."""

import datetime as dt
from typing import Final

from django.utils.timezone import make_aware

from cityhall.days import TOKYO, today

APRIL: Final = 4
FIRST, LAST = 2000, 2100
"""Years a figure may be of: another number is a slip."""


def fiscal_year_of(day: dt.date) -> int:
    """The fiscal year of a day."""
    return day.year if day.month >= APRIL else day.year - 1


def current_year() -> int:
    """The fiscal year of today in Tokyo."""
    return fiscal_year_of(today())


def bounds(year: int) -> tuple[dt.datetime, dt.datetime]:
    """The first moment of a fiscal year and of the next one."""
    return tuple(  # type: ignore[return-value]
        make_aware(dt.datetime(number, APRIL, 1), TOKYO)  # noqa: DTZ001 - made aware here
        for number in (year, year + 1)
    )
