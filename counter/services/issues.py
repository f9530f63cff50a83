"""Certificates between the desk and the hand of the person: waiting, handed over, cancelled."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from applications.models import Application, ApplicationRevision
from applications.services import casework
from applications.services.drafts import NotEditable
from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.services import audit
from cityhall.text import clean_text
from counter.at_once import copies_in
from counter.enums import IssueState
from counter.errors import CertificateInReview, ReasonMissing
from counter.models import CertificateIssue, Visit
from counter.services import hand_overs


def await_issue(visit: Visit, *, now: dt.datetime) -> list[CertificateIssue]:
    """Every certificate of a visit that was just received waits to be handed over, in the caller's transaction.

    Each once. Nothing for procedures that are decided later.
    """
    rows = Application.objects.filter(visit_procedure__visit=visit, procedure__issued_at_once=True)
    cases = rows.filter(certificate_issue=None).order_by("visit_procedure__position")
    return CertificateIssue.objects.bulk_create(
        CertificateIssue(visit=visit, application=case, copies=_copies_of(case), received_at=now) for case in cases
    )


def _copies_of(case: Application) -> int | None:
    sent = ApplicationRevision.objects.filter(application=case).order_by("-number").first()
    return copies_in(sent.answers) if sent else None


def hand(issues: Iterable[CertificateIssue], *, by: User, now: dt.datetime | None = None) -> list[CertificateIssue]:
    """WAITING → HANDED: the certificates are in the hands of the person, their cases are complete; all or none.

    Twice is once. Raises Hindered while a fee of one is due, NotIssued, NotAllowed, StaleState when one was cancelled.
    Locks the rows in the order of their ids. Audited.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        rows = _locked(issues)
        if not rows or any(row.state == IssueState.CANCELLED for row in rows):
            raise StaleState
        for row in rows:
            if row.state == IssueState.WAITING:
                casework.issue(application=row.application, by=by, now=moment)
                _end(row, IssueState.HANDED, by=by, now=moment)
    return rows


def cancel(issue: CertificateIssue, *, reason: str, by: User, now: dt.datetime | None = None) -> CertificateIssue:
    """WAITING → CANCELLED: a mistake, before anything was handed out. The case is withdrawn, what is due is let go.

    What was paid stays in the till until an approver takes it back. A terminal that has not fetched the case does not
    get it any more, one that may have it is told (`hand_overs.call_back`). Twice is once. Raises ReasonMissing,
    CertificateInReview, StaleState, NotReceiver. Audited.
    """
    moment, why = now or timezone.now(), clean_text(reason.strip())[:200]
    if not why:
        raise ReasonMissing
    with transaction.atomic():
        (row,) = _locked([issue]) or (None,)
        if row is None or row.state == IssueState.HANDED:
            raise StaleState
        if row.state == IssueState.CANCELLED:
            return row
        try:
            casework.call_off(application=row.application, reason=why, by=by, now=moment)
        except NotEditable as error:
            raise CertificateInReview from error
        # withdrawing tells the terminal; what was withdrawn before the counter heard of it is told now
        hand_overs.call_back(row.application, by=by, now=moment)
        _end(row, IssueState.CANCELLED, by=by, now=moment, reason=why)
    return row


def _locked(issues: Iterable[CertificateIssue]) -> list[CertificateIssue]:
    rows = CertificateIssue.objects.select_for_update(of=("self",), no_key=True).order_by("id")
    rows = rows.select_related("application__procedure", "application__department")
    return list(rows.filter(pk__in=[one.pk for one in issues]))


def _end(row: CertificateIssue, state: IssueState, *, by: User, now: dt.datetime, **columns: Any) -> None:
    """The only writer of `state`; the row is locked."""
    columns |= {"state": state, "over_at": now, "over_by": by}
    CertificateIssue.objects.filter(pk=row.pk, state=IssueState.WAITING).update(**columns)
    for name, value in columns.items():
        setattr(row, name, value)
    audit.record(
        action=AuditAction.STATE,
        actor=by,
        target_type="certificate_issue",
        target_id=row.public_id,
        target_label=row.application.number or "",
        detail=state,
        department_code=row.application.department.code,
    )
