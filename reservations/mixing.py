"""Who is asked in next: a mix of priority, appointments and arrival in which nobody is always first or last.

Only calls for which several kinds of people waited are counted. Of those, so many percent go to priority tickets,
and of the rest so many to appointments: at each call the kind that is furthest behind its share is taken. The order
follows from the day's counts alone, so that staff can be told why, and a ticket where it stands.
"""

import datetime as dt
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from reservations.enums import Priority

# an appointment is due so long before its time
GRACE = dt.timedelta(minutes=2)
# a share of 0 or 100 would let somebody wait for ever
_LEAST, _MOST = 10, 90


class Waiting(NamedTuple):
    """What the mix must know of a ticket."""

    pk: int
    revision: int
    group_id: int
    priority: str
    order_at: dt.datetime


class Shares(NamedTuple):
    """Percent of the calls, as the group of services has them."""

    appointment: int
    priority: int


@dataclass(frozen=True)
class Turns:
    """Calls of the day for which several kinds waited: how many there were, and how many got each kind."""

    high: int = 0
    of_high: int = 0
    appointment: int = 0
    of_appointment: int = 0

    def after(self, chosen: str, among: str) -> "Turns":
        """The counts after one more call."""
        turns = self
        if _is_contested(among, Priority.HIGH):
            turns = replace(turns, high=turns.high + (chosen == Priority.HIGH), of_high=turns.of_high + 1)
        if chosen != Priority.HIGH and Priority.APPOINTMENT in among and Priority.NORMAL in among:
            turns = replace(
                turns,
                appointment=turns.appointment + (chosen == Priority.APPOINTMENT),
                of_appointment=turns.of_appointment + 1,
            )
        return turns


def count_turns(calls: Iterable[tuple[str, str, int]]) -> Turns:
    """From (priority called, kinds that waited, how often)."""
    turns = Turns()
    for chosen, among, times in calls:
        one = Turns().after(chosen, among)
        turns = Turns(
            high=turns.high + times * one.high,
            of_high=turns.of_high + times * one.of_high,
            appointment=turns.appointment + times * one.appointment,
            of_appointment=turns.of_appointment + times * one.of_appointment,
        )
    return turns


def in_order(
    waiting: Iterable[Waiting], *, shares: Mapping[int, Shares], turns: Turns, now: dt.datetime
) -> Iterator[tuple[Waiting, str]]:
    """Everybody in the order of being called, each with the kinds that wait at that moment ("23").

    Within a kind by `order_at`. Who came before the time of the appointment is called when nobody else waits.
    """
    queues: dict[str, deque[Waiting]] = {kind: deque() for kind in Priority.values}
    early: list[Waiting] = []
    for one in sorted(waiting, key=lambda one: (one.order_at, one.pk)):
        is_early = one.priority == Priority.APPOINTMENT and one.order_at - GRACE > now
        (early if is_early else queues[one.priority]).append(one)
    while among := "".join(kind for kind in sorted(queues) if queues[kind]):
        kind = _kind_next(queues, among, shares, turns)
        yield queues[kind].popleft(), among
        turns = turns.after(kind, among)
    for one in early:
        yield one, Priority.APPOINTMENT.value


def _kind_next(queues: Mapping[str, deque[Waiting]], among: str, shares: Mapping[int, Shares], turns: Turns) -> str:
    if _is_contested(among, Priority.HIGH):
        share = shares[queues[Priority.HIGH][0].group_id].priority
        if _is_behind(turns.high, turns.of_high, share):
            return Priority.HIGH.value
        among = among.replace(Priority.HIGH, "")
    if Priority.APPOINTMENT in among and Priority.NORMAL in among:
        share = shares[queues[Priority.APPOINTMENT][0].group_id].appointment
        is_behind = _is_behind(turns.appointment, turns.of_appointment, share)
        return Priority.APPOINTMENT.value if is_behind else Priority.NORMAL.value
    return among[0]


def _is_contested(among: str, kind: str) -> bool:
    return kind in among and len(among) > 1


def _is_behind(given: int, calls: int, share: int) -> bool:
    """Whether giving the next call too comes nearer to the share than not giving it."""
    percent = min(max(share, _LEAST), _MOST)
    return 2 * (percent * (calls + 1) - 100 * given) >= 100
