"""Places of bars and lines in the drawings (SVG); the same numbers stand in a table beside each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from applications.inventory.figures import Pareto, Progress

WIDTH, HEIGHT = 720, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 16, 34
_MOST_BARS: Final = 40
"""More bars than this are thinner than a line."""


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    label: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Line:
    """A height with what it stands for."""

    y: float
    label: str


@dataclass(frozen=True)
class Chart:
    """What a template draws; `points` is the line over the bars."""

    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    points: str = ""
    goal: float | None = None
    labels: tuple[Bar, ...] = ()
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    baseline: int = HEIGHT - _BOTTOM


def pareto_chart(pareto: Pareto) -> Chart:
    """Bars of the largest procedures (their share of the volume), and the line of the share up to each."""
    shown = pareto.rows[:_MOST_BARS]
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(shown))
    bars, points = [], []
    for number, row in enumerate(shown):
        share = 100 * row.standing.total / pareto.total
        x = _LEFT + number * step
        kind = "within" if row.is_within else "rest"
        bars.append(_bar(x + step * 0.1, share, step * 0.8, row.standing.name, kind))
        points.append(f"{x + step / 2:.1f},{_y(row.share):.1f}")
    return Chart(tuple(bars), _lines(), " ".join(points), goal=_y(80))


def progress_chart(rows: Sequence[Progress]) -> Chart:
    """Two bars a row: what may be filed online and what is; the goal of the last row as a line."""
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(rows))
    bars, labels = [], []
    for number, row in enumerate(rows):
        x = _LEFT + number * step
        wide = min(60.0, step * 0.3)
        middle = x + step / 2
        bars.append(_bar(middle - wide - 2, row.possible_share or 0, wide, row.label, "possible"))
        bars.append(_bar(middle + 2, row.online_share or 0, wide, row.label, "online"))
        labels.append(Bar(round(middle, 1), HEIGHT - 12, 0, 0, row.label))
    targets = [row.target for row in rows if row.target is not None]
    return Chart(tuple(bars), _lines(), goal=_y(targets[-1]) if targets else None, labels=tuple(labels))


def _bar(x: float, percent: float, width: float, label: str, kind: str) -> Bar:
    y = _y(percent)
    return Bar(round(x, 1), round(y, 1), round(width, 1), round(HEIGHT - _BOTTOM - y, 1), label, kind)


def _y(percent: float) -> float:
    return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - percent / 100), 1)


def _lines() -> tuple[Line, ...]:
    return tuple(Line(_y(percent), f"{percent}%") for percent in (0, 20, 40, 60, 80, 100))
