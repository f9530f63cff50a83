"""What hardly ever changes, as this process knows it: at most two seconds old, and no query while it is fresh.

For the pages and services that a rush goes through. What staff change is seen two seconds later; places, limits and
states are never asked here, but in the statement that uses them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from cityhall.days import closed_between
from cityhall.models import Municipality
from cityhall.queries.city import municipality
from reservations.memory import Memory
from reservations.models import Place, Service, ServiceGroup, ServiceOffer, Slot
from reservations.queries import availability, choices
from reservations.queries.choices import PlaceChoice

SECONDS: Final = 2.0
_cities: Memory[Municipality] = Memory(SECONDS)
_minutes: Memory[Mapping[int, int | None]] = Memory(SECONDS)
_services: Memory[Mapping[str, Service]] = Memory(SECONDS)
_places: Memory[list[PlaceChoice]] = Memory(SECONDS)
_slots: Memory[list[Slot]] = Memory(SECONDS)
_closed: Memory[frozenset[dt.date]] = Memory(SECONDS)


def city() -> Municipality:
    """The one city."""
    return _cities.get("city", municipality)


def closed_days(first: dt.date, last: dt.date) -> frozenset[dt.date]:
    """National holidays and closed days of the whole city hall (年末年始) from one day to another."""
    return _closed.get((first, last), lambda: frozenset(closed_between(first, last)))


def service(key: str) -> Service | None:
    """A service of the counters that takes reservations, with its group."""
    return _services.get("known", lambda: _by_key(choices.known_services())).get(key)


def others_of(service: Service) -> list[Service]:
    """What can be done in the same visit: the same desks serve it."""
    found = _services.get("bookable", lambda: _by_key(choices.bookable_services())).values()
    return [other for other in found if other.group_id == service.group_id and other.pk != service.pk]


def place_choices(services: Sequence[Service], *, at: str) -> list[PlaceChoice]:
    """The one place `at`, if it offers all of the services."""
    key = (at, *(service.pk for service in services))
    return _places.get(key, lambda: choices.place_choices(services, at=at))


def minutes_at(place: Place) -> Mapping[int, int | None]:
    """By service that is offered there, the minutes it takes at a place; None or 0 where they are the service's own."""

    def read() -> Mapping[int, int | None]:
        offers = ServiceOffer.objects.filter(place=place, is_active=True)
        return dict(offers.order_by().values_list("service", "minutes"))

    return _minutes.get(place.pk, read)


def slots_at(*, group: ServiceGroup, place: Place, starts_at: dt.datetime, minutes: int) -> list[Slot]:
    """The slots of a visit that begins at a time, for who takes them: when they are, not what is free in them.

    One that was closed or filled meanwhile is refused by the statement that takes it.
    """
    key = (group.pk, place.pk, starts_at, minutes)
    return _slots.get(
        key, lambda: availability.slots_at(group=group, place=place, starts_at=starts_at, minutes=minutes)
    )


def _by_key(rows: Iterable[Service]) -> Mapping[str, Service]:
    return {row.key: row for row in rows}
