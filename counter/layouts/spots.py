"""A place on a blank form, as drawing knows it: plain values, kept as JSON once a layout is in use."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from counter.enums import SpotAlign, SpotKind, SpotPart

MARKS = frozenset({SpotKind.CIRCLE, SpotKind.CHECK})
"""Kinds that are drawn or left out, and hold no text."""


@dataclass(frozen=True)
class Spot:
    """Where something is printed, in millimetres from the top left corner of a page, and what.

    `question` is a key, or `group.2.key` for the second row of a repeating group.
    """

    number: int
    page: int
    x: float
    y: float
    width: float
    height: float
    kind: SpotKind
    question: str = ""
    fixed: str = ""
    part: SpotPart = SpotPart.WHOLE
    option: str = ""
    align: SpotAlign = SpotAlign.LEFT
    largest: float = 10.5
    smallest: float = 6.0
    boxes: int = 0

    @property
    def group(self) -> str:
        """The repeating group of the question; "" for a question of its own."""
        return self.question.split(".", 1)[0] if self.question.count(".") == 2 else ""

    @property
    def row(self) -> int:
        """Which row of the group, from 1; 0 without one."""
        number = self.question.split(".")[1] if self.group else "0"
        return int(number) if number.isascii() and number.isdigit() else 0

    @property
    def key(self) -> str:
        """The key of the question inside its group or form."""
        return self.question.rpartition(".")[2]

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def overlaps(self, other: "Spot") -> bool:
        """Whether two places lie on each other by more than a hair."""
        if self.page != other.page:
            return False
        across = min(self.right, other.right) - max(self.x, other.x)
        down = min(self.bottom, other.bottom) - max(self.y, other.y)
        return across > _HAIR and down > _HAIR

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Spot":
        """A place of a layout in use; words of ours become themselves again."""
        values = dict(stored)
        kinds = {"kind": SpotKind, "part": SpotPart, "align": SpotAlign}
        return cls(**values | {name: kind(values[name]) for name, kind in kinds.items()})


_HAIR = 0.3


def spots_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Spot, ...]:
    """The places of a layout in use."""
    return tuple(map(Spot.from_json, stored))
