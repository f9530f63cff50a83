"""What this app shows below the result of a guide: the way to fill in everything before the visit."""

from django.http import HttpRequest

from cityhall.registry import SubjectPanel, guide_panels


def register_guide_panel() -> None:
    """Called once, from `AppConfig.ready`."""
    guide_panels.register("counter.prefill", SubjectPanel("counter/home/_guide_panel.html", shown), position=10)


def shown(request: HttpRequest, keys: list[str]) -> list[str] | None:
    """The procedures that the button brings along; nothing where none has a form."""
    return keys or None
