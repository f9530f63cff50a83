"""Bars beside each other's names (SVG); the same numbers stand in a table after each drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from applications.surveys.totals import Share, Total

WIDTH: Final = 720
_NAMES, _COUNTS, _LINE, _THICK = 240, 110, 30, 18
_MOST_LETTERS: Final = 17
"""More do not fit beside the bar; the table has the whole name."""


@dataclass(frozen=True)
class Bar:
    """One bar with its name and its number, and where they stand."""

    label: str
    text: str
    y: int
    width: float
    middle: int


@dataclass(frozen=True)
class Chart:
    """What a template draws."""

    bars: tuple[Bar, ...]
    height: int
    width: int = WIDTH
    left: int = _NAMES
    thick: int = _THICK


def bar_chart(shares: Sequence[Share]) -> Chart:
    """A bar for each share, the longest as wide as there is room."""
    most = max((share.count for share in shares), default=0)
    room = WIDTH - _NAMES - _COUNTS
    bars = [
        Bar(
            label=_short(share.label),
            text=f"{share.count}（{share.percent}%）",
            y=number * _LINE + (_LINE - _THICK) // 2,
            width=round(room * share.count / most, 1) if most else 0,
            middle=number * _LINE + _LINE // 2,
        )
        for number, share in enumerate(shares)
    ]
    return Chart(tuple(bars), max(1, len(bars)) * _LINE)


def _short(label: str) -> str:
    return label if len(label) <= _MOST_LETTERS else f"{label[: _MOST_LETTERS - 1]}…"


@dataclass(frozen=True)
class Drawn:
    """A question with its chart, and for a group those of its questions."""

    total: Total
    chart: Chart | None
    parts: "tuple[Drawn, ...]" = ()


def with_charts(totals: Sequence[Total]) -> tuple[Drawn, ...]:
    """Every question with a chart where there are shares to draw."""
    return tuple(Drawn(one, bar_chart(one.shares) if one.shares else None, with_charts(one.parts)) for one in totals)
