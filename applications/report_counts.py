"""What waits of the reports, for the page where staff begin."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.enums import ReportState
from applications.permissions import HANDLE_REPORTS
from applications.queries.reports import count_reports
from applications.queries.worklist import ME
from cityhall.models import User

LIMIT = 100
"""Counting stops here, as with cases."""
OLD_DAYS = 14


def report_counts(request: HttpRequest) -> dict[str, Any] | None:
    """Capped counts for those who work on reports; None for others, and while nothing was ever reported to them."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm(HANDLE_REPORTS):
        return None
    url = reverse("applications:staff_report_list")
    before = timezone.now() - dt.timedelta(days=OLD_DAYS)
    wanted = [
        (_("新しい通報"), f"{url}?state=received", Q(is_open=True, state=ReportState.RECEIVED), False),
        (_("自分が担当"), f"{url}?handler={ME}", Q(is_open=True, handler=user), False),
        (_("受付から14日を過ぎた通報"), f"{url}?age={OLD_DAYS}", Q(is_open=True, received_at__lt=before), True),
    ]
    figures = [_figure(user, *one) for one in wanted]
    return {"figures": figures} if any(figure["count"] for figure in figures) else None


def _figure(user: User, label: str, href: str, condition: Q, is_alarm: bool) -> dict[str, Any]:
    count = count_reports(user, condition, LIMIT)
    text = f"{LIMIT - 1}+" if count >= LIMIT else str(count)
    return {"label": label, "href": href, "count": count, "text": text, "is_alarm": is_alarm and count > 0}
