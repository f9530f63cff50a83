"""Days as a Japanese city hall counts them: local dates, business days, eras, ages."""

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import jpholiday
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError
from cityhall.models import ClosedDay

TOKYO = ZoneInfo("Asia/Tokyo")
_YEAR = dt.timedelta(days=366)


class NoSuchDate(DomainError, ValueError):
    """A date that is not in the calendar or not in the era."""

    code = "no_such_date"
    message = _("存在しない日付です。年号と年月日を確認してください。")


@dataclass(frozen=True)
class Era:
    """An era and its days. The day of change belongs to both eras until 昭和 began."""

    key: str
    name: str
    letter: str
    first_day: dt.date
    last_day: dt.date


# Sources disagree by two days on the first day of 明治 (1868-01-23 or -25); the earlier one takes both.
ERAS: tuple[Era, ...] = (
    Era("meiji", "明治", "M", dt.date(1868, 1, 23), dt.date(1912, 7, 30)),
    Era("taisho", "大正", "T", dt.date(1912, 7, 30), dt.date(1926, 12, 25)),
    Era("showa", "昭和", "S", dt.date(1926, 12, 25), dt.date(1989, 1, 7)),
    Era("heisei", "平成", "H", dt.date(1989, 1, 8), dt.date(2019, 4, 30)),
    Era("reiwa", "令和", "R", dt.date(2019, 5, 1), dt.date.max),
)


def today() -> dt.date:
    """The date in Tokyo."""
    return local_date(timezone.now())


def local_date(moment: dt.datetime) -> dt.date:
    """The date in Tokyo at a moment."""
    return moment.astimezone(TOKYO).date()


def is_business_day(date: dt.date) -> bool:
    """Whether the city hall is open: no weekend, national holiday or closed day of its own. One query."""
    return _is_open(date) and not ClosedDay.objects.filter(date=date).exists()


def closed_between(first: dt.date, last: dt.date) -> dict[dt.date, str]:
    """National holidays and closed days of the city from one day to another, with their names. One query.

    Weekends are not in it: whoever opens on Saturdays says so, nobody opens on a holiday by accident.
    """
    closed: dict[dt.date, str] = dict(jpholiday.between(first, last)) if first <= last else {}
    return closed | dict(ClosedDay.objects.filter(date__range=(first, last)).values_list("date", "name"))


@dataclass
class _Held:
    """Closed days of the city that were read, from one day to another."""

    first: dt.date = dt.date.max
    last: dt.date = dt.date.min
    days: frozenset[dt.date] = frozenset()


_held: ContextVar[_Held | None] = ContextVar("closed_days", default=None)


@contextmanager
def closed_days_read_once() -> Iterator[None]:
    """Inside, business days are counted with closed days that are read once: of each case of a visit, for example."""
    token = _held.set(_Held())
    try:
        yield
    finally:
        _held.reset(token)


def _closed_days(first: dt.date, last: dt.date) -> frozenset[dt.date]:
    """The closed days of the city from one day to another, perhaps others too. One query, or none."""
    held = _held.get()
    if held is None:
        return _read_closed(first, last)
    if first < held.first or last > held.last:
        held.first, held.last = min(first, held.first), max(last, held.last, first + _YEAR)
        held.days = _read_closed(held.first, held.last)
    return held.days


def _read_closed(first: dt.date, last: dt.date) -> frozenset[dt.date]:
    return frozenset(ClosedDay.objects.filter(date__range=(first, last)).values_list("date", flat=True))


def add_business_days(date: dt.date, n: int) -> dt.date:
    """The n-th business day after a date: the day after receipt counts as 1 (標準処理期間). n = 0 is the date itself.

    One query for each year or so that is crossed.
    """
    if n < 0:
        raise ValueError("business days are counted forward")
    day, left = date, n
    closed: frozenset[dt.date] = frozenset()
    known_until = date
    while left:
        day += dt.timedelta(days=1)
        if day > known_until:
            known_until = day + _YEAR
            closed = _closed_days(day, known_until)
        if _is_open(day) and day not in closed:
            left -= 1
    return day


def business_days_left(date: dt.date, until: dt.date) -> int:
    """How many business days come after a date up to another, that one included; 0 when it has passed. One query."""
    closed = _closed_days(date, until)
    days = (date + dt.timedelta(days=number) for number in range(1, (until - date).days + 1))
    return sum(1 for day in days if _is_open(day) and day not in closed)


def first_open_day(date: dt.date, closed: Collection[dt.date]) -> dt.date:
    """The date if the city hall is open, otherwise the next day on which it is (地方自治法4条の2第4項).

    `closed` are the closed days of its own; asks no database.
    """
    while not _is_open(date) or date in closed:
        date += dt.timedelta(days=1)
    return date


def is_day_off(date: dt.date) -> bool:
    """Whether it is a weekend or a national holiday; closed days of the city are not known here. No query."""
    return not _is_open(date)


def _is_open(date: dt.date) -> bool:
    return date.weekday() < 5 and not jpholiday.is_holiday(date)


def era_of(date: dt.date) -> Era | None:
    """The era a date is written in today (the newer one on a day of change), None before 明治."""
    return next((era for era in reversed(ERAS) if date >= era.first_day), None)


def wareki(date: dt.date, first_year: str = "元") -> str:
    """令和8年11月21日. The first year of an era is 元年; dates before 明治 are written in the western way."""
    era = era_of(date)
    if era is None:
        return f"{date.year}年{date.month}月{date.day}日"
    year = date.year - era.first_day.year + 1
    return f"{era.name}{first_year if year == 1 else year}年{date.month}月{date.day}日"


def from_wareki(era: str, year: int, month: int, day: int) -> dt.date:
    """A date from era (name, key or letter), year, month and day. Raises NoSuchDate outside the era."""
    found = next((entry for entry in ERAS if era in (entry.key, entry.name, entry.letter)), None)
    if found is None or year < 1:
        raise NoSuchDate
    try:
        date = dt.date(found.first_day.year + year - 1, month, day)
    except (ValueError, OverflowError):
        raise NoSuchDate from None
    if not found.first_day <= date <= found.last_day:
        raise NoSuchDate
    return date


def age_on(birth: dt.date, on: dt.date) -> int:
    """Full years of age on a day. Somebody born on 29 February is a year older from 1 March of common years.

    This is everyday age. Where a law counts the end of the day before the birthday as the birthday
    (年齢計算ニ関スル法律: school years, pensions), the caller passes the following day.
    """
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def keep_until(closed_on: dt.date, years: int) -> dt.date:
    """The last day a document is kept: the years begin on 1 April after the day it was closed.

    So do the rules of documents of cities, after the model of the state's (公文書等の管理に関する法律施行令8条).
    """
    end_of_year = (3, 31)
    year = closed_on.year + (closed_on.month > end_of_year[0])
    return dt.date(year + years, *end_of_year)
