"""A month of days with room or without, as a table: what the calendar pages show. Knows no database."""

import calendar
import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cityhall.days import is_day_off

_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Room(StrEnum):
    """How much room a day or a time has, as the public may book it."""

    FREE = "free"
    FEW = "few"
    FULL = "full"
    NOT_YET = "not_yet"
    CLOSED = "closed"

    @property
    def label(self) -> str | Promise:
        return _LABELS[self]

    @property
    def is_open(self) -> bool:
        return self in (Room.FREE, Room.FEW)


_LABELS: dict[Room, str | Promise] = {
    Room.FREE: _("空き"),
    Room.FEW: _("残りわずか"),
    Room.FULL: _("満員"),
    Room.NOT_YET: _("受付前"),
    Room.CLOSED: _("受付なし"),
}


@dataclass(frozen=True)
class DayRoom:
    """One day: how much room, and from when it may be booked where that is still to come."""

    room: Room
    opens_at: dt.datetime | None = None


@dataclass(frozen=True)
class Cell:
    """One day of the table; `href` where it can be chosen."""

    date: dt.date
    room: Room
    opens_at: dt.datetime | None = None
    href: str = ""
    is_day_off: bool = False
    """Nothing is offered on a weekend, a national holiday or a closed day of the city hall to come."""


@dataclass(frozen=True)
class Month:
    """One month, weeks beginning on Sunday as calendars in Japan do; None for days of its neighbours."""

    first: dt.date
    weeks: list[list[Cell | None]]
    previous: dt.date | None
    next: dt.date | None

    @property
    def cells(self) -> list[Cell]:
        return [cell for week in self.weeks for cell in week if cell is not None]

    @property
    def has_room(self) -> bool:
        return any(cell.room.is_open for cell in self.cells)

    @property
    def opening(self) -> list[tuple[dt.datetime, list[Cell]]]:
        """The days that open later, by the moment at which they do."""
        found: dict[dt.datetime, list[Cell]] = {}
        for cell in self.cells:
            if cell.opens_at is not None and cell.room == Room.NOT_YET:
                found.setdefault(cell.opens_at, []).append(cell)
        return sorted(found.items(), key=lambda pair: pair[0])


def month_table(
    first: dt.date,
    days: Mapping[dt.date, DayRoom],
    *,
    earliest: dt.date,
    latest: dt.date,
    href_of: Callable[[dt.date], str],
    closed: Collection[dt.date] = (),
) -> Month:
    """The month that begins at `first`, between the first and the last day that may be looked at.

    `closed` are closed days of the city hall beside weekends and national holidays.
    """

    def cell(date: dt.date) -> Cell | None:
        if date.month != first.month:
            return None
        day = days.get(date, DayRoom(Room.CLOSED))
        href = href_of(date) if day.room.is_open or day.room == Room.FULL else ""
        is_off = day.room == Room.CLOSED and date >= earliest and (date in closed or is_day_off(date))
        return Cell(date, day.room, day.opens_at, href, is_off)

    weeks = calendar.Calendar(calendar.SUNDAY).monthdatescalendar(first.year, first.month)
    before = (first - dt.timedelta(days=1)).replace(day=1)
    after = next_month(first)
    return Month(
        first,
        [[cell(date) for date in week] for week in weeks],
        before if before >= earliest.replace(day=1) else None,
        after if after <= latest else None,
    )


def next_month(first: dt.date) -> dt.date:
    return (first + dt.timedelta(days=31)).replace(day=1)


def parse_month(text: str, *, earliest: dt.date, latest: dt.date) -> dt.date:
    """The first day of the month in an address; the nearest one that may be looked at for all that is none."""
    found = _MONTH.fullmatch(text)
    year, month = (int(part) for part in found.groups()) if found else (0, 0)
    if not (1 <= month <= 12 and 1 <= year <= dt.MAXYEAR):
        return earliest.replace(day=1)
    return min(max(dt.date(year, month, 1), earliest.replace(day=1)), latest.replace(day=1))


def parse_day(text: str) -> dt.date | None:
    """The day in an address, or None for what is none."""
    try:
        return dt.date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
