"""Rows that are one person: things made for a row that was joined into another stay with it."""

from typing import Any

from django.db.models import Q, QuerySet

from residents.models import Resident


def row_ids_of(*people: Resident) -> "QuerySet[Resident, Any]":
    """The ids of these people's rows and of every row merged into them, as a subquery for `…__in=`.

    One step is enough: `merge_residents` keeps `merged_into` pointing at the row that lives.
    """
    ids = [person.pk for person in people]
    return Resident.objects.filter(Q(pk__in=ids) | Q(merged_into__in=ids)).order_by().values("pk")


def living_row_of(resident: Resident) -> Resident:
    """The row that speaks for the person: the one this row was merged into, or itself. One query when merged."""
    return resident.merged_into or resident


def is_same_person(resident: Resident, row: Resident) -> bool:
    """Whether a row is the person's own or was merged into it; no query."""
    return resident.pk in (row.pk, row.merged_into_id)
