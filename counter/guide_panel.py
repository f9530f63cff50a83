"""What this app shows below the result of a guide: the way to fill in everything before the visit."""

from typing import Any

from django.http import HttpRequest

from cityhall.registry import SubjectPanel, guide_panels
from counter.elsewhere import elsewhere_among


def register_guide_panel() -> None:
    """Called once, from `AppConfig.ready`."""
    guide_panels.register("counter.prefill", SubjectPanel("counter/home/_guide_panel.html", shown), position=10)


def shown(request: HttpRequest, keys: list[str]) -> dict[str, Any] | None:
    """What the button brings along, and what is done elsewhere; nothing where no desk takes any of it."""
    elsewhere = elsewhere_among(keys) if keys else []
    if len(elsewhere) == len(keys):
        return None
    return {"keys": keys, "elsewhere": elsewhere}
