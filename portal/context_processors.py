"""What every page knows: the city, the menu of this person, and how long their session lasts."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from cityhall.models import Municipality, User
from cityhall.queries.city import municipality
from cityhall.registry import NavigationItem, navigation
from notices.enums import NoticeState
from notices.models import Notice
from portal import sessions
from residents.queries import resident_of, row_ids_of


def portal(request: HttpRequest) -> dict[str, Any]:
    """Values for header and footer; what costs a query is worked out only where a page shows it."""
    user = getattr(request, "user", None)
    is_signed_in = user is not None and user.is_authenticated
    return {
        "city": SimpleLazyObject(_city_or_none),
        "navigation": SimpleLazyObject(lambda: menu_of(request, user if is_signed_in else None)),
        "is_demo": settings.DEMO,
        "session_idle_seconds": sessions.idle_limit(request.session) if is_signed_in else 0,
        "unread_notices": SimpleLazyObject(lambda: _unread_notices(user)) if is_signed_in else 0,
    }


def menu_of(request: HttpRequest, user: User | None) -> list[dict[str, Any]]:
    """The menu entries of this person; visitors see the residents' menu and are asked to sign in where needed."""
    entries = []
    for item in navigation:
        if _is_shown(item, user):
            href = reverse(item.url_name)
            entries.append({"label": item.label, "href": href, "current": _is_current(request.path, href)})
    return entries


def _is_shown(item: NavigationItem, user: User | None) -> bool:
    if user is None or not user.is_staff:
        return item.audience == "resident"
    return item.audience == "staff" and (not item.permission or user.has_perm(item.permission))


def _is_current(path: str, href: str) -> bool:
    """Exact for the short ones (`/my/`, `/staff/`), which are the beginning of all others."""
    return path == href or (href.count("/") > 2 and path.startswith(href))


def _city_or_none() -> Municipality | None:
    try:
        return municipality()
    except Municipality.DoesNotExist:
        return None


def _unread_notices(user: User | None) -> int:
    """For residents only; staff have no letters of their own here."""
    if user is None or user.is_staff:
        return 0
    resident = resident_of(user)
    if resident is None:
        return 0
    return Notice.objects.filter(recipient__in=row_ids_of(resident), state=NoticeState.AVAILABLE).count()
