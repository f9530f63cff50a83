"""What this app shows where staff begin: how much waits, and the way to it."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import ApplicationState
from applications.permissions import (
    DESIGN_PROCEDURES,
    FILE_AS_STAFF,
    MANAGE_GUIDES,
    READ_DELEGATES,
    VIEW_DISPOSAL,
    VIEW_FEES,
    VIEW_INVENTORY,
    VIEW_REPORTS,
    CaseRight,
    permission_of,
)
from applications.queries.approvals import count_turns
from applications.queries.messages import unread_cases
from applications.queries.surveys import count_waiting
from applications.queries.worklist import ME, count_up_to
from applications.report_counts import report_counts
from cityhall.days import today
from cityhall.models import User
from cityhall.registry import NavigationItem, Panel, navigation, staff_home_panels

CASES = gettext_lazy("申請")
CITY = gettext_lazy("照会・通報")
FORMS = gettext_lazy("様式・文面")
FIGURES = gettext_lazy("分析")

COUNT_LIMIT = 100
"""Nobody needs to know whether 240 or 250 cases wait; counting stops here."""


def _item(label: Promise, url_name: str, group: Promise, permission: str = "", **more: Any) -> NavigationItem:
    return NavigationItem(label, f"applications:{url_name}", "staff", permission, group=group, **more)


_VIEW, _PROCESS = permission_of(CaseRight.VIEW), permission_of(CaseRight.PROCESS)
_ITEMS: dict[str, tuple[int, NavigationItem]] = {
    "cases": (20, _item(gettext_lazy("申請の審査"), "case_list", CASES, _VIEW)),
    "approvals": (21, _item(gettext_lazy("決裁待ち"), "approval_list", CASES, _PROCESS)),
    "surveys": (
        22,
        _item(
            gettext_lazy("庁内照会"),
            "survey_list",
            CITY,
            FILE_AS_STAFF,
            count=lambda request: count_waiting(request.user),
        ),
    ),
    "reports": (24, _item(gettext_lazy("まちの通報"), "staff_report_list", CITY, VIEW_REPORTS)),
    "staff_filing": (26, _item(gettext_lazy("庁内の申請"), "staff_filing", CITY, FILE_AS_STAFF)),
    "fees": (26, _item(gettext_lazy("手数料"), "fee_day", CASES, VIEW_FEES)),
    "ratings": (28, _item(gettext_lazy("満足度"), "rating_list", FIGURES, _VIEW)),
    "extracts": (30, _item(gettext_lazy("申請の書き出し"), "extract_list", CASES, _PROCESS)),
    "disposal": (32, _item(gettext_lazy("保存と廃棄"), "disposal_list", CASES, VIEW_DISPOSAL)),
    "inventory": (34, _item(gettext_lazy("手続の棚卸"), "inventory_list", FIGURES, VIEW_INVENTORY)),
    "guide": (36, _item(gettext_lazy("手続ガイド"), "staff_guide_list", FORMS, MANAGE_GUIDES)),
    "designer": (60, _item(gettext_lazy("手続と様式"), "design_list", FORMS, DESIGN_PROCEDURES)),
    "letters": (61, _item(gettext_lazy("通知書の文面"), "letter_list", FORMS, DESIGN_PROCEDURES)),
    "reasons": (61, _item(gettext_lazy("不承認理由の文例"), "reason_list", FORMS, _PROCESS)),
    "delegates": (62, _item(gettext_lazy("代決者"), "delegate_list", FORMS, READ_DELEGATES)),
}


def register_staff_home() -> None:
    """Called once, from `AppConfig.ready`."""
    for key, (position, item) in _ITEMS.items():
        navigation.register(f"applications.{key}", item, position=position)
    staff_home_panels.register(
        "applications.reports",
        Panel(template="applications/reports/_staff_home.html", context=report_counts),
        position=24,
    )
    staff_home_panels.register(
        "applications.cases", Panel(template="applications/_staff_home.html", context=case_counts), position=20
    )


def case_counts(request: HttpRequest) -> dict[str, Any] | None:
    """Capped counts for people who work on cases; None for others, who would only see zeros."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm(permission_of(CaseRight.RECEIVE)):
        return None
    url = reverse("applications:case_list")
    figures = [
        _figure(
            user, _("新しい申請"), f"{url}?state=submitted", condition=Q(is_open=True, state=ApplicationState.SUBMITTED)
        ),
        _figure(user, _("自分が担当"), f"{url}?handler={ME}", condition=Q(is_open=True, handler=user)),
        _figure(
            user, _("期限超過"), f"{url}?due=late", condition=Q(is_open=True, due_order__lt=today()), is_alarm=True
        ),
    ]
    if user.has_perm(permission_of(CaseRight.PROCESS)):
        unread = Q(pk__in=unread_cases())
        figures.append(_figure(user, _("未読のメッセージ"), f"{url}?unread=on", condition=unread))
    if user.has_perm(permission_of(CaseRight.PROCESS)):
        figures.append(_turns(user))
    return {"figures": figures}


def _turns(user: User) -> dict[str, Any]:
    """Proposals whose next signature is this person's, also for somebody they stand in for."""
    count = count_turns(user, COUNT_LIMIT)
    return _words_of(_("決裁待ち"), reverse("applications:approval_list"), count, is_alarm=False)


def _figure(
    user: User,
    label: str,
    href: str,
    *,
    condition: Q,
    right: CaseRight = CaseRight.VIEW,
    is_alarm: bool = False,
) -> dict[str, Any]:
    count = count_up_to(COUNT_LIMIT, user=user, right=right, condition=condition)
    return _words_of(label, href, count, is_alarm=is_alarm)


def _words_of(label: str, href: str, count: int, *, is_alarm: bool) -> dict[str, Any]:
    text = f"{COUNT_LIMIT - 1}+" if count >= COUNT_LIMIT else str(count)
    return {"label": label, "href": href, "count": count, "text": text, "is_alarm": is_alarm and count > 0}
