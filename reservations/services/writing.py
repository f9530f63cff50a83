"""A booking in one message to PostgreSQL: the person's limit, places, reservation, event and mail, all or none.

At nine o'clock hundreds want the same slot. Its row is locked from the update to the commit, and every round trip
between them is time in which everybody else waits, for the database and for this process' own threads. So nothing of
Python happens while a slot is locked: the locks on the person and the statement that books go out together, and the
server makes one transaction of them (docs/benchmarks.md has the figures). SQLite has one writer at a time and writes
the same rows one after the other.
"""

import datetime as dt
from collections.abc import Sequence
from contextlib import nullcontext
from functools import lru_cache
from typing import Any

from django.db import connection, models, transaction

from cityhall.db import is_postgresql
from reservations.contacts import ContactData
from reservations.errors import SlotGone, TooManyBookings
from reservations.models import Reservation, ReservationItem, ReservationSlot
from reservations.services import slots as door
from reservations.services.limits import LOCK_PERSON, count_open, keys_of, refuse_one_more
from reservations.services.visits import Visit

# locked in the order of their ids, then taken where there is room, as `slots.take` does
_TAKE = """
locked AS (
    SELECT id FROM reservations_slot WHERE id = ANY(%s) AND (SELECT is_within FROM mine) ORDER BY id FOR NO KEY UPDATE
),
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
    visit: Visit,
    row: Reservation,
    *,
    with_rows: Sequence[models.Model] = (),
    limited: ContactData | None = None,
    now: dt.datetime,
) -> Reservation:
    """Take the places of a visit and write its row, with events and mails that belong to it.

    One transaction; on PostgreSQL one message. Rows that point at the reservation get its id. `limited`: the person
    whose bookings of the group are counted first. Raises SlotGone, TooManyBookings. Locks the person's names, then
    the slots in the order of their ids.
    """
    rows = [*_items_of(visit), *with_rows]
    if is_postgresql():
        # a message is a transaction by itself; what is to be undone needs one around it: some of several slots that
        # were taken before one was full, or this step alone of a longer transaction
        is_undone = len(visit.slots) > 1 or connection.in_atomic_block
        with transaction.atomic() if is_undone else nullcontext():
            row.pk = _in_one_message(visit, row, rows, limited, now)
        row._state.adding = False
        row._state.db = connection.alias
        return row
    with transaction.atomic():
        if limited is not None:
            refuse_one_more(group=visit.group, contact=limited, now=now)
        write_rows(visit, row)
        for other in rows:
            if hasattr(other, "reservation_id"):
                other.reservation_id = row.pk
            other.save(force_insert=True)
        door.take(visit.slot_ids, places=visit.places, is_public=visit.is_public, now=now)
    return row


def write_rows(visit: Visit, row: Reservation) -> None:
    """The row and its slots alone, in the caller's transaction, which has the places already."""
    row.save(force_insert=True)
    ReservationSlot.objects.bulk_create(ReservationSlot(reservation=row, slot_id=pk) for pk in visit.slot_ids)


def _items_of(visit: Visit) -> list[models.Model]:
    """Further services of the same visit."""
    return [ReservationItem(service=service, position=position) for position, service in enumerate(visit.items, 1)]


def _in_one_message(
    visit: Visit,
    row: Reservation,
    with_rows: Sequence[models.Model],
    limited: ContactData | None,
    now: dt.datetime,
) -> int:
    """Two statements, because the count must see what was committed while the locks were waited for.

    They go out together as Django's cursor sends text with the values in it, not as parameters of the protocol.
    """
    locks = keys_of(visit.group, limited) if limited else []
    statement, params = _statement(visit, row, with_rows, limited, now)
    with connection.cursor() as cursor:
        if locks:
            cursor.execute(f"{LOCK_PERSON}; {statement}", [locks, *params])
            cursor.nextset()
        else:
            cursor.execute(statement, params)
        is_within, pk = cursor.fetchone()
    if not is_within:
        raise TooManyBookings
    if pk is None:
        raise SlotGone
    return int(pk)


def _statement(
    visit: Visit,
    row: Reservation,
    with_rows: Sequence[models.Model],
    limited: ContactData | None,
    now: dt.datetime,
) -> tuple[str, list[Any]]:
    """Only names of tables and columns stand in the text."""
    slot_ids, places, is_public = visit.slot_ids, visit.places, visit.is_public
    count, params = count_open(group=visit.group, contact=limited, now=now) if limited else ("SELECT 0", [])
    parts = [f"mine AS (SELECT ({count}) < %s AS is_within)", _TAKE]
    params += [visit.group.max_open_per_contact if limited else 1, slot_ids]
    params += [places, places if is_public else 0, places, is_public, now, places]
    parts.append(f"written AS ({_insert(type(row))} WHERE (SELECT count(*) FROM taken) = %s RETURNING id)")  # noqa: S608
    params += [*_values(row), len(slot_ids)]
    parts.append(_LINK)
    for number, other in enumerate(with_rows):
        parts.append(f"other{number} AS ({_insert(type(other))} FROM written)")
        params += _values(other)
    found = "SELECT (SELECT is_within FROM mine), (SELECT id FROM written)"
    return f"WITH {', '.join(parts)} {found}", params


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
