"""What this app shows at the result of a guide: the way to fill in everything before the visit."""

from typing import Any

from django.http import HttpRequest

from applications.queries.guide import Left
from cityhall.registry import SubjectPanel, guide_panels
from counter.elsewhere import elsewhere_among


def register_guide_panel() -> None:
    """Called once, from `AppConfig.ready`."""
    guide_panels.register("counter.prefill", SubjectPanel("counter/home/_guide_panel.html", shown), position=10)


def shown(request: HttpRequest, left: Left) -> dict[str, Any] | None:
    """What the button brings along, and what stays out; nothing where no desk takes any of it."""
    elsewhere = elsewhere_among(left.keys) if left.keys else []
    if len(elsewhere) == len(left.keys):
        return None
    without = len(elsewhere) + len(left.others)
    return {"left": left, "count": len(left.keys) - len(elsewhere), "without": without}
