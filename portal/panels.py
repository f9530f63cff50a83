"""Pages made of parts that the lower apps registered."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from cityhall.registry import Panel, Registry


@dataclass(frozen=True)
class FilledPanel:
    """A panel that has something to show to this person."""

    template: str
    context: dict[str, Any]


def fill(panels: Registry[Panel], request: HttpRequest) -> list[FilledPanel]:
    """Ask every panel for its content, in order; one that returns None is left out."""
    filled = []
    for panel in panels:
        context = panel.context(request)
        if context is not None:
            filled.append(FilledPanel(template=panel.template, context=context))
    return filled
