"""Who has a booking for a time that is not there any more: a closed slot, or one lowered under what is taken."""

import datetime as dt
from collections.abc import Collection, Iterable
from itertools import groupby

from django.db.models import QuerySet

from reservations.enums import ReservationState
from reservations.models import Reservation, ReservationSlot, Slot


def displaced_in(slot_ids: Collection[int], *, now: dt.datetime) -> list[Reservation]:
    """Booked reservations that have to move out of these slots, by their start. Two queries.

    Of a closed slot everybody; of one that was lowered whoever booked last, until the rest fits.
    """
    uses = _uses().filter(slot__in=slot_ids, reservation__ends_at__gt=now)
    return _displaced(uses.order_by("slot_id", "-reservation__booked_at", "-reservation_id"))


def displaced_of(slots: QuerySet[Slot], *, now: dt.datetime) -> list[Reservation]:
    """The same for slots that a query finds."""
    closed = slots.filter(closed_at__isnull=False, taken__gt=0, ends_at__gt=now)
    return displaced_in(list(closed.values_list("pk", flat=True)), now=now)


def _uses() -> QuerySet[ReservationSlot]:
    rows = ReservationSlot.objects.filter(slot__closed_at__isnull=False, reservation__state=ReservationState.BOOKED)
    return rows.select_related(
        "slot", "reservation__group", "reservation__place", "reservation__service", "reservation__resident"
    )


def _displaced(uses: Iterable[ReservationSlot]) -> list[Reservation]:
    found: dict[int, Reservation] = {}
    for _, in_slot in groupby(uses, key=lambda use: use.slot_id):
        for reservation in _too_many(list(in_slot)):
            found.setdefault(reservation.pk, reservation)
    return sorted(found.values(), key=lambda row: (row.starts_at, row.pk))


def _too_many(newest_first: list[ReservationSlot]) -> list[Reservation]:
    slot = newest_first[0].slot
    if slot.wanted_capacity is None:
        return [use.reservation for use in newest_first]
    excess = slot.taken - slot.wanted_capacity
    last: list[Reservation] = []
    for use in newest_first:
        if excess <= 0:
            break
        last.append(use.reservation)
        excess -= use.reservation.places
    return last
