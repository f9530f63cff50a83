"""Marks at the points of a checklist: who looked at what, for the answers as they stand."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models import Application, ChecklistItem, CheckMark
from applications.queries.desk import may_check
from applications.services.casework.steps import NotAllowed
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.services import audit


class NoSuchPoint(DomainError):
    """The point is none of the procedure's, or not any more."""

    code = "no_such_point"
    message = _("この審査項目は、今は使われていません。画面を読み込み直してください。")


def check_point(*, application: Application, item_id: int, seen: int, by: User, now: dt.datetime | None = None) -> None:
    """Mark a point as looked at. Marking twice keeps the first mark. Audited. Locks the application.

    `seen` is the number of the answers the person read: marks are for those only. Raises NotAllowed, StaleState
    when they were corrected meanwhile or the case is decided, NoSuchPoint.
    """
    with transaction.atomic():
        _lock(application, by, seen)
        points = ChecklistItem.objects.filter(procedure=application.procedure_id, is_active=True)
        point = points.filter(pk=item_id).first()
        if point is None:
            raise NoSuchPoint
        _mark, is_new = CheckMark.objects.get_or_create(
            application=application, item=point, defaults={"checked_by": by, "checked_at": now or timezone.now()}
        )
        if is_new:
            _record(application, by, f"checked {point.pk}")


def uncheck_point(*, application: Application, item_id: int, seen: int, by: User) -> None:
    """Take a mark away again; twice changes nothing. Audited. Locks the application. Raises NotAllowed, StaleState."""
    with transaction.atomic():
        _lock(application, by, seen)
        count, _rows = CheckMark.objects.filter(application=application, item=item_id).delete()
        if count:
            _record(application, by, f"unchecked {item_id}")


def forget_marks(application: Application) -> None:
    """Take all marks away, in the transaction that changes the answers: what was looked at is no more."""
    CheckMark.objects.filter(application=application).delete()


def _lock(application: Application, by: User, seen: int) -> None:
    row = Application.objects.select_for_update(no_key=True).select_related(None).get(pk=application.pk)
    application.state = row.state
    if not may_check(by, application, in_any_state=True):
        raise NotAllowed
    newest = application.revisions.order_by("-number").values_list("number", flat=True).first()
    if not may_check(by, application) or newest != seen:
        raise StaleState


def _record(application: Application, by: User, detail: str) -> None:
    audit.record(
        action=AuditAction.CHANGE,
        actor=by,
        target_type="application",
        target_id=application.public_id,
        target_label=application.number or "",
        detail=detail,
        department_code=application.department.code,
    )
