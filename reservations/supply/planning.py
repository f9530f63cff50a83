"""The slots of a day, worked out from rules and exceptions. Pure: the same input gives the same slots."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

from cityhall.days import TOKYO, local_date
from reservations.enums import ExceptionKind, RuleKind
from reservations.models import OpeningException, OpeningRule

LONGEST_BREAK = dt.timedelta(hours=2)
_DAYS_OF_WEEK = 7


class _Hours(TypedDict):
    """What the hours of a day follow from."""

    rules: Collection[OpeningRule]
    exceptions: Collection[OpeningException]
    is_closed: bool


@dataclass(frozen=True)
class PlannedSlot:
    """A slot as rules and exceptions want it."""

    business_day: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    capacity: int
    public_capacity: int


@dataclass(frozen=True)
class Span:
    """From one moment to another, the end not included."""

    start: dt.datetime
    end: dt.datetime

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


def plan_day(
    day: dt.date,
    *,
    rules: Iterable[OpeningRule],
    exceptions: Collection[OpeningException],
    is_closed: bool,
    by_night: bool = False,
) -> list[PlannedSlot]:
    """The slots of one group at one place on one day, in the order of their start.

    `exceptions` are those of the day, of the group or of the whole place; `is_closed` says that it is a holiday or a
    closed day of the city. What is closed by an exception stays closed whatever opens it. Where two sources give
    slots for the same time, exceptions come before rules and older rules before newer ones: nothing is offered twice.
    """
    closures = [one for one in exceptions if one.kind == ExceptionKind.CLOSED]
    if any(one.from_time is None for one in closures):
        return []
    shut = [_span(day, one) for one in closures]
    planned: list[PlannedSlot] = []
    for slot in _candidates(day, rules, exceptions, is_closed=is_closed, by_night=by_night):
        span = Span(slot.starts_at, slot.ends_at)
        # a dated closure takes slots away and moves none: the times of the others stay what people booked
        taken = (*shut, *(Span(one.starts_at, one.ends_at) for one in planned))
        if not any(span.overlaps(other) for other in taken):
            planned.append(slot)
    return sorted(planned, key=lambda slot: slot.starts_at)


def is_open_at(
    moment: dt.datetime,
    *,
    rules: Iterable[OpeningRule],
    exceptions: Iterable[OpeningException],
    is_closed: bool,
) -> bool:
    """Whether the hours of a group at a place include a moment; closures are looked at by who asks."""
    openings = _openings(local_date(moment), rules, exceptions, is_closed=is_closed)
    return any(piece.start <= moment < piece.end for _source, pieces in openings for piece in pieces)


def gives_tickets_at(
    moment: dt.datetime,
    *,
    rules: Collection[OpeningRule],
    exceptions: Collection[OpeningException],
    is_closed: bool,
) -> bool:
    """Whether somebody who comes now gets a ticket: while it is open, and in a break, which the ticket names."""
    hours: _Hours = {"rules": rules, "exceptions": exceptions, "is_closed": is_closed}
    return is_open_at(moment, **hours) or opens_again_at(moment, **hours) is not None


def opens_again_at(
    moment: dt.datetime,
    *,
    rules: Iterable[OpeningRule],
    exceptions: Iterable[OpeningException],
    is_closed: bool,
) -> dt.datetime | None:
    """When the desks open again, in a break between two parts of the same day; None while open, and before and after.

    A break is at most `LONGEST_BREAK`: who comes between a morning and an evening counter goes home.
    """
    openings = _openings(local_date(moment), rules, exceptions, is_closed=is_closed)
    pieces = [piece for _source, found in openings for piece in found]
    before = max((piece.end for piece in pieces if piece.start <= moment), default=None)
    after = min((piece.start for piece in pieces if piece.start > moment), default=None)
    if before is None or after is None or before > moment or after - before > LONGEST_BREAK:
        return None
    return after


def applies(rule: OpeningRule, day: dt.date) -> bool:
    """Whether a rule speaks of a day: weekday, validity, and the right one of every n weeks (Monday to Sunday)."""
    if day.weekday() not in rule.weekdays or day < rule.valid_from:
        return False
    if rule.valid_until is not None and day > rule.valid_until:
        return False
    weeks = (_monday(day) - _monday(rule.valid_from)).days // _DAYS_OF_WEEK
    return weeks % rule.every_weeks == 0


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _candidates(
    day: dt.date,
    rules: Iterable[OpeningRule],
    exceptions: Collection[OpeningException],
    *,
    is_closed: bool,
    by_night: bool,
) -> Iterator[PlannedSlot]:
    """Every slot somebody wants that day, in the order of who comes first."""
    for source, pieces in _openings(day, rules, exceptions, is_closed=is_closed, by_night=by_night):
        yield from _slots_in(day, source, pieces, by_night=by_night)


def _openings(
    day: dt.date,
    rules: Iterable[OpeningRule],
    exceptions: Iterable[OpeningException],
    *,
    is_closed: bool,
    by_night: bool = False,
) -> Iterator[tuple[OpeningRule | OpeningException, list[Span]]]:
    """What opens that day, each with its hours without the breaks, in the order of who comes first."""
    for opened in sorted((one for one in exceptions if one.kind == ExceptionKind.OPEN), key=lambda one: one.pk or 0):
        yield opened, [_span(day, opened)]
    here = [rule for rule in rules if applies(rule, day)]
    breaks = [_span(day, rule) for rule in here if rule.kind == RuleKind.BREAK]
    for rule in sorted((one for one in here if one.kind == RuleKind.OPEN), key=lambda one: one.pk or 0):
        if rule.works_on_closed_days or not is_closed:
            # after a break the times begin anew: 13:00, not 13:10
            yield rule, [_span(day, rule)] if by_night else without(_span(day, rule), breaks)


def _slots_in(
    day: dt.date, source: OpeningRule | OpeningException, pieces: Sequence[Span], *, by_night: bool
) -> Iterator[PlannedSlot]:
    """Slots one after another in each piece; what is left over at its end is too short for one."""
    if source.slot_minutes is None or source.capacity is None:
        return
    length = dt.timedelta(minutes=source.slot_minutes)
    for piece in pieces:
        start = piece.start
        while by_night or start + length <= piece.end:
            yield PlannedSlot(day, start, start + length, source.capacity, source.public_capacity or 0)
            if by_night:
                # one night: it begins at the time of arrival and ends on the next day
                break
            start += length


def without(span: Span, cuts: Iterable[Span]) -> list[Span]:
    """What is left of a span when others are cut out of it."""
    pieces = [span]
    for cut in cuts:
        pieces = [rest for piece in pieces for rest in _cut(piece, cut)]
    return pieces


def _cut(piece: Span, cut: Span) -> list[Span]:
    if not piece.overlaps(cut):
        return [piece]
    rests = (Span(piece.start, cut.start), Span(cut.end, piece.end))
    return [rest for rest in rests if rest.start < rest.end]


def _span(day: dt.date, source: OpeningRule | OpeningException) -> Span:
    """The hours of a rule or exception on a day, in Tokyo, where no clock is ever put forward."""
    start, end = source.from_time or dt.time.min, source.until_time or dt.time.max
    return Span(dt.datetime.combine(day, start, TOKYO), dt.datetime.combine(day, end, TOKYO))
