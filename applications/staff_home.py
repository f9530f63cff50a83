"""What this app shows where staff begin: how much waits, and the way to it."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import ApplicantKind, ApplicationState, ApprovalState
from applications.models import Approval
from applications.permissions import (
    DESIGN_PROCEDURES,
    MANAGE_GUIDES,
    VIEW_INVENTORY,
    VIEW_REPORTS,
    CaseRight,
    permission_of,
)
from applications.queries.messages import unread_cases
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
            user, _("期限超過"), f"{url}?overdue=on", condition=Q(is_open=True, due_order__lt=today()), is_alarm=True
        ),
    ]
    if user.has_perm(permission_of(CaseRight.PROCESS)):
        unread = Q(pk__in=unread_cases())
        figures.append(_figure(user, _("未読のメッセージ"), f"{url}?unread=on", condition=unread))
    if user.has_perm(permission_of(CaseRight.APPROVE)):
        figures.append(
            _figure(
                user,
                _("決裁待ち"),
                f"{url}?state=approving",
                right=CaseRight.APPROVE,
                condition=_waits_for(user),
            )
        )
    return {"figures": figures}


def _waits_for(user: User) -> Q:
    """Cases with a proposal of somebody else, and not filed by this person as staff."""
    waiting = Approval.objects.filter(application=OuterRef("pk"), state=ApprovalState.WAITING)
    by_others = Q(Exists(waiting.exclude(proposed_by=user)), is_open=True, state=ApplicationState.APPROVING)
    return by_others & ~Q(applicant_kind=ApplicantKind.STAFF, filed_by=user)


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
    text = f"{COUNT_LIMIT - 1}+" if count >= COUNT_LIMIT else str(count)
    return {"label": label, "href": href, "count": count, "text": text, "is_alarm": is_alarm and count > 0}
