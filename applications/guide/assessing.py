"""The engine: what the answers call for, by when, in the order in which it is best done."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any

from applications.conditions import Facts, evaluate, outcome, value_of
from applications.guide.days import last_day
from applications.guide.model import Due, Guide, Result
from cityhall.days import first_open_day

SOON_DAYS = 7
FORTNIGHT_DAYS = 14
MONTH_DAYS = 31


class When(StrEnum):
    """How soon, in the order of the page."""

    OVERDUE = auto()
    NOW = auto()
    FORTNIGHT = auto()
    MONTH = auto()
    LATER = auto()
    NOT_YET = auto()
    ANYTIME = auto()


_ORDER = {when: place for place, when in enumerate(When)}


@dataclass(frozen=True)
class Task:
    """One result that applies. `due_on` is the last day in time, `opens_on` the first on which it can be done."""

    result: Result
    reasons: tuple[str, ...]
    when: When
    due_on: dt.date | None = None
    opens_on: dt.date | None = None


def assess(guide: Guide, answers: Mapping[str, Any], *, today: dt.date, closed: Collection[dt.date] = ()) -> list[Task]:
    """What these answers call for, the most urgent first, otherwise in the order of the guide.

    `answers` are stored answers of any shape, `closed` the city's own closed days. Asks no database, never raises.
    """
    facts = outcome(guide.form, answers, today=today).facts
    named = [one for one in guide.results if one.when is None or evaluate(one.when, facts, today=today)]
    tasks = [_task(result, facts, today, closed) for result in named]
    return sorted(tasks, key=lambda task: (_ORDER[task.when], task.due_on or dt.date.max))


def _task(result: Result, facts: Facts, today: dt.date, closed: Collection[dt.date]) -> Task:
    reasons = tuple(one.text for one in result.reasons if one.when is None or evaluate(one.when, facts, today=today))
    opens_on = _day(result.due.opens, facts, today)
    # another office keeps to its own calendar: a day too early there harms nobody, a day too late does
    due_on = _due_on(result.due, facts, today, closed if result.office.department else ())
    return Task(result, reasons, _when(result.due, due_on, opens_on, today), due_on, opens_on)


def _due_on(due: Due, facts: Facts, today: dt.date, closed: Collection[dt.date]) -> dt.date | None:
    start = _day(due.start, facts, today)
    day = None if start is None else last_day(due, start)
    return first_open_day(day, closed) if day and due.moves else day


def _day(value: Any, facts: Facts, today: dt.date) -> dt.date | None:
    found = None if value is None else value_of(value, facts, today=today)
    # a datetime is a date to isinstance
    return found if type(found) is dt.date else None


def _when(due: Due, due_on: dt.date | None, opens_on: dt.date | None, today: dt.date) -> When:
    if due_on is not None and due_on < today:
        return When.OVERDUE
    if opens_on is not None and opens_on > today:
        return When.NOT_YET
    if due.is_soon:
        return When.NOW
    if due_on is None:
        return When.ANYTIME
    left = (due_on - today).days
    for when, days in ((When.NOW, SOON_DAYS), (When.FORTNIGHT, FORTNIGHT_DAYS), (When.MONTH, MONTH_DAYS)):
        if left <= days:
            return when
    return When.LATER
