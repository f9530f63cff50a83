"""Telling people that their time is gone, or that it holds after all.

Each reservation is a transaction of its own and is marked in it: told once, killed half-way the rest is told later.
Nothing here holds a slot: booking takes reservations first and slots after them.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cityhall.errors import StaleState
from cityhall.models import User
from reservations.enums import ReservationEventKind, ReservationState, WaitlistState
from reservations.models import Reservation, ReservationEvent, WaitlistEntry
from reservations.services.freed import expire
from reservations.services.mails import Occasion, tell
from reservations.services.offers import withdraw

Row = TypeVar("Row", Reservation, WaitlistEntry)


@dataclass(frozen=True)
class Told:
    """Who has a mail on the way with another time to choose, and who has only a telephone."""

    mailed: list[Reservation] = field(default_factory=list)
    by_phone: list[Reservation] = field(default_factory=list)


def tell_affected(
    *, reservations: Iterable[Reservation], by: User | None, reason: str = "", now: dt.datetime | None = None
) -> Told:
    """Mark reservations as asked to move and mail the link to choose another time; once each.

    Those that were told, moved or cancelled meanwhile are in neither list.
    """
    moment = now or timezone.now()
    told = Told()
    for reservation in reservations:
        with transaction.atomic():
            if not _claim(reservation, {"must_move_since": moment}, was_told=False):
                continue
            is_mailed = tell(reservation, Occasion.MUST_MOVE, reason=reason)
            ReservationEvent.objects.create(
                reservation=reservation, kind=ReservationEventKind.OFFERED_ANOTHER, at=moment, actor=by
            )
        reservation.must_move_since = moment
        (told.mailed if is_mailed else told.by_phone).append(reservation)
    return told


def tell_reopened(*, reservations: Iterable[Reservation], by: User | None, now: dt.datetime) -> Told:
    """Take back the request to move: the reservation holds as it was."""
    told = Told()
    for reservation in reservations:
        with transaction.atomic():
            if not _claim(reservation, {"must_move_since": None}, was_told=True):
                continue
            is_mailed = tell(reservation, Occasion.HOLDS_AGAIN)
            ReservationEvent.objects.create(
                reservation=reservation,
                kind=ReservationEventKind.CHANGED,
                at=now,
                actor=by,
                detail="must_move_withdrawn",
            )
        (told.mailed if is_mailed else told.by_phone).append(reservation)
    return told


def note_phoned(*, reservation: Reservation, by: User, now: dt.datetime | None = None) -> bool:
    """Note that somebody without mail was told by telephone to choose another time; whether this was the first note.

    Raises StaleState when there is nothing to tell any more: moved, cancelled, or the time is there again.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        rows = Reservation.objects.filter(state=ReservationState.BOOKED, must_move_since__isnull=False)
        row = _locked(rows.filter(pk=reservation.pk))
        if row is None or row.must_move_since is None:
            raise StaleState
        calls = ReservationEvent.objects.filter(reservation=row, kind=ReservationEventKind.PHONED)
        if calls.filter(at__gte=row.must_move_since).exists():
            return False
        ReservationEvent.objects.create(reservation=row, kind=ReservationEventKind.PHONED, at=moment, actor=by)
    return True


def take_back_requests(*, now: dt.datetime | None = None) -> Told:
    """Tell whoever was asked to move and whose time is there again: a holiday was taken back, others moved first."""
    asked = Reservation.objects.filter(state=ReservationState.BOOKED, must_move_since__isnull=False)
    still_gone = asked.filter(slots__slot__closed_at__isnull=False)
    rows = asked.exclude(pk__in=still_gone.order_by().values("pk")).order_by("id")
    related = rows.select_related("group", "place", "service", "resident")
    return tell_reopened(reservations=related, by=None, now=now or timezone.now())


def _claim(reservation: Reservation, change: dict[str, dt.datetime | None], *, was_told: bool) -> bool:
    rows = Reservation.objects.filter(
        pk=reservation.pk, state=ReservationState.BOOKED, must_move_since__isnull=not was_told
    )
    return rows.update(**change) == 1


def end_holds_in(slot_ids: Collection[int], *, now: dt.datetime) -> None:
    """End holds in these slots: whoever confirms is told to choose another time. Each in its own transaction.

    Whom a place was offered to from the waiting list keeps waiting, first in line.
    """
    holds = Reservation.objects.filter(state=ReservationState.HELD, slots__slot__in=slot_ids)
    for pk in sorted(set(holds.values_list("pk", flat=True))):
        with transaction.atomic():
            entry = _locked(WaitlistEntry.objects.filter(offer=pk, state=WaitlistState.OFFERED))
            if entry is not None:
                withdraw(entry, to=WaitlistState.WAITING, now=now)
                continue
            hold = _locked(Reservation.objects.filter(pk=pk, state=ReservationState.HELD).select_related("group"))
            if hold is not None:
                expire(hold, now=now)


def _locked(rows: QuerySet[Row]) -> Row | None:
    """The one row, held until the transaction ends; None when it has changed meanwhile."""
    return rows.select_for_update(of=("self",), no_key=True).first()
