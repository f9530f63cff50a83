"""What circulars show outside their own pages: the menu of heads and of the city, my page, the staff home."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cityhall.enums import Role
from cityhall.models import User
from cityhall.queries.staff import scope_of
from cityhall.registry import NavigationItem, Panel, my_page_panels, navigation, staff_home_panels
from notices.queries import circulars as queries
from notices.views.circulars.looks import reading_card
from residents.queries import resident_of

LATEST = 3
_GROUP = _("通知・郵送")


def register_circulars() -> None:
    """Called once, with the other panels."""
    for position, (key, label, permission) in enumerate(
        [
            ("circular_list", _("電子回覧板"), "notices.view_circular"),
            ("circular_districts", _("自治会の世帯"), "notices.view_circularhome"),
        ],
        start=48,
    ):
        item = NavigationItem(label, f"notices:{key}", "staff", permission, group=_GROUP)
        navigation.register(f"notices.{key}", item, position=position)
    my_page_panels.register(
        "notices.circulars", Panel("notices/circulars/_my_panel.html", unread_circulars), position=70
    )
    staff_home_panels.register(
        "notices.circulars", Panel("notices/circulars/_staff_home.html", circulars_going_round), position=10
    )


def unread_circulars(request: HttpRequest) -> dict[str, Any] | None:
    """The newest circulars the home has not read; None for people without a household, who cannot join."""
    user = request.user
    if not isinstance(user, User):
        return None
    resident = resident_of(user)
    if resident is None or resident.household_id is None:
        return None
    homes = queries.homes_of(user)
    # unread ones stand first
    newest = queries.circulars_for_homes(homes)[:LATEST] if homes else []
    cards = [reading_card(row, href=reverse("notices:circular_page", args=[row.public_id])) for row in newest]
    return {"has_home": bool(homes), "cards": [card for card in cards if not card["is_read"]]}


def circulars_going_round(request: HttpRequest) -> dict[str, Any] | None:
    """For the head of a district: what goes round there and how many homes have not read it."""
    user = request.user
    if not isinstance(user, User) or Role.DISTRICT_HEAD not in scope_of(user).roles:
        return None
    districts = list(queries.districts_headed_by(user))
    running = queries.on_display().values("pk")
    rows = list(queries.circulars_for(user).filter(pk__in=running).order_by("-published_at", "-id")[:LATEST])
    figures = queries.figures_of(rows, user)
    return {"districts": districts, "rows": [(row, figures[row.pk]) for row in rows]}
