"""What this app shows on a resident's own page."""

from typing import Any

from django.http import HttpRequest

from cityhall.models import User
from cityhall.registry import Panel, my_page_panels
from residents.queries import open_invitations


def register_my_page() -> None:
    """Called once, from `AppConfig.ready`."""
    my_page_panels.register("residents.invitations", Panel("residents/_invitations.html", invitations), position=5)


def invitations(request: HttpRequest) -> dict[str, Any] | None:
    """Businesses that ask this person to file for them; one query. None when there are none."""
    user = request.user
    if not isinstance(user, User) or user.is_staff:
        return None
    waiting = list(open_invitations(user).order_by("id"))
    return {"invitations": waiting} if waiting else None
