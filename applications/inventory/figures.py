"""What the inventory says about the city: where the volume lies, what is not online, how far the goal is."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from applications.enums import InventoryChannel, OnlinePlan

PARETO_PERCENT: Final = 80
BY_HAND: Final = frozenset({InventoryChannel.COUNTER.value, InventoryChannel.POST.value, InventoryChannel.OTHER.value})


@dataclass(frozen=True)
class Standing:
    """One procedure with its filings of a fiscal year by channel."""

    pk: int
    code: str
    name: str
    department: str
    department_code: str
    plan: str
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def online(self) -> int:
        return self.counts.get(InventoryChannel.ONLINE, 0)

    @property
    def by_hand(self) -> int:
        """Filings that somebody took in by hand."""
        return sum(count for channel, count in self.counts.items() if channel in BY_HAND)


@dataclass(frozen=True)
class ParetoRow:
    """A procedure in the order of volume; `share` is of all filings up to and with this one, in percent."""

    standing: Standing
    place: int
    share: float
    is_within: bool
    """Whether it is one of the few that make up the 80 %."""


@dataclass(frozen=True)
class Pareto:
    """Procedures by volume, the largest first; those without a filing are left out."""

    rows: tuple[ParetoRow, ...]
    needed: int
    """How many of them make up PARETO_PERCENT."""
    total: int


@dataclass(frozen=True)
class Progress:
    """How much of the volume may be filed online, and how much is. `target` in percent, None without a goal."""

    label: str
    total: int
    possible: int
    online: int
    target: int | None = None

    @property
    def possible_share(self) -> float | None:
        return _share(self.possible, self.total)

    @property
    def online_share(self) -> float | None:
        return _share(self.online, self.total)

    @property
    def is_reached(self) -> bool:
        # whole numbers: 80 % of 5 is 4, whatever a float says
        return self.target is not None and self.total > 0 and self.possible * 100 >= self.target * self.total

    @property
    def missing(self) -> int:
        """Filings that must become possible online until the goal is reached."""
        if self.target is None:
            return 0
        return max(0, -(-self.target * self.total // 100) - self.possible)


@dataclass(frozen=True)
class Saving:
    """What would be saved in a year if nobody came to the desk or wrote for this procedure."""

    standing: Standing
    minutes: int
    yen: int

    @property
    def hours(self) -> float:
        return self.minutes / 60


def pareto(standings: Iterable[Standing]) -> Pareto:
    """The procedures that carry the volume."""
    ordered = sorted((one for one in standings if one.total), key=lambda one: (-one.total, one.code))
    total = sum(one.total for one in ordered)
    rows: list[ParetoRow] = []
    before = 0
    for place, one in enumerate(ordered, start=1):
        is_within = before * 100 < PARETO_PERCENT * total
        before += one.total
        rows.append(ParetoRow(one, place, 100 * before / total, is_within))
    return Pareto(tuple(rows), sum(row.is_within for row in rows), total)


def not_online(standings: Iterable[Standing], *, minutes: int, yen: int) -> list[Saving]:
    """Procedures that are not online and could be, the largest first, with what they cost by hand in a year."""
    open_plans: Collection[str] = (OnlinePlan.PLANNED, OnlinePlan.UNDECIDED)
    waiting = [one for one in standings if one.plan in open_plans and one.by_hand]
    waiting.sort(key=lambda one: (-one.by_hand, one.code))
    return [Saving(one, one.by_hand * minutes, one.by_hand * minutes * yen) for one in waiting]


def progress(label: str, standings: Sequence[Standing], target: int | None = None) -> Progress:
    """The shares of some procedures together."""
    return Progress(
        label=label,
        total=sum(one.total for one in standings),
        possible=sum(one.total for one in standings if one.plan == OnlinePlan.ONLINE),
        online=sum(one.online for one in standings),
        target=target,
    )


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
