"""What this app shows to residents outside its own pages: menu entries and the panel of my page."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from applications.queries.mine import own_drafts, own_list
from applications.steps import chip
from cityhall.models import User
from cityhall.registry import NavigationItem, Panel, my_page_panels, navigation

LATEST = 5
"""More stand on the page of all applications."""


def register_my_page() -> None:
    """Called once, from `AppConfig.ready`."""
    navigation.register(
        "applications.procedures",
        NavigationItem(_("手続をさがす"), "applications:procedure_list", "resident"),
        position=10,
    )
    navigation.register(
        "applications.mine", NavigationItem(_("申請状況"), "applications:my_applications", "resident"), position=30
    )
    my_page_panels.register("applications.mine", Panel("applications/_my_panel.html", latest_applications), position=20)


def latest_applications(request: HttpRequest) -> dict[str, Any] | None:
    """Open drafts and the latest applications; three queries. None for staff, who file nothing here."""
    user = request.user
    if not isinstance(user, User) or user.is_staff:
        return None
    latest: list[tuple[Application, dict[str, str]]] = [
        (application, chip(application)) for application in own_list(user)[:LATEST]
    ]
    return {"drafts": list(own_drafts(user)[:LATEST]), "applications": latest}
