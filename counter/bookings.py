"""What this app wants to know of bookings, and how a browser that books for a prefill comes back to it."""

import time
from typing import Final

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.urls import reverse

from counter.services import prefills
from reservations.enums import SupplyKind
from reservations.followers import after_booking, contact_pages, followers
from reservations.models import Reservation

_KEY = "prefill_books"
_KEPT_SECONDS: Final = 60 * 60
ANY: Final = ""
"""Whatever the booking is for: the city has not said which service takes these procedures."""


def register_bookings() -> None:
    """Called once, from `AppConfig.ready`."""
    followers.register("counter.prefills", prefills.follow)
    contact_pages.register("counter.prefills", way_to_contact)
    after_booking.register("counter.prefills", way_back)


def note_booking(session: SessionBase, group_key: str) -> None:
    """Remember that what is booked next in this group is for the prefill. The session knows no code and no prefill."""
    session[_KEY] = [int(time.time()), group_key]


def forget_booking(session: SessionBase) -> None:
    session.pop(_KEY, None)


def way_to_contact(request: HttpRequest, reservation: Reservation) -> str:
    """The page of the contact under /prefill/, where the browser sends the token: it shows what was typed at home."""
    is_noted = _is_noted(request.session, reservation)
    return reverse("counter:home_booking_contact", args=[reservation.public_id]) if is_noted else ""


def _is_noted(session: SessionBase, reservation: Reservation) -> bool:
    noted_at, group_key = session.get(_KEY, [0, ANY])
    is_of_group = reservation.group.kind == SupplyKind.COUNTER and group_key in (ANY, reservation.group.key)
    return is_of_group and time.time() - noted_at <= _KEPT_SECONDS


def way_back(request: HttpRequest, reservation: Reservation) -> str:
    """The page that brings the prefill of this browser to what was just booked, or "".

    Pressed twice, the booking has the code already and leads there once more.
    """
    is_brought = reservation.group.kind == SupplyKind.COUNTER and reservation.brought_lookup
    if not (is_brought or _is_noted(request.session, reservation)):
        return ""
    return reverse("counter:home_booking_attach", args=[reservation.public_id])
