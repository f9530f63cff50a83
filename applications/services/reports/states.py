"""The one place where a report changes its state, or what its steps rest on."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import REPORT_MOVES, ReportEventKind, ReportState
from applications.models import Report, ReportEvent
from applications.queries.reports import may_handle
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.services import audit

CLOSED = frozenset(ReportState) - {ReportState.RECEIVED, ReportState.IN_PROGRESS}


class NotAllowed(DomainError):
    """The person may not work on this report."""

    code = "not_allowed"
    message = _("この通報に対する権限がありません。")


def check_right(report: Report, by: User) -> None:
    """Raises NotAllowed."""
    if not may_handle(by, report):
        raise NotAllowed


def move(
    report: Report,
    *,
    to: ReportState,
    event: ReportEventKind,
    by: User,
    note: str = "",
    now: dt.datetime | None = None,
    **fields: Any,
) -> Report:
    """Move a report and write its event and the audit's, in one transaction.

    Conditional on (state, revision) as the caller last read them: of two people who act at the same moment one wins.
    Raises NotAllowed, and StaleState when somebody was faster or the state seen allows no such move.
    """
    if to not in REPORT_MOVES[ReportState(report.state)]:
        check_right(report, by)
        raise StaleState
    moment = now or timezone.now()
    closed_at = moment if to in CLOSED else None
    return change(report, event=event, by=by, note=note, now=moment, state=to, closed_at=closed_at, **fields)


def change(
    report: Report,
    *,
    event: ReportEventKind,
    by: User,
    note: str = "",
    now: dt.datetime | None = None,
    **fields: Any,
) -> Report:
    """Set columns of a report, with its event; the revision rises, so that an older page does nothing.

    Raises NotAllowed, and StaleState when somebody was faster.
    """
    check_right(report, by)
    with transaction.atomic():
        seen = Report.objects.filter(pk=report.pk, state=report.state, revision=report.revision)
        if seen.update(revision=F("revision") + 1, **fields) != 1:
            raise StaleState
        ReportEvent.objects.create(report=report, kind=event, at=now or timezone.now(), actor=by, note=note)
        audit.record(
            action=AuditAction.STATE if "state" in fields else AuditAction.CHANGE,
            actor=by,
            target_type="report",
            target_id=report.public_id,
            target_label=report.number,
            detail=event.value,
            department_code=report.department.code,
            changed_fields=tuple(fields),
        )
    report.revision += 1
    for name, value in fields.items():
        setattr(report, name, value)
    return report
