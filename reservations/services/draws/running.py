"""Drawing: the lot first, in one transaction; then reservations and mails, a batch after the other.

The lot fixes who won what and takes the places for the winners at once. Until the last of them has a reservation the
slots stay shut for the public: a batch opens them inside its own transaction only, which holds their locks. Killed
anywhere, the next run goes on with the first entry that is still open; two that run at once take turns.
"""

import datetime as dt
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from typing import Final

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.crypto import decrypt
from cityhall.db import is_postgresql
from cityhall.enums import AuditAction, Lane
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from reservations import drawing
from reservations.contacts import contact_of
from reservations.enums import DrawState, ReservationChannel, WishState
from reservations.errors import DrawNotOver
from reservations.models import Draw, DrawWish, FreedPlace, Slot
from reservations.queries import draws
from reservations.services import bookings, waitlist
from reservations.services.draws.entering import locked
from reservations.services.draws.telling import record, tell
from reservations.services.slots import give_back, lock_slots, take
from reservations.services.visits import places_for

log = logging.getLogger(__name__)
BATCH: Final = 100
_RANK_ALL: Final = """
UPDATE reservations_drawwish AS wish SET rank = new.rank, slot_id = new.slot_id
FROM unnest(%s::varchar[], %s::int[], %s::bigint[]) AS new(number, rank, slot_id)
WHERE wish.draw_id = %s AND wish.number = new.number
"""
_RANK_ONE: Final = "UPDATE reservations_drawwish SET rank = %s, slot_id = %s WHERE draw_id = %s AND number = %s"


@dataclass(frozen=True)
class Drawn:
    """How many won and lost."""

    won: int
    lost: int


def run(*, draw: Draw, by: User | None = None, now: dt.datetime | None = None) -> Drawn:
    """Draw, book the winners, tell everybody, open what is left.

    Drawing again gives the same winners: seed and list are fixed. One that was begun is finished. Raises DrawNotOver
    before the end of the wishes, StaleState when it was drawn. Each part is a transaction that locks the draw, then
    names of losers (`waitlist`), then the slots in the order of their ids.
    """
    moment = now or timezone.now()
    if moment < draw.wishes_until:
        raise DrawNotOver
    cast_lot(draw=draw, now=moment)
    while settle_batch(draw=draw, by=by):
        pass
    wishes = draw.wishes.filter(rank__isnull=False)
    return Drawn(won=wishes.filter(state=WishState.WON).count(), lost=wishes.filter(state=WishState.LOST).count())


def run_due(*, now: dt.datetime | None = None) -> int:
    """Draw everything whose wishes have ended, and finish what was begun; the number of draws.

    One that cannot be drawn does not stop the next.
    """
    moment = now or timezone.now()
    over = Q(state=DrawState.COLLECTING, wishes_until__lte=moment) | Q(state=DrawState.DRAWING)
    drawn = 0
    for draw in Draw.objects.filter(over).select_related("group", "place").order_by("id"):
        try:
            run(draw=draw, now=moment)
        except DomainError as error:
            log.warning("draw not drawn", extra={"id": draw.pk, "reason": error.code})
        else:
            drawn += 1
    return drawn


def cast_lot(*, draw: Draw, now: dt.datetime) -> None:
    """Fix who won what and take the places for them; nothing when that is done. Raises StaleState when it was drawn."""
    with transaction.atomic():
        row = locked(draw)
        if row.state == DrawState.DRAWING:
            return
        if row.state != DrawState.COLLECTING:
            raise StaleState
        slots = {draws.key_of(slot): slot for slot in lock_slots([slot.pk for slot in draws.slots_of(row)])}
        entries, room = draws.entries_of(row), draws.room_in(row, slots.values(), now)
        won = drawing.allot(entries, room, _seed_of(row))
        text = drawing.list_text(entries, room)
        Draw.objects.filter(pk=row.pk).update(
            state=DrawState.DRAWING, published_list=text, wishes_hash=drawing.list_hash(text), drawn_at=now
        )
        _write_ranks(row, won, slots)
        _keep_places(row, won, {entry.number: entry.places for entry in entries}, slots, now)


def settle_batch(*, draw: Draw, by: User | None = None, limit: int = BATCH) -> bool:
    """Give the next entries what the lot gave them; whether there are more. The last batch publishes the result.

    Everything happens as of the lot: who was drawn is not late because the worker was.
    """
    with transaction.atomic():
        row = locked(draw)
        if row.state != DrawState.DRAWING or row.drawn_at is None:
            return False
        wishes = _next_wishes(row, limit)
        for wish in wishes:
            if wish.slot is None:
                _console(wish, row.drawn_at)
        with _open_for_winners([wish.slot_id for wish in wishes if wish.slot_id is not None], row.drawn_at):
            for wish in wishes:
                if wish.slot is not None:
                    _book(wish, wish.slot, row.drawn_at)
        if len(wishes) < limit:
            _publish(row, by)
    return len(wishes) == limit


def _next_wishes(draw: Draw, limit: int) -> list[DrawWish]:
    rows = draw.wishes.filter(state=WishState.OPEN, rank__isnull=False)
    related = rows.select_related("service", "resident", "draw__group", "draw__place", "slot__place", "slot__group")
    return list(related.order_by("rank")[:limit])


