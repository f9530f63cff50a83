"""The disposal of one case after another, each in a transaction of its own."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.enums import CLOSED_STATES, DisposalState, EventKind
from applications.models import (
    Application,
    ApplicationEvent,
    ApplicationRevision,
    Approval,
    ApprovalSignature,
    Attachment,
    BulkDecision,
    BulkDecisionRow,
    CaseFile,
    CaseNote,
    CheckMark,
    CorrectionRequest,
    Disposal,
    DisposalMark,
    DisposalRow,
    Message,
    MessageFile,
    Payment,
    PaymentEvent,
    Reception,
)
from applications.queries.retention import reasons_to_keep
from applications.services.retention.planning import TASK
from cityhall import queue
from cityhall.enums import AuditAction
from cityhall.models import StoredFile
from cityhall.services import audit, work

EMPTIED: dict[str, Any] = {
    "applicant_name": "",
    "applicant_kana": "",
    "applicant_search": "",
    "applicant_search_kana": "",
    "applicant_email": "",
    "guest_email": "",
    "link_values": {},
    "draft_answers": {},
    "page_states": {},
    "decision_reason": "",
    "editing_since": None,
}
"""What of the row of a case goes; number, procedure, dates and decision stay, and who it belongs to."""


def dispose_due(*, budget_seconds: float = 20.0) -> int:
    """Dispose of the cases of approved lists until none is left or the time is used; the number handled.

    Killed half-way, it goes on where it was: a case is disposed of wholly or not at all.
    """
    count = work.run_due(DisposalRow, dispose_row, budget_seconds=budget_seconds, wake=TASK)
    for disposal in Disposal.objects.filter(state=DisposalState.APPROVED):
        if not disposal.rows.filter(finished_at=None).exists():
            over = Disposal.objects.filter(pk=disposal.pk, state=DisposalState.APPROVED)
            over.update(state=DisposalState.DONE, finished_at=timezone.now())
    return count


def dispose_row(row: DisposalRow, *, now: dt.datetime | None = None) -> None:
    """Dispose of one case, or note why it stays: it is looked at once more, under the lock of its row.

    What was disposed of already is left as it is.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        rows = Application.objects.select_for_update(of=("self",)).select_related("procedure", "department")
        case = rows.get(pk=row.application_id)
        if case.disposed_at is None:
            reason = _why_not(row, case, moment)
            if reason:
                work.finish(row, now=moment, skipped_reason=reason[:200])
                return
            _dispose(row, case, moment)
        work.finish(row, now=moment)
    queue.wake("cityhall.tasks.sweep_files")


def _why_not(row: DisposalRow, case: Application, now: dt.datetime) -> str:
    if row.disposal.state != DisposalState.APPROVED:
        return _("一覧が承認されていません。")
    if case.state not in CLOSED_STATES or case.keep_until is None or case.keep_until >= row.disposal.as_of:
        return _("一覧を作った後に、審査が再開されました。")
    return " ".join(map(str, reasons_to_keep(case, now=now)))


def _dispose(row: DisposalRow, case: Application, now: dt.datetime) -> None:
    """Marks first: the triggers ask them."""
    approvals, payments = (list(model.objects.filter(application=case)) for model in (Approval, Payment))
    DisposalMark.objects.bulk_create(
        DisposalMark(row=row, table=one._meta.db_table, object_id=one.pk) for one in (case, *approvals, *payments)
    )
    _delete_files(case, now)
    for model in (Message, ApplicationRevision, CaseNote, CheckMark, CorrectionRequest):
        model._default_manager.filter(application=case).delete()
    ApplicationEvent.objects.filter(application=case).exclude(note="").update(note="")
    Reception.objects.filter(application=case).update(person_name="", person_kana="", identity_note="")
    Approval.objects.filter(application=case).update(reason="", comment="")
    ApprovalSignature.objects.filter(approval__application=case).exclude(comment="").update(comment="")
    PaymentEvent.objects.filter(payment__application=case).exclude(note="").update(note="")
    # the constraint wants a reason; why a fee was waived may say a lot of a person
    Payment.objects.filter(application=case).exclude(exemption_reason="").update(exemption_reason=_("廃棄済み"))
    # a page that was open sends a revision that is over
    Application.objects.filter(pk=case.pk).update(**EMPTIED, disposed_at=now, revision=F("revision") + 1)
    _empty_bulks(case)
    ApplicationEvent.objects.create(application=case, kind=EventKind.DISPOSED, at=now, actor=row.disposal.approved_by)
    audit.record(
        action=AuditAction.DELETE,
        actor=row.disposal.approved_by,
        target_type="application",
        target_id=case.public_id,
        target_label=case.number or "",
        detail=f"disposal {row.disposal.public_id}",
        department_code=case.department.code,
    )


def _empty_bulks(case: Application) -> None:
    """The words of a bulk decision go with the last of its cases. Locks the bulks: the last two see one another."""
    bulks = BulkDecision.objects.filter(rows__application=case).select_for_update(of=("self",)).order_by("pk")
    locked = list(bulks.values_list("pk", flat=True))
    kept = BulkDecisionRow.objects.filter(bulk=OuterRef("pk"), application__disposed_at=None)
    BulkDecision.objects.filter(~Exists(kept), pk__in=locked).update(reason="")


def _delete_files(case: Application, now: dt.datetime) -> None:
    """The rows go; the files follow with the next sweep of `cityhall`, which nothing can open until then."""
    sources = (
        Attachment.objects.filter(application=case),
        CaseFile.objects.filter(application=case),
        MessageFile.objects.filter(message__application=case),
    )
    for rows in sources:
        ids = list(rows.values_list("file_id", flat=True))
        rows.delete()
        StoredFile.objects.filter(pk__in=ids).update(delete_after=now)
