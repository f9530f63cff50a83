"""What this app shows where staff begin: how much waits, and the way to it."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import ApplicationState
from applications.permissions import (
    DESIGN_PROCEDURES,
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

COUNT_LIMIT = 100
"""Nobody needs to know whether 240 or 250 cases wait; counting stops here."""


def register_staff_home() -> None:
    """Called once, from `AppConfig.ready`."""
    navigation.register(
        "applications.cases",
        NavigationItem(
            label=gettext_lazy("申請の審査"),
            url_name="applications:case_list",
            audience="staff",
            permission=permission_of(CaseRight.VIEW),
        ),
        position=20,
    )
    navigation.register(
        "applications.approvals",
        NavigationItem(
            label=gettext_lazy("決裁待ち"),
            url_name="applications:approval_list",
            audience="staff",
            permission=permission_of(CaseRight.PROCESS),
        ),
        position=21,
    )
    navigation.register(
        "applications.delegates",
        NavigationItem(
            label=gettext_lazy("代決者"),
            url_name="applications:delegate_list",
            audience="staff",
            permission=READ_DELEGATES,
        ),
        position=62,
    )
    navigation.register(
        "applications.letters",
        NavigationItem(
            label=gettext_lazy("通知書の文面"),
            url_name="applications:letter_list",
            audience="staff",
            permission=DESIGN_PROCEDURES,
        ),
        position=61,
    )
    navigation.register(
        "applications.reasons",
        NavigationItem(
            label=gettext_lazy("不承認理由の文例"),
            url_name="applications:reason_list",
            audience="staff",
            permission=permission_of(CaseRight.PROCESS),
        ),
        position=61,
    )
    navigation.register(
        "applications.staff_filing",
        NavigationItem(label=gettext_lazy("庁内の申請"), url_name="applications:staff_filing", audience="staff"),
        position=26,
    )
    navigation.register(
        "applications.designer",
        NavigationItem(
            label=gettext_lazy("手続と様式"),
            url_name="applications:design_list",
            audience="staff",
            permission=DESIGN_PROCEDURES,
        ),
        position=60,
    )
    navigation.register(
        "applications.surveys",
        NavigationItem(
            label=gettext_lazy("庁内照会"),
            url_name="applications:survey_list",
            audience="staff",
            count=lambda request: count_waiting(request.user),
        ),
        position=22,
    )
    navigation.register(
        "applications.reports",
        NavigationItem(
            label=gettext_lazy("まちの通報"),
            url_name="applications:staff_report_list",
            audience="staff",
            permission=VIEW_REPORTS,
        ),
        position=24,
    )
    navigation.register(
        "applications.ratings",
        NavigationItem(
            label=gettext_lazy("満足度"),
            url_name="applications:rating_list",
            audience="staff",
            permission=permission_of(CaseRight.VIEW),
        ),
        position=28,
    )
    navigation.register(
        "applications.extracts",
        NavigationItem(
            label=gettext_lazy("申請の書き出し"),
            url_name="applications:extract_list",
            audience="staff",
            permission=permission_of(CaseRight.PROCESS),
        ),
        position=30,
    )
    navigation.register(
        "applications.fees",
        NavigationItem(
            label=gettext_lazy("手数料"),
            url_name="applications:fee_day",
            audience="staff",
            permission=VIEW_FEES,
        ),
        position=26,
    )
    navigation.register(
        "applications.disposal",
        NavigationItem(
            label=gettext_lazy("保存と廃棄"),
            url_name="applications:disposal_list",
            audience="staff",
            permission=VIEW_DISPOSAL,
        ),
        position=32,
    )
    navigation.register(
        "applications.inventory",
        NavigationItem(
            label=gettext_lazy("手続の棚卸"),
            url_name="applications:inventory_list",
            audience="staff",
            permission=VIEW_INVENTORY,
        ),
        position=34,
    )
    navigation.register(
        "applications.guide",
        NavigationItem(
            label=gettext_lazy("手続ガイド"),
            url_name="applications:staff_guide_list",
            audience="staff",
            permission=MANAGE_GUIDES,
        ),
        position=36,
    )
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
