"""Days and times as the pages show them: for a first booking, for another time, and at the telephone."""

import calendar
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cityhall.days import TOKYO, today
from reservations.enums import SupplyKind
from reservations.models import Place, Reservation, Service, ServiceGroup, Slot
from reservations.months import Month, Room, month_table, next_month, parse_day, parse_month
from reservations.queries import availability, known
from reservations.queries.choices import minutes_of, place_choices
from reservations.queries.facilities import slots_of_stay, starts_on, units_of
from reservations.queries.own import further_services
from reservations.views.booking.wish import Wish

_STAFF_DAYS = 400
"""As far as slots are ever made."""
_NEIGHBOUR_DAYS = 21
_WEEKDAYS = (_("日"), _("月"), _("火"), _("水"), _("木"), _("金"), _("土"))
_NOON, _EVENING = 12, 17
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Sought:
    """What a time is looked for: `minutes` in a row at one place. Staff also take what the public may not.

    Rooms and sites are looked for by `units`, so many slots in a row; a `stay` that moves may take its own again.
    """

    group: ServiceGroup
    place: Place
    services: Sequence[Service]
    minutes: int
    people: int
    is_public: bool = True
    units: int = 1
    stay: Reservation | None = None


@dataclass(frozen=True)
class Time:
    """One time of a day; `free` where the reader may know how many."""

    starts_at: dt.datetime
    room: Room
    free: int | None = None

    @property
    def value(self) -> str:
        """As a form sends it."""
        return self.starts_at.astimezone(TOKYO).strftime("%H:%M")


def sought_by(wish: Wish | Reservation, *, is_public: bool = True) -> Sought:
    """What a wish needs, or a reservation that is to be moved."""
    if isinstance(wish, Wish):
        return Sought(wish.group, wish.place, wish.services, wish.minutes, wish.people, is_public)
    services = [wish.service, *further_services(wish)]
    choices = place_choices(services, at=wish.place.key)
    # a service that is not offered there any more takes as long as it did when it was booked
    booked = int((wish.ends_at - wish.starts_at).total_seconds()) // 60
    minutes = minutes_of(choices[0].offers) if choices else booked
    if wish.group.kind != SupplyKind.FACILITY:
        return Sought(wish.group, wish.place, services, minutes, wish.people, is_public)
    return Sought(wish.group, wish.place, services, minutes, wish.people, is_public, units_of(wish), stay=wish)


def last_day(group: ServiceGroup) -> dt.date:
    """The last day that pages show to the public."""
    return today() + dt.timedelta(days=group.horizon_days)


def document_of(sought: Sought, first: dt.date) -> availability.Document:
    """The days of the month that begins at `first`; what all pages of the month share."""
    length = calendar.monthrange(first.year, first.month)[1]
    return availability.month(
        group=sought.group,
        place=sought.place,
        service=sought.services[0],
        minutes=sought.minutes,
        from_day=max(first, today()),
        until_day=min(first.replace(day=length), last_day(sought.group)),
        people=sought.people,
    )


def month_of(sought: Sought, text: str) -> dt.date:
    """The first day of the month in an address, as near as may be looked at."""
    return parse_month(text, earliest=today(), latest=last_day(sought.group))


def month_page(
    sought: Sought, text: str, *, href_of: Callable[[dt.date], str], month_url: str, fresh_url: str = ""
) -> dict[str, Any]:
    """What `_calendar.html` shows."""
    first = month_of(sought, text)
    month = _table(sought, first, href_of)
    if not text and month.next and not month.has_room and not month.opening:
        # at the end of a month nobody wants to see that it is over
        first = month.next
        month = _table(sought, first, href_of)
    shown = f"{fresh_url}month={first:%Y-%m}" if fresh_url else ""
    return {
        "month": month,
        "month_url": month_url,
        "weekday_names": _WEEKDAYS,
        "fresh_url": shown,
        "too_near": _too_near(sought, month),
    }


def _too_near(sought: Sought, month: Month) -> str:
    """Why the days to come next cannot be chosen, where a visit is prepared for; "" where today can be."""
    minutes = sought.group.lead_minutes if sought.is_public else 0
    days = minutes // _DAY_MINUTES
    is_shown = any(today() <= cell.date < today() + dt.timedelta(days=days) for cell in month.cells)
    if not days or not is_shown:
        return ""
    return gettext("準備のため、予約は来る日の%(days)s日前までにお取りください。それより近い日は選べません。") % {
        "days": days
    }


