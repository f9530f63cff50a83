"""What a process remembers for a moment, so that a rush asks the database once and not once a person.

Only for what may be some seconds old. Nothing here promises anything: constraints and conditional updates look at the
rows themselves. What is remembered is shared by threads, so nobody changes it.
"""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakSet

Value = TypeVar("Value")
_MOST = 500
_memories: "WeakSet[Memory[object]]" = WeakSet()


@dataclass(frozen=True)
class _Kept(Generic[Value]):
    value: Value
    made_at: float


class Memory(Generic[Value]):
    """Values by their keys, each for `seconds` after it was begun to be made.

    One thread makes a value, the others wait for it and take the same. `made_at` says of values that are older than
    their making how old they are, by the clock of `time.monotonic`.
    """

    def __init__(self, seconds: float, *, made_at: Callable[[Value], float] | None = None) -> None:
        self._seconds, self._made_at = seconds, made_at
        self._kept: dict[Hashable, _Kept[Value]] = {}
        self._locks: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()
        _memories.add(self)  # type: ignore[arg-type]

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of a key, made when there is none or it is too old. What `make` raises is not remembered."""
        found = self._fresh(key)
        if found is not None:
            return found.value
        with self._lock:
            if len(self._kept) >= _MOST:
                self._kept.clear()
                self._locks.clear()
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            found = self._fresh(key)
            if found is not None:
                return found.value
            # before the query: what commits meanwhile is seen `seconds` later at most
            now = time.monotonic()
            value = make()
            self._kept[key] = _Kept(value, self._made_at(value) if self._made_at else now)
        return value

    def fresh(self, key: Hashable) -> Value | None:
        """The value of a key if there is one that is not too old."""
        found = self._fresh(key)
        return found.value if found is not None else None

    def forget(self) -> None:
        """Drop everything."""
        with self._lock:
            self._kept.clear()

    def _fresh(self, key: Hashable) -> _Kept[Value] | None:
        found = self._kept.get(key)
        return found if found is not None and time.monotonic() - found.made_at < self._seconds else None


def forget_all() -> None:
    """Drop what every memory of this process holds; for tests, whose rows come again under the same ids."""
    for memory in list(_memories):
        memory.forget()
