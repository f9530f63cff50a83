"""The moves of a reservation: one conditional update on (state, revision), with its event."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import F

from cityhall.errors import StaleState
from cityhall.models import User
from reservations.enums import ReservationEventKind, ReservationState
from reservations.followers import followers
from reservations.models import Reservation, ReservationEvent

_S = ReservationState
MOVES: Mapping[ReservationState, frozenset[ReservationState]] = {
    _S.HELD: frozenset({_S.BOOKED, _S.EXPIRED, _S.CANCELLED}),
    # somebody typed longer than the hold lasted, and the places were still there
    _S.EXPIRED: frozenset({_S.BOOKED}),
    _S.BOOKED: frozenset({_S.CHECKED_IN, _S.DONE, _S.CANCELLED, _S.NO_SHOW}),
    _S.CHECKED_IN: frozenset({_S.DONE, _S.NO_SHOW}),
    # marked by the clerk, and then they came
    _S.NO_SHOW: frozenset({_S.CHECKED_IN}),
    _S.DONE: frozenset(),
    _S.CANCELLED: frozenset(),
}
_FOLLOWED = frozenset({"state", "business_day"})


def step(
    reservation: Reservation,
    *,
    to: ReservationState,
    now: dt.datetime,
    by: User | None,
    event: ReservationEventKind | None = None,
    detail: str = "",
    **fields: Any,
) -> Reservation:
    """Move a reservation and write its event, in the caller's transaction; `fields` change with the state.

    Conditional on what the caller read last: of two who move it at once one wins. Holds come and go without events.
    Raises StaleState when somebody was faster, or when the move is not allowed.
    """
    if to not in MOVES[ReservationState(reservation.state)]:
        raise StaleState
    return _write(reservation, now=now, by=by, event=event, detail=detail, fields={"state": to, **fields})


def touch(
    reservation: Reservation,
    *,
    now: dt.datetime,
    by: User | None,
    event: ReservationEventKind | None = None,
    detail: str = "",
    **fields: Any,
) -> Reservation:
    """Change columns of a reservation that keeps its state, with the event. Raises StaleState."""
    return _write(reservation, now=now, by=by, event=event, detail=detail, fields=fields)


def _write(
    reservation: Reservation,
    *,
    now: dt.datetime,
    by: User | None,
    event: ReservationEventKind | None,
    detail: str,
    fields: dict[str, Any],
) -> Reservation:
    seen = Reservation.objects.filter(pk=reservation.pk, state=reservation.state, revision=reservation.revision)
    if seen.update(revision=F("revision") + 1, **fields) != 1:
        raise StaleState
    reservation.revision += 1
    for name, value in fields.items():
        setattr(reservation, name, value)
    if event is not None:
        ReservationEvent.objects.create(reservation=reservation, kind=event, at=now, actor=by, detail=detail[:200])
    if reservation.brought_lookup and _FOLLOWED & fields.keys():
        for follow in followers:
            follow(reservation, now)
    return reservation
