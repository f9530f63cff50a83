"""What every page knows: the city, the menu of this person, and how long their session lasts."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from cityhall import guests
from cityhall.models import User
from cityhall.queries.city import city_of_page
from cityhall.registry import NavigationItem, navigation
from notices.unread import count_unread
from portal import sessions


def portal(request: HttpRequest) -> dict[str, Any]:
    """Values for header and footer; what costs a query is worked out only where a page shows it."""
    user = getattr(request, "user", None)
    is_signed_in = user is not None and user.is_authenticated
    is_staff = is_signed_in and getattr(user, "is_staff", False)
    return {
        "city": SimpleLazyObject(city_of_page),
        "navigation": SimpleLazyObject(lambda: menu_of(request, user if is_signed_in else None)),
        "staff_menu": SimpleLazyObject(lambda: grouped(menu_of(request, user if is_staff else None))),
        # pages that residents and staff share stand in the frame of who opens them
        "frame": "base_staff.html" if is_staff else "base.html",
        "is_demo": settings.DEMO,
        "session_idle_seconds": sessions.idle_limit(request.session) if is_signed_in else _guests_seconds(request),
        "unread_notices": SimpleLazyObject(lambda: count_unread(request.user)) if is_signed_in else 0,
    }


def _guests_seconds(request: HttpRequest) -> int:
    """How long a page of a guest's own stays open without use; 0 on all other pages, which cost no session."""
    match = request.resolver_match
    if match is None or not getattr(match.func, "access_rule", "").endswith("guest"):
        return 0
    public_id = str(match.kwargs.get("public_id", ""))
    name = guests.name_of(request.session, public_id)
    return guests.IDLE_SECONDS if name and guests.is_open(request.session, name) else 0


def menu_of(request: HttpRequest, user: User | None) -> list[dict[str, Any]]:
    """The menu entries of this person; visitors see the residents' menu and are asked to sign in where needed."""
    shown = [(item, reverse(item.url_name)) for item in navigation if _is_shown(item, user)]
    # of pages under each other the nearest one
    here = max((href for _item, href in shown if _is_current(request.path, href)), key=len, default="")
    return [
        {
            "label": item.label,
            "href": href,
            "current": href == here,
            "count": item.count(request) if item.count else 0,
            "group": str(item.group),
        }
        for item, href in shown
    ]


def grouped(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The groups of the staff's menu, each where its first entry stands; one entry alone is no group.

    Open is the group of this page; on a page that the menu does not name, the first one.
    """
    names = dict.fromkeys(entry["group"] or entry["href"] for entry in entries)
    found = [[entry for entry in entries if (entry["group"] or entry["href"]) == name] for name in names]
    first = next((rows for rows in found if len(rows) > 1), None)
    is_elsewhere = not any(entry["current"] and entry["group"] for entry in entries)
    return [
        {
            "label": rows[0]["group"] if len(rows) > 1 else "",
            "entries": rows,
            "count": sum(entry["count"] for entry in rows),
            "is_open": any(entry["current"] for entry in rows) or (is_elsewhere and rows is first),
        }
        for rows in found
    ]


def _is_shown(item: NavigationItem, user: User | None) -> bool:
    if user is None or not user.is_staff:
        return item.audience == "resident"
    return item.audience == "staff" and (not item.permission or user.has_perm(item.permission))


def _is_current(path: str, href: str) -> bool:
    """Exact for the short ones (`/my/`, `/staff/`), which are the beginning of all others."""
    return path == href or (href.count("/") > 2 and path.startswith(href))
