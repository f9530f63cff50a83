"""Whose turn it is when a clock runs out for more notices than one slice takes."""

from django.db import connection
from django.db.models import QuerySet

from notices.models import Notice


def claim_late(late: QuerySet[Notice], *, limit: int) -> list[Notice]:
    """Free rows in their order, single notices before those of campaigns; locked until the transaction ends.

    A campaign to everybody never holds up a single notice. On SQLite transactions hold the whole file.
    """
    if connection.features.has_select_for_update_skip_locked:
        late = late.select_for_update(skip_locked=True, of=("self",))
    singles = list(late.filter(campaign=None)[:limit])
    return singles + list(late.filter(campaign__isnull=False)[: limit - len(singles)])
