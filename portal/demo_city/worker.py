"""The worker's tasks, called while the demo city is made."""

from collections.abc import Callable
from typing import Final

_ROUNDS: Final = 20


def until_done(task: Callable[[], int]) -> None:
    """Call a task until it finds nothing; each call works for two seconds at most."""
    for _round in range(_ROUNDS):
        if not task():
            break
