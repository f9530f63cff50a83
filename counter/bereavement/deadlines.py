"""The last day for what is done at other offices, counted from the day of death.

民法140条: the day itself is not counted, unless the law counts it (年齢計算, 戸籍法43条の種類); 143条: months and years
end on the day of the same number. Many of these periods begin when somebody *knew* of the death: whoever was there
counts from the day itself, and a day that is too early harms nobody.
"""

import datetime as dt
from typing import Protocol

from applications.guide import Due
from applications.guide.days import last_day
from cityhall.days import first_open_day


class Offset(Protocol):
    """How long: as `models.ElsewhereItem` has it."""

    years: int
    months: int
    days: int
    counts_first_day: bool
    moves: bool


def due_on(died_on: dt.date | None, offset: Offset) -> dt.date | None:
    """The last day in time; None where the law names none, or nobody knows the day of death.

    Another office keeps to its own calendar: weekends and national holidays count, the city's closed days do not.
    """
    if died_on is None or not (offset.years or offset.months or offset.days):
        return None
    start = died_on - dt.timedelta(days=1) if offset.counts_first_day else died_on
    day = last_day(Due(text="", days=offset.days, months=offset.months, years=offset.years), start)
    return first_open_day(day, ()) if day and offset.moves else day
