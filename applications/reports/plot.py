"""A drawing of places relative to each other, for cities without map tiles: numbers on a sheet, north on top."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from applications.reports.positions import Position

WIDTH, HEIGHT, MARGIN = 600, 400, 36
LEAST_SPAN = 0.002
"""Degrees: two hundred metres. A single point stands in the middle of something."""
_BARS = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)
_METRES_PER_DEGREE = 111_195


@dataclass(frozen=True)
class Dot:
    """A place on the sheet, with the number of its row in the list."""

    x: int
    y: int
    number: int


@dataclass(frozen=True)
class Sheet:
    """The dots and a bar that says how long so many metres are."""

    dots: Sequence[Dot]
    bar: int
    metres: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def scale_words(self) -> str:
        return f"{self.metres} m" if self.metres < 1000 else f"{self.metres // 1000} km"


def draw(places: Sequence[Position]) -> Sheet | None:
    """The sheet that holds all places, numbered from 1; None without any."""
    if not places:
        return None
    north = [float(place.latitude) for place in places]
    middle = (min(north) + max(north)) / 2
    # a degree eastwards is shorter the further north one is
    shrink = max(0.01, math.cos(math.radians(middle)))
    east = [float(place.longitude) * shrink for place in places]
    centre = (min(east) + max(east)) / 2
    span = max(max(north) - min(north), LEAST_SPAN)
    across = max(max(east) - min(east), LEAST_SPAN)
    scale = min((WIDTH - 2 * MARGIN) / across, (HEIGHT - 2 * MARGIN) / span)
    dots = [
        Dot(round(WIDTH / 2 + (x - centre) * scale), round(HEIGHT / 2 - (y - middle) * scale), number)
        for number, (x, y) in enumerate(zip(east, north, strict=True), start=1)
    ]
    per_metre = scale / _METRES_PER_DEGREE
    metres = max((one for one in _BARS if one * per_metre <= WIDTH / 3), default=_BARS[0])
    return Sheet(dots, bar=round(metres * per_metre), metres=metres)
