"""Places on the earth: how far, what lies near, and whether it is in the city."""

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

_RADIUS: Final = 6_371_000
_METRES_PER_DEGREE: Final = math.radians(1) * _RADIUS
_STEP: Final = Decimal("0.000001")


class Position(NamedTuple):
    """Degrees to six decimals, eleven centimetres."""

    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True)
class Area:
    """A box on the map. It does not reach across the 180th meridian: no city of Japan does."""

    south: Decimal
    west: Decimal
    north: Decimal
    east: Decimal

    def holds(self, place: Position) -> bool:
        return self.south <= place.latitude <= self.north and self.west <= place.longitude <= self.east


def metres_between(one: Position, other: Position) -> float:
    """The way over the ground (haversine)."""
    north, other_north = math.radians(one.latitude), math.radians(other.latitude)
    half_up = math.sin((other_north - north) / 2) ** 2
    half_along = math.sin(math.radians(other.longitude - one.longitude) / 2) ** 2
    part = half_up + math.cos(north) * math.cos(other_north) * half_along
    return 2 * _RADIUS * math.asin(min(1.0, math.sqrt(part)))


def around(place: Position, metres: float) -> Area:
    """The smallest box that holds everything within so many metres: what an index can look for."""
    up = metres / _METRES_PER_DEGREE
    along = up / max(0.01, math.cos(math.radians(place.latitude)))
    return Area(
        south=_degrees(float(place.latitude) - up),
        west=_degrees(float(place.longitude) - along),
        north=_degrees(float(place.latitude) + up),
        east=_degrees(float(place.longitude) + along),
    )


def position(latitude: float | str | Decimal, longitude: float | str | Decimal) -> Position | None:
    """A place of the earth, or None for what is none (not a number, beyond the poles)."""
    try:
        place = Position(_degrees(float(latitude)), _degrees(float(longitude)))
        is_on_earth = abs(place.latitude) <= 90 and abs(place.longitude) <= 180
    except (ArithmeticError, ValueError):
        # what is no number cannot be compared either
        return None
    return place if is_on_earth else None


def _degrees(value: float) -> Decimal:
    """Raises decimal.InvalidOperation for infinity and what is no number."""
    return Decimal(repr(value)).quantize(_STEP)
