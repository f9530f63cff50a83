"""Letters for those who did not open: the clock, the run, the print file, the post."""

import datetime as dt
import logging

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.enums import AuditAction, Lane
from cityhall.errors import DomainError, StaleState
from cityhall.models import Department, User
from cityhall.queue import wake
from cityhall.services import audit
from notices.enums import LetterRunState, NoticeState, PaperState, ReceiptKind
from notices.models import LetterRun, LetterRunItem, Notice, ReceiptEvent
from notices.queries import LETTER_WANTED
from residents.queries import is_protected

log = logging.getLogger(__name__)

# one print file of a size that a printer and a browser take, built well within a worker's time
MOST_LETTERS = 200


class NothingDue(DomainError):
    """No notice waits for a letter."""

    code = "nothing_due"
    message = gettext_lazy("郵送待ちの通知はありません。")


def start_due_letters(*, limit: int = 500, now: dt.datetime | None = None) -> int:
    """The paper clock: notices not opened in time become due for a letter, with their event; the number moved.

    Two workers at once share the rows: on PostgreSQL by skipping locked ones, on SQLite one after the other.
    """
    moment = now or timezone.now()
    late = Notice.objects.filter(state=NoticeState.AVAILABLE, paper_state=PaperState.NONE, paper_due_at__lte=moment)
    with transaction.atomic():
        ids = _lock(late.order_by("paper_due_at"), limit)
        Notice.objects.filter(pk__in=ids).update(paper_state=PaperState.DUE)
        _write_events(ids, ReceiptKind.PAPER_DUE, by=None, moment=moment)
    return len(ids)


def create_letter_run(
    *,
    department: Department | None,
    request_key: str,
    by: User,
    limit: int = MOST_LETTERS,
    now: dt.datetime | None = None,
) -> LetterRun:
    """Claim what is `due` and not opened for one print file; the worker builds it (lane bulk).

    Asking again with the same key returns the same run. The claim moves due → printing under a row lock,
    so that no two runs take one notice; who opens before the file is finished is left out of it.
    People under protection (支援措置) are not printed: a person checks their address.
    Raises NothingDue.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        run, created = LetterRun.objects.get_or_create(
            request_key=request_key,
            defaults={"department": department, "created_by": by, "lane": Lane.BULK, "due_at": moment},
        )
        if not created:
            return run
        ids = _claim(department, limit)
        if not ids:
            raise NothingDue
        _add_items(run, ids)
        audit.record(
            action=AuditAction.PRINT,
            actor=by,
            target_type="letter_run",
            target_id=run.public_id,
            department_code=department.code if department else "",
            object_ids=ids,
        )
        wake("notices.tasks.build_letters")
    return run


def mark_posted(run: LetterRun, *, by: User, now: dt.datetime | None = None) -> LetterRun:
    """Record that the printed letters of a run were handed to the post. Raises StaleState (not printed, or posted)."""
    moment = now or timezone.now()
    with transaction.atomic():
        moved = LetterRun.objects.filter(pk=run.pk, run_state=LetterRunState.PRINTED).update(
            run_state=LetterRunState.POSTED, posted_at=moment
        )
        if not moved:
            raise StaleState
        printed = Notice.objects.filter(letters__run=run, letters__problem="", paper_state=PaperState.PRINTED)
        ids = list(printed.values_list("pk", flat=True))
        Notice.objects.filter(pk__in=ids).update(paper_state=PaperState.POSTED)
        _write_events(ids, ReceiptKind.POSTED, by=by, moment=moment)
    run.refresh_from_db()
    return run


def post_by_hand(item: LetterRunItem, *, by: User, now: dt.datetime | None = None) -> None:
    """Record that a letter the run could not print was made and posted by a person. Raises StaleState."""
    _move_one(
        item.notice,
        seen=PaperState.PRINTING,
        to=PaperState.POSTED,
        kind=ReceiptKind.POSTED,
        by=by,
        now=now,
        detail=_("手作業で発送"),
    )


def return_to_due(item: LetterRunItem) -> None:
    """Put a letter that a run could not print back, for the next run (the address was corrected). Raises StaleState."""
    if item.problem == "":
        raise StaleState
    moved = Notice.objects.filter(pk=item.notice_id, paper_state=PaperState.PRINTING).update(paper_state=PaperState.DUE)
    if not moved:
        raise StaleState


def mark_returned(notice: Notice, *, by: User, reason: str = "", now: dt.datetime | None = None) -> None:
    """Record that the post brought a letter back. Raises StaleState when it was not posted."""
    _move_one(
        notice,
        seen=PaperState.POSTED,
        to=PaperState.RETURNED,
        kind=ReceiptKind.RETURNED,
        by=by,
        now=now,
        detail=reason[:200],
    )


def _claim(department: Department | None, limit: int) -> list[int]:
    due = Notice.objects.filter(LETTER_WANTED, paper_state=PaperState.DUE).exclude(state=NoticeState.WITHDRAWN)
    if department is not None:
        due = due.filter(department=department)
    ids = _lock(due.order_by("department_id", "id"), limit)
    # conditional again: whoever holds no lock (SQLite) or comes in between loses here
    Notice.objects.filter(LETTER_WANTED, pk__in=ids, paper_state=PaperState.DUE).update(paper_state=PaperState.PRINTING)
    return ids


def _lock(notices: QuerySet[Notice], limit: int) -> list[int]:
    """Ids of free rows, locked until the transaction ends (SQLite's transactions hold the whole file)."""
    if connection.features.has_select_for_update_skip_locked:
        notices = notices.select_for_update(skip_locked=True, of=("self",))
    return [notice.pk for notice in notices.only("pk")[:limit]]


def _add_items(run: LetterRun, ids: list[int]) -> None:
    notices = Notice.objects.select_related("recipient").in_bulk(ids)
    LetterRunItem.objects.bulk_create(
        LetterRunItem(run=run, notice_id=pk, position=position, problem=_problem_of(notices[pk]))
        for position, pk in enumerate(ids, start=1)
    )


def _problem_of(notice: Notice) -> str:
    """Why a letter must not be printed without a person's look, or ""."""
    if is_protected(notice.recipient):
        return _("支援措置の対象者です。住所を確認し、手作業で発送してください。")
    if notice.recipient.died_on is not None:
        return _("受取人が亡くなられています。送付先を確認してください。")
    if not notice.recipient_address or not notice.recipient_postal_code:
        return _("住所または郵便番号が登録されていません。送付先を確認してください。")
    return ""


def _move_one(
    notice: Notice,
    *,
    seen: PaperState,
    to: PaperState,
    kind: ReceiptKind,
    by: User,
    now: dt.datetime | None,
    detail: str,
) -> None:
    with transaction.atomic():
        if not Notice.objects.filter(pk=notice.pk, paper_state=seen).update(paper_state=to):
            raise StaleState
        _write_events([notice.pk], kind, by=by, moment=now or timezone.now(), detail=detail)


def _write_events(ids: list[int], kind: ReceiptKind, *, by: User | None, moment: dt.datetime, detail: str = "") -> None:
    ReceiptEvent.objects.bulk_create(
        ReceiptEvent(notice_id=pk, kind=kind, occurred_at=moment, actor=by, detail=detail) for pk in ids
    )
