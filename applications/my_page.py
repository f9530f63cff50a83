"""What this app shows to residents outside its own pages: menu entries and the panel of my page."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applications.enums import ApplicationState
from applications.marks import marks_of
from applications.models import Application, CorrectionRequest
from applications.queries.messages import has_news
from applications.queries.mine import own_applications
from applications.steps import chip
from cityhall.models import User
from cityhall.registry import NavigationItem, Panel, my_page_panels, navigation

LATEST = 5
"""More stand on the page of all applications."""
LOOKED_AT = 20
"""So many of the newest nearly always hold all that is shown: one query instead of two."""
SHOWN = (
    "public_id",
    "number",
    "state",
    "created_at",
    "submitted_at",
    "draft_saved_at",
    "seat",
    "decision",
    "procedure__name",
)


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
    navigation.register(
        "applications.report_board",
        NavigationItem(_("まちの通報"), "applications:report_list", "resident"),
        position=50,
    )
    my_page_panels.register("applications.mine", Panel("applications/_my_panel.html", latest_applications), position=20)


def latest_applications(request: HttpRequest) -> dict[str, Any] | None:
    """Open drafts and the latest applications. None for staff, who file nothing here."""
    user = request.user
    if not isinstance(user, User) or user.is_staff:
        return None
    drafts, sent = _newest(user)
    return {
        "drafts": drafts[:LATEST],
        "applications": [(application, chip(application)) for application in sent[:LATEST]],
        "returned": [(request.application, marks_of(request.application, request)) for request in _asked(sent)],
    }


def _asked(sent: list[Application]) -> list[CorrectionRequest]:
    """What people are asked to correct. One query, and none for those who are asked nothing."""
    returned = [application.pk for application in sent if application.state == ApplicationState.RETURNED]
    if not returned:
        return []
    requests = CorrectionRequest.objects.filter(application__in=returned, answered_at=None)
    return list(requests.select_related("application__procedure", "application__form_version").order_by("-id"))


def _newest(user: User) -> tuple[list[Application], list[Application]]:
    """The newest drafts and the newest others; one query, one more for somebody who has very many of the other kind."""
    own = own_applications(user).select_related("procedure").only(*SHOWN).annotate(has_news=has_news())
    rows = own.order_by("-id")
    newest: list[Application] = list(rows[:LOOKED_AT])
    drafts = [application for application in newest if application.state == ApplicationState.DRAFT]
    sent = [application for application in newest if application.state != ApplicationState.DRAFT]
    has_more = len(newest) == LOOKED_AT
    if has_more and len(drafts) < LATEST:
        drafts = list(rows.filter(state=ApplicationState.DRAFT)[:LATEST])
    if has_more and len(sent) < LATEST:
        sent = list(rows.exclude(state=ApplicationState.DRAFT)[:LATEST])
    return drafts, sent
