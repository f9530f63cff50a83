"""The closing of a till's day (日計): counted by a person, kept for good."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import PaymentMethod
from applications.models import DailyClosing
from applications.queries.fees import own_tills, totals_of
from applications.services.casework.steps import NotAllowed
from cityhall.days import local_date
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import Department, User
from cityhall.services import audit


class NothingToClose(DomainError):
    """A day without entries, or one that is still to come."""

    code = "nothing_to_close"
    message = _("この日の収納はありません。")


class ClosingChanged(StaleState):
    """Somebody took or gave money while the page was open."""

    code = "closing_changed"
    message = _("画面を開いた後に収納が変わりました。合計を確認してから、もう一度締めてください。")


class CountDiffers(DomainError):
    """The counted cash differs from the entries, and nobody said why."""

    code = "count_differs"
    message = _("現金の実際有高が合計と違います。過不足の理由を入力してください。")


def close_day(
    *,
    department: Department,
    day: dt.date,
    counted_cash: int,
    note: str,
    seen_total: int,
    by: User,
    now: dt.datetime | None = None,
) -> DailyClosing:
    """Close a day: from now on its entries stand. Closing it again returns the first closing. Audited.

    `seen_total` is the sum of the page. Raises NotAllowed, NothingToClose, ClosingChanged, CountDiffers. Locks the
    till, so that nothing is taken meanwhile.
    """
    if department.pk not in own_tills(by):
        raise NotAllowed
    moment = now or timezone.now()
    if day > local_date(moment):
        raise NothingToClose
    with transaction.atomic():
        Department.objects.select_for_update(no_key=True).get(pk=department.pk)
        closed = DailyClosing.objects.filter(department=department, business_day=day).first()
        if closed is not None:
            return closed
        totals = totals_of(department, day)
        _check_counted(totals, counted_cash, note, seen_total)
        closing = DailyClosing.objects.create(
            department=department,
            business_day=day,
            totals=totals,
            counted_cash=counted_cash,
            note=note.strip(),
            closed_by=by,
            closed_at=moment,
        )
        _record(closing, by)
    return closing


def _check_counted(totals: dict[str, dict[str, int]], counted_cash: int, note: str, seen_total: int) -> None:
    """What the till says against what the person saw and counted."""
    if not totals:
        raise NothingToClose
    if sum(total["amount"] for total in totals.values()) != seen_total:
        raise ClosingChanged
    cash = totals.get(PaymentMethod.CASH.value, {"amount": 0})["amount"]
    if counted_cash != cash and not note.strip():
        raise CountDiffers


def _record(closing: DailyClosing, by: User) -> None:
    audit.record(
        action=AuditAction.CREATE,
        actor=by,
        target_type="dailyclosing",
        target_id=closing.public_id,
        target_label=closing.business_day.isoformat(),
        department_code=closing.department.code,
    )
