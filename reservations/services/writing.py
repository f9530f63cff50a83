"""A booking in one message to PostgreSQL: the person's limit, places, reservation, event and mail, all or none.

At nine o'clock hundreds want the same slot. Its row is locked from the update to the commit, and every round trip
between them is time in which everybody else waits, for the database and for this process' own threads. So nothing of
Python happens while a slot is locked: the locks on the person and the statement that books go out together, and the
server makes one transaction of them (docs/benchmarks.md has the figures). SQLite has one writer at a time and writes
the same rows one after the other.
"""

import datetime as dt
import json
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

# one slot is locked by its update, if the person may have one more
_TAKE_ONE = """
taken AS (
    UPDATE reservations_slot AS slot SET taken = taken + %s, taken_public = taken_public + %s
    WHERE id = ANY(%s) AND (SELECT is_within FROM mine) AND {room}
    RETURNING slot.id
)"""
# several are locked in the order of their ids, then taken where there is room, as `slots.take` does
_TAKE_SEVERAL = """
locked AS (
    SELECT id FROM reservations_slot WHERE id = ANY(%s) AND (SELECT is_within FROM mine) ORDER BY id FOR NO KEY UPDATE
),
taken AS (
    UPDATE reservations_slot AS slot SET taken = taken + %s, taken_public = taken_public + %s
    FROM locked WHERE slot.id = locked.id AND {room}
    RETURNING slot.id
)"""
_ROOM = """closed_at IS NULL AND taken <= capacity - %s
    AND (NOT %s OR (opens_at <= %s AND taken_public <= released - %s))"""
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
    """Only names of tables and columns stand in the text; each row to insert is one value."""
    slot_ids, places, is_public = visit.slot_ids, visit.places, visit.is_public
    count, params = count_open(group=visit.group, contact=limited, now=now) if limited else ("SELECT 0", [])
    wanted, taken = [slot_ids], [places, places if is_public else 0]
    params += [visit.group.max_open_per_contact if limited else 1]
    params += [*taken, *wanted] if len(slot_ids) == 1 else [*wanted, *taken]
    params += [places, is_public, now, places]
    params += [_record(row), len(slot_ids), *(_record(other) for other in with_rows)]
    return _text(count, len(slot_ids) == 1, type(row), tuple(type(other) for other in with_rows)), params


@lru_cache(maxsize=64)
def _text(count: str, is_one: bool, model: type[models.Model], others: tuple[type[models.Model], ...]) -> str:
    take = (_TAKE_ONE if is_one else _TAKE_SEVERAL).format(room=_ROOM)
    parts = [
        f"mine AS (SELECT ({count}) < %s AS is_within)",
        take,
        f"written AS ({_insert(model)} WHERE (SELECT count(*) FROM taken) = %s RETURNING id)",  # noqa: S608
        _LINK,
        *(f"other{number} AS ({_insert(other)}, written)" for number, other in enumerate(others)),
    ]
    found = "SELECT (SELECT is_within FROM mine), (SELECT id FROM written)"
    return f"WITH {', '.join(parts)} {found}"


def _insert(model: type[models.Model]) -> str:
    """INSERT … SELECT of all columns but the key, out of a record that the server reads by the columns' own types.

    One value instead of forty: psycopg and the planner spent more time on them than the server on the insert. What is
    too long for its column is refused, as in a plain INSERT.
    """
    table = model._meta.db_table
    names = [field.column for field in _fields(model)]
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join("written.id" if name == "reservation_id" else f'new."{name}"' for name in names)
    # only names of ours stand in the text
    record = f'json_populate_record(NULL::"{table}", %s) AS new'
    return f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM {record}'  # noqa: S608


def _record(row: models.Model) -> str:
    """The columns of a row as JSON."""
    values = {field.column: getattr(row, field.attname) for field in _fields(type(row))}
    return json.dumps(values, default=_text_of)


def _text_of(value: object) -> str:
    """Moments, days, ids and translations as PostgreSQL reads them."""
    return value.isoformat() if isinstance(value, dt.date) else str(value)


@lru_cache(maxsize=16)
def _fields(model: type[models.Model]) -> tuple[Any, ...]:
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)
