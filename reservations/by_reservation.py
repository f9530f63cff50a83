"""What apps above need by reservation only: filled in their `AppConfig.ready`, this app does not know who asks."""

from collections.abc import Callable
from typing import Final

from cityhall.registry import Registry

needs: Final[Registry[Callable[[int], bool]]] = Registry()
"""Asked with the id of a group whether somebody above needs it so, whether it is marked or not. One query."""


def is_needed(group_id: int | None) -> bool:
    """Whether numbers stay off for a group, also for one that nobody has marked yet (`reservation_only`)."""
    return group_id is not None and any(need(group_id) for need in needs)
