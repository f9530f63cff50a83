"""Days and times as answers write them. Only real ones: 2026-02-29 is none."""

import datetime as dt
import re
from collections.abc import Callable
from typing import TypeVar

Moment = TypeVar("Moment", dt.date, dt.time)

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}")


def date(text: str) -> dt.date | None:
    """YYYY-MM-DD, years 0001 to 9999."""
    # fromisoformat alone takes 20260401 and 2026-W14-3 as well
    return _read(dt.date.fromisoformat, text) if _DATE.fullmatch(text) else None


def time(text: str) -> dt.time | None:
    """HH:MM, 00:00 to 23:59."""
    return _read(dt.time.fromisoformat, text) if _TIME.fullmatch(text) else None


def date_time(text: str) -> dt.datetime | None:
    """YYYY-MM-DDTHH:MM by the clock in Tokyo."""
    day, clock = date(text[:10]), time(text[11:])
    return dt.datetime.combine(day, clock) if day and clock is not None and text[10:11] == "T" else None


def days_later(day: dt.date, days: int) -> dt.date | None:
    """The date some days later, or earlier; None outside the years 1 to 9999."""
    try:
        return day + dt.timedelta(days=days)
    except OverflowError:
        return None


def _read(read: Callable[[str], Moment], text: str) -> Moment | None:
    try:
        return read(text)
    except ValueError:
        return None