def _table(sought: Sought, first: dt.date, href_of: Callable[[dt.date], str]) -> Month:
    rooms = document_of(sought, first).rooms()
    closed = known.closed_days(first, next_month(first) - dt.timedelta(days=1))
    return month_table(first, rooms, earliest=today(), latest=last_day(sought.group), href_of=href_of, closed=closed)


def day_page(sought: Sought, day: dt.date, *, href_of: Callable[[dt.date], str]) -> dict[str, Any]:
    """What `_times.html` and the links to the days beside it show."""
    times = times_of(sought, day)
    return {
        "day": day,
        "parts": _parts(times),
        "has_room": any(time.room.is_open for time in times),
        **neighbours(sought, day, href_of=href_of),
    }


def times_of(sought: Sought, day: dt.date) -> list[Time]:
    """The times of a day, with room or without; for staff those with room only, and how much."""
    if sought.stay is not None:
        return _starts(sought, sought.stay, day)
    if not sought.is_public:
        return [Time(chain[0].starts_at, Room.FREE, _free(chain)) for chain in _chains(sought, day)]
    if not today() <= day <= last_day(sought.group):
        return []
    found = document_of(sought, day.replace(day=1)).day(day)
    return [Time(time.starts_at, time.room) for time in found.times] if found else []


def _starts(sought: Sought, stay: Reservation, day: dt.date) -> list[Time]:
    """The times to which a stay can move with its length; for the public in the days that are open to it."""
    if sought.is_public and not today() <= day <= last_day(sought.group):
        return []
    starts = starts_on(stay, day, is_public=sought.is_public)
    return [Time(starts_at, Room.FREE if is_free else Room.FULL) for starts_at, is_free in starts]


def slots_of(sought: Sought, day: dt.date, value: str) -> list[Slot]:
    """The slots of the time that a form sent, free or not; none for what is no time of the day."""
    try:
        starts_at = dt.datetime.combine(day, dt.time.fromisoformat(value), TOKYO)
    except ValueError:
        return []
    if sought.group.kind == SupplyKind.FACILITY:
        return slots_of_stay(group=sought.group, place=sought.place, starts_at=starts_at, units=sought.units)
    return known.slots_at(group=sought.group, place=sought.place, starts_at=starts_at, minutes=sought.minutes)


def neighbours(sought: Sought, day: dt.date, *, href_of: Callable[[dt.date], str]) -> dict[str, Any]:
    """The nearest days before and after on which anything is offered."""
    span = dt.timedelta(days=_NEIGHBOUR_DAYS)
    latest = today() + dt.timedelta(days=_STAFF_DAYS) if not sought.is_public else last_day(sought.group)
    days = _days(sought, max(today(), day - span), min(latest, day + span))
    before = max((one for one in days if one < day), default=None)
    after = min((one for one in days if one > day), default=None)
    return {
        "previous_day": before,
        "previous_url": href_of(before) if before else "",
        "next_day": after,
        "next_url": href_of(after) if after else "",
    }


def day_of(text: str) -> dt.date | None:
    """The day in an address, when it is one that slots may ever be on."""
    day = parse_day(text)
    is_sensible = day is not None and today() <= day <= today() + dt.timedelta(days=_STAFF_DAYS)
    return day if is_sensible else None


def _days(sought: Sought, first: dt.date, last: dt.date) -> list[dt.date]:
    rows = Slot.objects.filter(group=sought.group, place=sought.place, business_day__range=(first, last))
    return list(rows.filter(closed_at__isnull=True).order_by().values_list("business_day", flat=True).distinct())


def _chains(sought: Sought, day: dt.date) -> Iterable[Sequence[Slot]]:
    return availability.free_slots(
        group=sought.group,
        place=sought.place,
        minutes=sought.minutes,
        day=day,
        people=sought.people,
        is_public=False,
    )


def _free(chain: Sequence[Slot]) -> int:
    return min(slot.capacity - slot.taken for slot in chain)


def _parts(times: Iterable[Time]) -> list[tuple[str | Promise, list[Time]]]:
    """Morning, afternoon and evening, each under its heading."""
    parts: dict[str | Promise, list[Time]] = {_("午前"): [], _("午後"): [], _("夕方から"): []}
    morning, afternoon, evening = parts
    for time in times:
        hour = time.starts_at.astimezone(TOKYO).hour
        parts[morning if hour < _NOON else afternoon if hour < _EVENING else evening].append(time)
    return [(heading, found) for heading, found in parts.items() if found]
