"""How states look on pages: words and a tone."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reservations.enums import ReservationState
from reservations.models import Reservation

_TONES: dict[str, str] = {
    ReservationState.BOOKED: "info",
    ReservationState.CHECKED_IN: "success",
    ReservationState.NO_SHOW: "warning",
}


@dataclass(frozen=True)
class Chip:
    label: str | Promise
    tone: str


def state_chip(reservation: Reservation) -> Chip:
    """The state of a reservation; what the city asks somebody to move says so instead."""
    if reservation.must_move_since is not None and reservation.state == ReservationState.BOOKED:
        return Chip(_("変更のお願い"), "warning")
    return Chip(reservation.get_state_display(), _TONES.get(reservation.state, "neutral"))
