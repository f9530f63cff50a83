"""抽選 as pure functions: whoever has the seed and the published list draws the same winners.

The order is that of SHA-256("<seed>:<number of the entry>"), smallest first; each entry in turn takes the first of its
wishes with room left. The seed is 32 random bytes whose SHA-256 was published before anybody entered. Slots are named
by the time they begin (20261206T0900): within a draw no two begin at once.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One wish as it is published: its number, the slots in the order of liking, the places it takes in one."""

    number: str
    slots: Sequence[str]
    places: int = 1

    @property
    def line(self) -> str:
        """Its line in the published list."""
        return f"{self.number};{','.join(self.slots)};{self.places}"


def seed_hash(seed: str) -> str:
    """What is published before the wishes."""
    return hashlib.sha256(seed.encode()).hexdigest()


def list_text(entries: Iterable[Entry], room: Mapping[str, int]) -> str:
    """What is published with the result: the room there was, a line a slot, then a line an entry, by number."""
    rooms = "".join(f"room;{slot};{places}\n" for slot, places in sorted(room.items()))
    return rooms + "".join(f"{entry.line}\n" for entry in sorted(entries, key=lambda entry: entry.number))


def result_text(won: Mapping[str, str | None]) -> str:
    """What the hash of the result is of: a line an entry in drawn order, with the slot it won or nothing."""
    return "".join(f"{number};{slot or ''}\n" for number, slot in won.items())


def list_hash(text: str) -> str:
    """The SHA-256 that is published of the list, and of the result."""
    return hashlib.sha256(text.encode()).hexdigest()


def in_drawn_order(entries: Iterable[Entry], seed: str) -> list[Entry]:
    """The entries as the seed orders them; numbers are unique, so no two stand at one place."""
    return sorted(entries, key=lambda entry: hashlib.sha256(f"{seed}:{entry.number}".encode()).hexdigest())


def allot(entries: Iterable[Entry], room: Mapping[str, int], seed: str) -> dict[str, str | None]:
    """The slot each entry wins, by number and in drawn order; None for who goes empty."""
    left = dict(room)
    won: dict[str, str | None] = {}
    for entry in in_drawn_order(entries, seed):
        slot = next((slot for slot in entry.slots if left.get(slot, 0) >= entry.places), None)
        if slot is not None:
            left[slot] -= entry.places
        won[entry.number] = slot
    return won
