"""What a ticket machine leads to beside tickets: told by apps above, in their `AppConfig.ready`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cityhall.registry import Registry


@dataclass(frozen=True)
class MoreWay:
    """One more button of the first page."""

    label: str
    hint: str
    url: str


form_ways: Final[Registry[Callable[[str], MoreWay]]] = Registry()
"""Where forms are filled in, by the language of the page; shown at machines with `Kiosk.offers_forms`."""
