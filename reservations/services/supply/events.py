"""The history of the supply: settings before and after, never people."""

import datetime as dt
from typing import Any

from django.db.models import Model

from cityhall.models import User
from reservations.enums import SupplyAction
from reservations.models import Place, ServiceGroup, SupplyEvent


def write_event(
    action: SupplyAction,
    *,
    group: ServiceGroup | None,
    place: Place | None,
    by: User | None,
    now: dt.datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> SupplyEvent:
    """One line of the history, in the transaction of the change."""
    return SupplyEvent.objects.create(
        action=action, group=group, place=place, actor=by, at=now, before=before or {}, after=after or {}
    )


def values_of(row: Model, names: tuple[str, ...]) -> dict[str, Any]:
    """Columns of a row as JSON keeps them."""
    return {name: _plain(getattr(row, name)) for name in names}


def differing(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values that are not the same, of both sides."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    return value.isoformat() if isinstance(value, dt.date) else value
