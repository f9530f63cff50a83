"""What a new city begins with: checks of its departments and items of other offices; later the city's own."""

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.db import transaction

from applications.models import LifeEvent
from cityhall.models import Department
from counter.bereavement.errors import SharedGroup
from counter.models import BereavementCheck, BereavementCorner, ElsewhereItem
from counter.services.bereavements.corners import save_corner
from reservations.models import Service

EVENT: Final = "bereavement"
GUIDANCE: Final = "手続の流れと持ち物は、[おくやみコーナーのご案内](/bereavement/)をご覧ください。"
"""On the page where the service is booked, until the city writes something of its own."""
_FILE: Final = Path(__file__).parents[2] / "bereavement" / "defaults.yaml"


@cache
def content() -> dict[str, Any]:
    """The file, read once."""
    loaded: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return loaded


def load_defaults(*, service: Service, event: LifeEvent) -> tuple[int, list[str]]:
    """Make the corner of a service, and whatever of the file is not there yet: how many rows are new, and the keys of
    checks whose department the city does not have. What the city changed or put out of use stays.

    Nobody walks in: the group of a new corner gives no numbers. Raises SharedGroup where it has other services.
    """
    with transaction.atomic():
        corner, is_new = BereavementCorner.objects.get_or_create(service=service, defaults={"life_event": event})
        made, missing = int(is_new), []
        if is_new:
            _give_no_tickets(service)
            save_corner(corner)
        if is_new and not service.description:
            service.description = GUIDANCE
            service.save(update_fields=["description"])
        departments = {one.code: one for one in Department.objects.all()}
        for position, row in enumerate(content()["checks"], start=1):
            department = departments.get(row["department"])
            if department is None:
                missing.append(row["key"])
                continue
            made += _make(BereavementCheck, row | {"department": department}, position)
        made += sum(_make(ElsewhereItem, row, number) for number, row in enumerate(content()["elsewhere"], start=1))
    return made, missing


def _give_no_tickets(service: Service) -> None:
    group = service.group
    if not group.has_tickets:
        return
    if group.services.exclude(pk=service.pk).exists():
        raise SharedGroup
    group.has_tickets = False
    group.save(update_fields=["has_tickets"])


def _make(model: type[BereavementCheck] | type[ElsewhereItem], row: dict[str, Any], position: int) -> bool:
    values = {name: value for name, value in row.items() if name != "key"} | {"position": position * 10}
    _row, is_new = model.objects.get_or_create(key=row["key"], defaults=values)
    return is_new
