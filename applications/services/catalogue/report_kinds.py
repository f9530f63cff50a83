"""The kinds of reports that the product brings along."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from applications.models import ReportKind
from cityhall.models import Department

FILE = "report_kinds.yaml"


def load_report_kinds(*, folder: Path, departments: Mapping[str, str] | None = None) -> list[str]:
    """Make the kinds that are missing; their names. What the city has changed stays as it is.

    `departments` says which department of this city a code of the file stands for. A kind whose department the city
    does not have is left out: an administrator makes it with another.
    """
    path = folder / FILE
    entries: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else []
    codes = departments or {}
    known = {row.code: row for row in Department.objects.all()}
    there = set(ReportKind.objects.values_list("key", flat=True))
    made = [
        ReportKind(
            key=entry["key"],
            name=entry["name"],
            example=entry.get("example", ""),
            urgent_text=entry.get("urgent", ""),
            department=known[code],
            position=position,
        )
        for position, entry in enumerate(entries, start=1)
        if entry["key"] not in there and (code := codes.get(entry["department"], entry["department"])) in known
    ]
    with transaction.atomic():
        ReportKind.objects.bulk_create(made)
    return [kind.name for kind in made]