def _write_ranks(draw: Draw, won: Mapping[str, str | None], slots: Mapping[str, Slot]) -> None:
    """One statement on PostgreSQL: a CASE over hundreds of entries, again and again, took two minutes for 10,000."""
    ranks = range(1, len(won) + 1)
    slot_ids = [slots[key].pk if key is not None else None for key in won.values()]
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(_RANK_ALL, [list(won), list(ranks), slot_ids, draw.pk])
        else:
            rows = zip(ranks, slot_ids, repeat(draw.pk), won, strict=False)
            cursor.executemany(_RANK_ONE, list(rows))


def _keep_places(
    draw: Draw,
    won: Mapping[str, str | None],
    places: Mapping[str, int],
    slots: Mapping[str, Slot],
    now: dt.datetime,
) -> None:
    """Take what was won in the slots, which are locked: staff may book what is left between two batches."""
    kept: dict[int, int] = {}
    for number, key in won.items():
        if key is not None:
            kept[slots[key].pk] = kept.get(slots[key].pk, 0) + places[number]
    with _open_for_winners(sorted(kept), now):
        for slot_id, count in sorted(kept.items()):
            take([slot_id], places=count, is_public=True, now=now)
    FreedPlace.objects.bulk_create(
        FreedPlace(slot_id=slot_id, places=count, is_public=True, freed_at=now, reopens_at=now, draw=draw)
        for slot_id, count in sorted(kept.items())
    )


@contextmanager
def _open_for_winners(slot_ids: Sequence[int], now: dt.datetime) -> Iterator[None]:
    """Open slots for what happens within, in the caller's transaction, and shut them again before anybody sees it.

    A day that was closed since the lot as well: the winner has a reservation there and is asked to move like
    everybody else on that day.
    """
    slots = lock_slots(sorted(set(slot_ids)))
    rows = Slot.objects.filter(pk__in=[slot.pk for slot in slots])
    rows.update(opens_at=now, closed_at=None)
    yield
    rows.update(opens_at=None)
    for slot in slots:
        if slot.closed_at is not None:
            Slot.objects.filter(pk=slot.pk).update(closed_at=slot.closed_at)


def _book(wish: DrawWish, slot: Slot, now: dt.datetime) -> None:
    """Make the reservation from the places that were kept. What cannot be booked any more is told like a loss."""
    _use_kept(wish, slot, now)
    try:
        with transaction.atomic():
            booked = bookings.book(
                group=wish.draw.group,
                place=slot.place,
                service=wish.service,
                slots=[slot],
                contact=contact_of(wish),
                request_key=f"draw-{wish.public_id}",
                people=wish.people,
                channel=ReservationChannel.DRAW,
                now=now,
            )
    except DomainError as error:
        log.exception("drawn and not booked", extra={"id": wish.pk, "reason": error.code})
        DrawWish.objects.filter(pk=wish.pk).update(slot=None)
        _console(wish, now)
        return
    DrawWish.objects.filter(pk=wish.pk).update(state=WishState.WON, reservation=booked.reservation)


def _use_kept(wish: DrawWish, slot: Slot, now: dt.datetime) -> None:
    """Give back to the slot what the booking takes in the next moment; the slot is locked."""
    places = places_for(wish.draw.group, wish.people)
    kept = FreedPlace.objects.filter(draw=wish.draw, slot=slot, settled_at__isnull=True)
    if not kept.filter(places__gt=places).update(places=F("places") - places):
        kept.update(settled_at=now)
    give_back([slot.pk], places=places, is_public=True)


def _publish(draw: Draw, by: User | None) -> None:
    """Open what is left, show the seed and seal the result: numbers in drawn order with what each won."""
    Slot.objects.filter(pk__in=[slot.pk for slot in draws.slots_of(draw)]).update(opens_at=draw.drawn_at)
    ranked = draw.wishes.filter(rank__isnull=False).select_related("slot").order_by("rank")
    result = drawing.result_text({wish.number: draws.key_of(wish.slot) if wish.slot else None for wish in ranked})
    Draw.objects.filter(pk=draw.pk).update(
        state=DrawState.DRAWN, seed=_seed_of(draw), result_hash=drawing.list_hash(result)
    )
    record(draw, AuditAction.STATE, by, detail=f"drawn {drawing.list_hash(result)}")


def _seed_of(draw: Draw) -> str:
    return decrypt(bytes(draw.sealed_seed).decode())


def _console(wish: DrawWish, now: dt.datetime) -> None:
    """Who went empty is told, and waits for what is given back when they said so, in the drawn order."""
    draw = wish.draw
    waits = wish.joins_waitlist and draw.group.has_waiting_list and draw.until_day >= timezone.localdate(now)
    if waits:
        waits = _joins(wish, now)
    DrawWish.objects.filter(pk=wish.pk).update(state=WishState.LOST)
    tell(wish, _("抽選の結果のお知らせ"), "reservations/mail/draw_lost.txt", waits=waits)


def _joins(wish: DrawWish, now: dt.datetime) -> bool:
    """Whether the person waits from now on: who waits already as often as one may, goes on waiting there."""
    draw = wish.draw
    try:
        waitlist.join(
            group=draw.group,
            place=draw.place,
            service=wish.service,
            from_day=max(draw.from_day, timezone.localdate(now)),
            until_day=draw.until_day,
            contact=contact_of(wish),
            request_key=f"draw-{wish.public_id}",
            people=wish.people,
            lane=Lane.BULK,
            now=now,
        )
    except DomainError:
        return False
    return True
