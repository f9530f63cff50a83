"""The shared cache's table: Django deletes expired rows only when the cache is full, and ours never should be."""

import datetime as dt

from django.conf import settings
from django.db import connection
from django.utils import timezone

SMALLEST_ROOM = 100_000
_DJANGOS_ROOM = 300


def is_in_database() -> bool:
    """Whether the shared cache is a table; Redis forgets by itself."""
    return bool(settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache"))


def room() -> int:
    """How many entries the cache keeps before it throws out live ones."""
    options = settings.CACHES["default"].get("OPTIONS", {})
    return int(options.get("MAX_ENTRIES", _DJANGOS_ROOM))


def delete_expired(now: dt.datetime | None = None) -> int:
    """Delete rows past their time; the number deleted. One statement, by the index on `expires`."""
    if not is_in_database():
        return 0
    table = connection.ops.quote_name(settings.CACHES["default"]["LOCATION"])
    moment = connection.ops.adapt_datetimefield_value((now or timezone.now()).replace(microsecond=0))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [moment])  # noqa: S608 - our own table's name
        return int(cursor.rowcount)
