"""System checks: what an upgrade leaves to the city."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as Caution
from django.db import DatabaseError

from counter.models import BereavementCorner


@register(Tags.database)
def check_corners_by_reservation(
    *, app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_options: Any
) -> list[CheckMessage]:
    """A corner whose group gave numbers when groups by reservation only came is left as it was: the city decides."""
    if not databases or "default" not in databases:
        return []
    open_to_all = BereavementCorner.objects.filter(is_active=True, service__group__reservation_only=False)
    try:
        keys = sorted(open_to_all.values_list("service__group__key", flat=True))
    except DatabaseError:
        # before the first migration
        return []
    return [
        Caution(
            f"The group {key} of a corner for the bereaved is not by reservation only.",
            hint="Switch its numbers off (業務のまとまり → 番号札を発行する) and save it.",
            id="counter.W001",
        )
        for key in keys
    ]
