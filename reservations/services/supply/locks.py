"""The order in which everybody who changes supply waits."""

from collections.abc import Collection

from cityhall.db import is_postgresql
from reservations.models import ServiceGroup


def lock_groups(ids: Collection[int]) -> list[ServiceGroup]:
    """Keep everybody else from changing the supply of these groups until the transaction ends; the groups as they are.

    Bookings pass: they only look at the key of the group. SQLite has one writer at a time and needs no more.
    """
    rows = ServiceGroup.objects.filter(pk__in=ids).order_by("id")
    return list(rows.select_for_update(no_key=True) if is_postgresql() else rows)
