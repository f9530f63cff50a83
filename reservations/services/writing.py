"""A booking in one statement on PostgreSQL: places, reservation, event and mail, all or none.

At nine o'clock hundreds want the same slot. Its row is locked from the update to the commit, and every round trip
between them is time in which everybody else waits: one statement took 1,700 bookings a second where an update and
inserts took 640 (docs/benchmarks.md). SQLite has one writer at a time and writes the same rows one after the other.
"""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models, transaction

from cityhall.db import is_postgresql
from reservations.errors import SlotGone
from reservations.models import Reservation, ReservationItem, ReservationSlot
from reservations.services import slots as door
from reservations.services.visits import Visit

# locked in the order of their ids, then taken where there is room, as `slots.take` does
_TAKE = """
locked AS (SELECT id FROM reservations_slot WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE),
taken AS (
    UPDATE reservations_slot AS slot SET taken = taken + %s, taken_public = taken_public + %s
    FROM locked WHERE slot.id = locked.id AND closed_at IS NULL AND taken <= capacity - %s
    AND (NOT %s OR (opens_at <= %s AND taken_public <= released - %s))
    RETURNING slot.id
)"""
_LINK = """linked AS (
    INSERT INTO reservations_reservationslot (reservation_id, slot_id) SELECT written.id, taken.id FROM written, taken
)"""


def write_visit(
    visit: Visit, row: Reservation, *, with_rows: Sequence[models.Model] = (), now: dt.datetime
) -> Reservation:
    """Take the places of a visit and write its row, with events and mails that belong to it.

    One transaction, on PostgreSQL one statement. Rows that point at the reservation get its id. Raises SlotGone.
    Locks the slots in the order of their ids.
    """
    # without a savepoint: whoever opens the transaction rolls back all of it, or to their own
    with transaction.atomic(savepoint=False):
        if is_postgresql():
            row.pk = _in_one_statement(visit, row, with_rows, now)
            row._state.adding = False
            _add_items(visit, row)
            return row
        row.save(force_insert=True)
        _add_items(visit, row)
        ReservationSlot.objects.bulk_create(ReservationSlot(reservation=row, slot_id=pk) for pk in visit.slot_ids)
        _save_with(row, with_rows)
        door.take(visit.slot_ids, places=visit.places, is_public=visit.is_public, now=now)
    return row


def write_rows(visit: Visit, row: Reservation) -> None:
    """The row and its slots alone, in the caller's transaction, which has the places already."""
    row.save(force_insert=True)
    ReservationSlot.objects.bulk_create(ReservationSlot(reservation=row, slot_id=pk) for pk in visit.slot_ids)


def _add_items(visit: Visit, row: Reservation) -> None:
    """Further services of the same visit."""
    if visit.items:
        ReservationItem.objects.bulk_create(
            ReservationItem(reservation=row, service=service, position=position)
            for position, service in enumerate(visit.items, 1)
        )


def _save_with(row: Reservation, with_rows: Sequence[models.Model]) -> None:
    for other in with_rows:
        if hasattr(other, "reservation_id"):
            other.reservation_id = row.pk
        other.save(force_insert=True)


def _in_one_statement(visit: Visit, row: Reservation, with_rows: Sequence[models.Model], now: dt.datetime) -> int:
    slot_ids, places, is_public = visit.slot_ids, visit.places, visit.is_public
    public_places = places if is_public else 0
    # only names of tables and columns stand in the text
    parts = [_TAKE]
    params: list[Any] = [slot_ids, places, public_places, places, is_public, now, places]
    parts.append(f"written AS ({_insert(type(row))} WHERE (SELECT count(*) FROM taken) = %s RETURNING id)")  # noqa: S608
    params += [*_values(row), len(slot_ids)]
    parts.append(_LINK)
    for number, other in enumerate(with_rows):
        parts.append(f"other{number} AS ({_insert(type(other))} FROM written)")
        params += _values(other)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(parts)} SELECT id FROM written", params)  # noqa: S608
        found = cursor.fetchone()
    if found is None:
        raise SlotGone
    return int(found[0])


@lru_cache(maxsize=16)
def _insert(model: type[models.Model]) -> str:
    """INSERT … SELECT of all columns but the key; types are named, because a SELECT knows nothing of its target.

    Without their lengths: a cast to varchar(20) would cut silently what the column refuses.
    """
    fields = _fields(model)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(
        "written.id" if field.attname == "reservation_id" else f"%s::{_type_of(field)}" for field in fields
    )
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) SELECT {values}'


def _values(row: models.Model) -> list[Any]:
    fields = _fields(type(row))
    return [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for field in fields
        if field.attname != "reservation_id"
    ]


@lru_cache(maxsize=16)
def _fields(model: type[models.Model]) -> tuple[Any, ...]:
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)


def _type_of(field: Any) -> str:
    return str(field.db_type(connection)).partition("(")[0]
