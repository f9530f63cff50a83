"""The way through booking, as the pages show it above their heading."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from reservations.views.booking.wish import Wish

_STEPS: dict[str, str | Promise] = {
    "service": _("用件"),
    "place": _("場所"),
    "day": _("日にち"),
    "time": _("時間"),
    "contact": _("連絡先"),
    "check": _("確認"),
}


@dataclass(frozen=True)
class Step:
    """One step: `state` is done, current or todo; done ones lead back."""

    label: str | Promise
    state: str
    href: str = ""


def booking_steps(current: str, wish: "Wish | None" = None, day: str = "") -> list[Step]:
    """All steps with the current one; with a wish, the earlier ones are links that keep what was chosen."""
    names = list(_STEPS)
    here = names.index(current)
    steps = []
    for number, name in enumerate(names):
        state = "done" if number < here else "current" if number == here else "todo"
        steps.append(Step(_STEPS[name], state, _address(name, wish, day) if wish and state == "done" else ""))
    return steps


def _address(name: str, wish: "Wish", day: str) -> str:
    if name == "service":
        return wish.url("service")
    if name == "place":
        return wish.url("places", query="all=1")
    if name == "day":
        return wish.url("month", query=f"month={day[:7]}" if day else "")
    return wish.url("day", day) if name == "time" and day else ""
