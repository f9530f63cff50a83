"""Finding procedures: an index of all of them in the memory of this process, renewed when one of them changes.

Searching asks the database for the stamp of the index and for the rows of the page, however many procedures there are.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from django.core.cache import cache

from applications.finding import Entry, Found, Index, lexicon
from applications.models import LifeEvent, Procedure
from applications.search import kana_range, kana_rows
from cityhall.ids import public_id
from cityhall.models import Department

__all__ = ["Choice", "Filters", "Results", "forget_index", "look_up", "matching", "renew_stamp"]

_STAMP: Final = "applications.finding.stamp"
_LONGEST: Final = 600.0
"""Seconds after which the index is made anew whatever the stamp says: a department may have another name."""


@dataclass(frozen=True)
class Filters:
    """What a person looks for; empty means all. Unknown keys find nothing."""

    text: str = ""
    life_event: str = ""
    department: str = ""
    kana_row: str = ""

    def __bool__(self) -> bool:
        return any((self.text, self.life_event, self.department, self.kana_row))


@dataclass(frozen=True)
class Choice:
    """One value of a filter, and how many procedures it leaves with the other filters as they are."""

    key: str
    name: str
    count: int
    phone: str = ""


@dataclass(frozen=True)
class Results:
    """All that fits, as ids in the order of the list, and what the filters would leave."""

    pks: tuple[int, ...]
    found: Found
    life_events: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    kana_rows: tuple[Choice, ...]


@dataclass(frozen=True)
class _Held:
    """The index with what it was made from."""

    stamp: str | None
    made_at: float
    index: Index
    in_kana_order: tuple[Entry, ...]
    life_events: tuple[Choice, ...]
    departments: tuple[Choice, ...]


_making = threading.Lock()
_held: list[_Held] = []


def look_up(filters: Filters) -> Results:
    """What fits all filters: by a text the best first, without one in kana order. One query once the index is made."""
    held = _current()
    found = held.index.find(filters.text) if filters.text else Found()
    if filters.text:
        rows: Iterable[Entry] = [held.index.entries[pk] for pk in found.pks]
    else:
        rows = held.in_kana_order
    rows = list(rows)
    return Results(
        pks=tuple(entry.pk for entry in rows if _fits(entry, filters)),
        found=found,
        life_events=_counted(held.life_events, rows, replace(filters, life_event=""), lambda entry: entry.life_events),
        departments=_counted(
            held.departments, rows, replace(filters, department=""), lambda entry: (entry.department,)
        ),
        kana_rows=_counted(_KANA_ROWS, rows, replace(filters, kana_row=""), lambda entry: (_row_of(entry),)),
    )


def matching(text: str) -> tuple[int, ...]:
    """Ids of the procedures that fit a text, best first."""
    return _current().index.find(text).pks


def renew_stamp() -> None:
    """Tell every process that procedures have changed. Called by services once that is committed."""
    cache.set(_STAMP, public_id(), timeout=None)


def forget_index() -> None:
    """Drop the index of this process: the next search makes it anew."""
    _held.clear()


def _fits(entry: Entry, filters: Filters) -> bool:
    return (
        (not filters.life_event or filters.life_event in entry.life_events)
        and (not filters.department or filters.department == entry.department)
        and (not filters.kana_row or filters.kana_row == _row_of(entry))
    )


def _row_of(entry: Entry) -> str:
    """The row of the kana table a procedure stands in; "" without a reading."""
    for row in kana_rows():
        first, after = kana_range(row) or ("", "")
        if first <= entry.kana < after:
            return row
    return ""


_KANA_ROWS: Final = tuple(Choice(row, row, 0) for row in kana_rows())


def _counted(
    choices: Iterable[Choice], rows: Iterable[Entry], others: Filters, keys: Callable[[Entry], Iterable[str]]
) -> tuple[Choice, ...]:
    counts = Counter(key for entry in rows if _fits(entry, others) for key in keys(entry))
    return tuple(replace(choice, count=counts[choice.key]) for choice in choices)


def _current() -> _Held:
    """The index as the stamp wants it. While one thread makes it, the others search the one before."""
    stamp: str | None = cache.get(_STAMP)
    held = _held[0] if _held else None
    if held is not None and held.stamp == stamp and time.monotonic() - held.made_at < _LONGEST:
        return held
    if held is not None and _making.locked():
        return held
    with _making:
        if _held and _held[0] is not held:
            return _held[0]
        # the stamp was read before the rows: whatever is committed from here on brings another one
        made = _make(stamp)
        _held[:] = [made]
    return made


def _make(stamp: str | None) -> _Held:
    rows = (
        Procedure.objects.for_public()
        .only("name", "name_kana", "summary", "keywords", "position", "department__code", "department__name")
        .select_related("department")
        .prefetch_related("life_events")
    )
    entries = [_entry(row) for row in rows.order_by("name_kana", "id")]
    events = {key for entry in entries for key in entry.life_events}
    codes = {entry.department for entry in entries}
    departments = Department.objects.filter(code__in=codes).order_by("position", "code")
    return _Held(
        stamp=stamp,
        made_at=time.monotonic(),
        index=Index(entries, lexicon()),
        in_kana_order=tuple(entries),
        life_events=tuple(Choice(row.key, row.name, 0) for row in LifeEvent.objects.filter(key__in=events)),
        departments=tuple(Choice(row.code, row.name, 0, row.phone) for row in departments),
    )


def _entry(row: Procedure) -> Entry:
    events = row.life_events.all()
    return Entry(
        pk=row.pk,
        name=row.name,
        kana=row.name_kana,
        summary=row.summary,
        keywords=tuple(str(word) for word in row.keywords),
        department=row.department.code,
        department_name=row.department.name,
        life_events=tuple(event.key for event in events),
        life_event_names=tuple(event.name for event in events),
        position=row.position,
    )
