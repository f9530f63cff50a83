"""What is free: a small document of days and times that pages and browsers share for two seconds.

At nine o'clock a thousand people look at the same month. Each process makes the document once in two seconds and
hands it out with an ETag; what it says may be two seconds old, so it promises nothing: taking a place looks at the
slot itself.
"""

import datetime as dt
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from django.db.models import QuerySet
from django.utils import timezone

from cityhall.days import TOKYO
from reservations.enums import SupplyKind
from reservations.memory import Memory
from reservations.models import Place, Service, ServiceGroup, Slot
from reservations.months import DayRoom, Room

SECONDS = 2.0
"""How long a document is handed out again; also the max-age for browsers and proxies."""
_FEW = 2


@dataclass(frozen=True)
class Time:
    """A time at which a visit may begin."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    room: Room


@dataclass(frozen=True)
class Day:
    """One day, and the times on it in their order."""

    date: dt.date
    room: Room
    opens_at: dt.datetime | None
    times: tuple[Time, ...]


@dataclass(frozen=True)
class Document:
    """Days from one to another as pages use them, and the same as JSON for browsers with its ETag."""

    days: tuple[Day, ...]
    body: bytes = field(repr=False)
    etag: str
    # by the clock of this process, before the query: what commits meanwhile is seen two seconds later at most
    made_at: float = field(compare=False)

    def rooms(self) -> dict[dt.date, DayRoom]:
        """What the table of a month shows."""
        return {day.date: DayRoom(day.room, day.opens_at) for day in self.days}

    def day(self, date: dt.date) -> Day | None:
        """One of its days; None where nothing is offered."""
        return next((day for day in self.days if day.date == date), None)


def month(
    *,
    group: ServiceGroup,
    place: Place,
    service: Service,
    minutes: int,
    from_day: dt.date,
    until_day: dt.date,
    people: int = 1,
    now: dt.datetime | None = None,
) -> Document:
    """When a visit of so many minutes may begin, between two days. At most one query, none for two seconds after it.

    With `now` it is made for that moment and not kept. `service` is named in the document; slots are the group's.
    """
    sought = _Sought(group, place, service, minutes, from_day, until_day, people if group.counts_people else 1)
    if now is not None:
        return _made(sought, now)
    return _memory.get(sought.key, lambda: _made(sought, timezone.now()))


def kept(address: str, make: Callable[[], Document]) -> Document:
    """The document of an address, found again without reading what the address says: no query at all.

    It is as old as the document itself.
    """
    return _memory.get((address,), make)


def fresh(address: str) -> Document | None:
    """The document of an address that this process made in the last two seconds, if it did. No query."""
    return _memory.fresh((address,))


def free_slots(
    *,
    group: ServiceGroup,
    place: Place,
    minutes: int,
    day: dt.date,
    people: int = 1,
    is_public: bool = True,
    now: dt.datetime | None = None,
) -> list[list[Slot]]:
    """The slots of each visit that may begin on a day, as they are this moment; staff see what is held back. One query.

    Not kept: for who is about to take one.
    """
    moment = now or timezone.now()
    places = people if group.counts_people else 1
    chains = _chains(
        _slots(group, place, from_day=day, until_day=day), minutes, is_one=group.kind != SupplyKind.COUNTER
    )
    lead = dt.timedelta(minutes=group.lead_minutes if is_public else 0)
    later = (chain for chain in chains if chain[0].starts_at >= moment + lead)
    return [chain for chain in later if _free(chain, is_public=is_public, now=moment) >= places]


def slots_at(*, group: ServiceGroup, place: Place, starts_at: dt.datetime, minutes: int) -> list[Slot]:
    """The slots of a visit that begins at a time, free or not; none where no slot begins or they are too short."""
    is_one = group.kind != SupplyKind.COUNTER
    # what begins after the end of the visit is no part of it
    until = starts_at + dt.timedelta(minutes=1 if is_one else max(minutes, 1))
    day = starts_at.astimezone(TOKYO).date()
    slots = _rows(group, place, from_day=day, until_day=day).filter(starts_at__gte=starts_at, starts_at__lt=until)
    chains = _chains(list(slots), minutes, is_one=is_one)
    return next((chain for chain in chains if chain[0].starts_at == starts_at), [])


def forget() -> None:
    """Drop what this process remembers of free times; for tests."""
    _memory.forget()


_memory: Memory[Document] = Memory(SECONDS, made_at=attrgetter("made_at"))


@dataclass(frozen=True)
class _Sought:
    """What a document is about."""

    group: ServiceGroup
    place: Place
    service: Service
    minutes: int
    from_day: dt.date
    until_day: dt.date
    places: int

    @property
    def key(self) -> tuple[object, ...]:
        ids = (self.group.pk, self.place.pk, self.service.pk)
        return (*ids, self.minutes, self.from_day, self.until_day, self.places)

    @property
    def is_one(self) -> bool:
        """A room or a seat is one slot; a visit to a counter needs as many as its services take."""
        return self.group.kind != SupplyKind.COUNTER


def _made(sought: _Sought, now: dt.datetime) -> Document:
    made_at = time.monotonic()
    slots = _slots(sought.group, sought.place, from_day=sought.from_day, until_day=sought.until_day)
    soonest = now + dt.timedelta(minutes=sought.group.lead_minutes)
    chains = _chains(slots, sought.minutes, is_one=sought.is_one)
    by_day = groupby((chain for chain in chains if chain[0].starts_at >= soonest), lambda chain: chain[0].business_day)
    days = tuple(_day(date, list(found), sought.places, now) for date, found in by_day)
    content = {
        "group": sought.group.key,
        "place": sought.place.key,
        "service": sought.service.key,
        "minutes": sought.minutes,
        "from": sought.from_day.isoformat(),
        "until": sought.until_day.isoformat(),
        "days": [_json_of(day) for day in days],
    }
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Document(days, body, f'"{hashlib.sha256(body).hexdigest()[:32]}"', made_at)


def _slots(group: ServiceGroup, place: Place, *, from_day: dt.date, until_day: dt.date) -> list[Slot]:
    return list(_rows(group, place, from_day=from_day, until_day=until_day))


def _rows(group: ServiceGroup, place: Place, *, from_day: dt.date, until_day: dt.date) -> QuerySet[Slot]:
    """What the public may see, in the order of time."""
    rows = Slot.objects.filter(group=group, place=place, business_day__range=(from_day, until_day))
    return rows.filter(closed_at__isnull=True).order_by("business_day", "starts_at")


def _chains(slots: Sequence[Slot], minutes: int, *, is_one: bool) -> Iterator[list[Slot]]:
    """From each slot on, as many that follow each other as the visit needs; a room or a seat needs one."""
    wanted = dt.timedelta(minutes=0 if is_one else minutes)
    for number, first in enumerate(slots):
        chain = [first]
        for slot in slots[number + 1 :]:
            if chain[-1].ends_at - first.starts_at >= wanted or slot.starts_at != chain[-1].ends_at:
                break
            chain.append(slot)
        if chain[-1].ends_at - first.starts_at >= wanted:
            yield chain


def _free(chain: Sequence[Slot], *, is_public: bool, now: dt.datetime) -> int:
    """Places that are free in all of the slots."""
    if not is_public:
        return min(slot.capacity - slot.taken for slot in chain)
    if any(slot.opens_at is None or slot.opens_at > now for slot in chain):
        return 0
    return max(0, min(min(slot.capacity - slot.taken, slot.released - slot.taken_public) for slot in chain))


def _day(date: dt.date, chains: Sequence[Sequence[Slot]], places: int, now: dt.datetime) -> Day:
    times = tuple(_time(chain, places, now) for chain in chains)
    opens = [moment for chain in chains if (moment := _opens_at(chain)) is not None and moment > now]
    open_times = sum(time.room.is_open for time in times)
    if not open_times:
        room = max((time.room for time in times), key=_NO_ROOM.index)
        return Day(date, room, min(opens) if opens and room == Room.NOT_YET else None, times)
    is_few = open_times <= _FEW < len(times) or all(time.room != Room.FREE for time in times)
    return Day(date, Room.FEW if is_few else Room.FREE, None, times)


_NO_ROOM = (Room.CLOSED, Room.FULL, Room.NOT_YET)
"""Which of them a day without room is called after: the one that gives most hope."""


def _time(chain: Sequence[Slot], places: int, now: dt.datetime) -> Time:
    return Time(chain[0].starts_at, chain[-1].ends_at, _room(chain, places, now))


def _room(chain: Sequence[Slot], places: int, now: dt.datetime) -> Room:
    opens_at = _opens_at(chain)
    if opens_at is None:
        return Room.CLOSED
    if opens_at > now:
        return Room.NOT_YET
    free = _free(chain, is_public=True, now=now)
    if free < places:
        return Room.FULL
    return Room.FEW if free - places < _FEW and free < min(slot.released for slot in chain) else Room.FREE


def _opens_at(chain: Sequence[Slot]) -> dt.datetime | None:
    """When all of the slots are open to the public; None when one of them never is."""
    moments = [slot.opens_at for slot in chain if slot.opens_at is not None]
    return max(moments) if len(moments) == len(chain) else None


def _json_of(day: Day) -> dict[str, object]:
    return {
        "date": day.date.isoformat(),
        "room": day.room.value,
        "opens_at": day.opens_at.isoformat() if day.opens_at else None,
        "times": [
            {"from": _clock(time.starts_at), "until": _clock(time.ends_at), "room": time.room.value}
            for time in day.times
        ],
    }


def _clock(moment: dt.datetime) -> str:
    return moment.astimezone(TOKYO).strftime("%H:%M")
