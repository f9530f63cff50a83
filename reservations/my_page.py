"""What this app shows to residents outside its own pages: the menu entry and the panel of my page."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.models import User
from cityhall.registry import NavigationItem, Panel, my_page_panels, navigation
from reservations.queries.own import coming, own_reservations, own_waiting

SHOWN = 3
"""More stand on the page of all reservations."""


def register_my_page() -> None:
    """Called once, from `AppConfig.ready`."""
    navigation.register(
        "reservations.booking", NavigationItem(_("窓口の予約"), "reservations:booking_start", "resident"), position=20
    )
    my_page_panels.register("reservations.mine", Panel("reservations/mine/_panel.html", next_reservations), position=15)


def next_reservations(request: HttpRequest) -> dict[str, Any] | None:
    """What is booked next, and where one waits. None for staff, who book nothing for themselves here."""
    user = request.user
    if not isinstance(user, User) or user.is_staff:
        return None
    rows = coming(own_reservations(user), timezone.now())[:SHOWN]
    return {"coming": list(rows), "waiting": list(own_waiting(user)[:SHOWN])}
