"""A move of a ticket as one statement of PostgreSQL: the conditional update, its periods and its event, all or none.

Twenty desks that press at once wait for each other's rows and for the threads of this process; each round trip less is
waited for by all of them. SQLite has one writer at a time and does the same in several (`moving`, `calling`).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import Any

from django.db import connection, transaction

from cityhall.models import User
from reservations.enums import TICKET_MOVES, TicketEventKind, TicketState
from reservations.mixing import Waiting
from reservations.models import Ticket

# the ticket as it was read
_AS_READ = "SELECT id, revision FROM reservations_ticket WHERE id = %s AND state = %s AND revision = %s"
# the first of an order whom nobody is calling just now; who has changed since the order was made is found, not moved
_FIRST_FREE = """
SELECT ticket.id, seen.revision, seen.called_among FROM reservations_ticket AS ticket
JOIN unnest(%s::bigint[], %s::int[], %s::text[]) WITH ORDINALITY AS seen(id, revision, called_among, place)
ON ticket.id = seen.id WHERE ticket.state = 'waiting'
ORDER BY seen.place LIMIT 1 FOR NO KEY UPDATE OF ticket SKIP LOCKED"""
_MOVED = """
WITH chosen AS ({chosen}), moved AS (
    UPDATE reservations_ticket AS ticket SET {changes}, revision = ticket.revision + 1
    FROM chosen WHERE ticket.id = chosen.id AND ticket.revision = chosen.revision RETURNING ticket.*
)"""
# whole seconds of the clock, not of the difference: their sum is that of the whole stay
_ENDED = """, ended AS (
    UPDATE reservations_ticketperiod AS period SET until_at = greatest(%s, from_at),
    seconds = floor(extract(epoch FROM greatest(%s, from_at)))::int - floor(extract(epoch FROM from_at))::int
    FROM moved WHERE period.ticket_id = moved.id AND period.until_at IS NULL RETURNING period.until_at
)"""
_OPENED = """, opened AS (
    INSERT INTO reservations_ticketperiod
    (ticket_id, state, group_id, service_id, place_id, desk_id, clerk_id, business_day, from_at)
    SELECT moved.id, moved.state, group_id, service_id, place_id, desk_id, clerk_id, business_day,
    coalesce(ended.until_at, %s) FROM moved LEFT JOIN ended ON TRUE
)"""
_TOLD = """, told AS (
    INSERT INTO reservations_ticketevent (ticket_id, kind, at, actor_id, desk_id, detail)
    SELECT id, %s, %s, %s, {desk}, %s FROM moved
) SELECT * FROM moved"""


def move_as_read(
    ticket: Ticket,
    changes: Mapping[str, Any],
    *,
    kind: TicketEventKind,
    by: User | None,
    now: dt.datetime,
    desk_id: int | None,
    detail: str,
    is_next_period: bool,
) -> bool:
    """Move a ticket as it was read; False when somebody was faster. `changes` by column, the state among them."""
    assignments = ", ".join(f'"{name}" = %s' for name in changes)
    head = _MOVED.format(chosen=_AS_READ, changes=assignments)
    params: list[Any] = [ticket.pk, ticket.state, ticket.revision, *_values(changes)]
    tail, more = _periods(changes["state"], now) if is_next_period else ("", [])
    told = _TOLD.format(desk="%s")
    told_params = [kind.value, now, by.pk if by else None, desk_id, detail]
    found = _run(head + tail + told, [*params, *more, *told_params])
    return found is not None


def call_first_free(
    order: Sequence[tuple[Waiting, str]], changes: Mapping[str, Any], *, by: User, now: dt.datetime
) -> Ticket | None:
    """Call the first of an order whom no other desk is calling; None when there is none, or it changed meanwhile.

    Twenty desks that press at once do not queue up for the same person.
    """
    assignments = ", ".join(f'"{name}" = %s' for name in changes)
    head = _MOVED.format(
        chosen=_FIRST_FREE, changes=f"{assignments}, calls = ticket.calls + 1, called_among = chosen.called_among"
    )
    seen = [(one.pk, one.revision, among) for one, among in order]
    params: list[Any] = [*(list(column) for column in zip(*seen, strict=True)), *_values(changes)]
    tail, more = _periods(TicketState.CALLED, now)
    told = _TOLD.format(desk="moved.desk_id")
    return _run(head + tail + told, [*params, *more, TicketEventKind.CALLED.value, now, by.pk, ""])


def _periods(state: TicketState, now: dt.datetime) -> tuple[str, list[Any]]:
    """The open period ends and the next one begins at the same moment, so that they add up to the whole stay."""
    if not TICKET_MOVES[state]:
        return _ENDED, [now, now]
    return _ENDED + _OPENED, [now, now, now]


def _run(statement: str, params: Sequence[Any]) -> Ticket | None:
    """Only names of columns of ours stand in the text. A statement outside a transaction is one by itself."""
    block: AbstractContextManager[Any] = transaction.atomic() if connection.in_atomic_block else nullcontext()
    with block:
        return next(iter(Ticket.objects.raw(statement, params)), None)


def _values(changes: Mapping[str, Any]) -> list[Any]:
    fields = _fields()
    return [fields[name].get_db_prep_save(value, connection) for name, value in changes.items()]


@lru_cache(maxsize=1)
def _fields() -> Mapping[str, Any]:
    return {field.attname: field for field in Ticket._meta.concrete_fields}
