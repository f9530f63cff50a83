"""Letters for those who did not open: the clock and the run. What becomes of them then is in `posting`."""

import datetime as dt
import logging
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.enums import AuditAction, Lane, WorkState
from cityhall.errors import DomainError
from cityhall.models import Department, User
from cityhall.queue import wake
from cityhall.services import audit
from notices.enums import LetterRunState, NoticeState, PaperState, ReceiptKind
from notices.models import LetterRun, LetterRunItem, Notice
from notices.queries import LETTER_WANTED
from notices.services.clocks import claim_late
from notices.services.events import record_events
from notices.services.postage import post_settings
from residents.queries import is_protected, living_row_of

log = logging.getLogger(__name__)

# more than the post wants for its discount, also after some were opened meanwhile, in a file that a browser takes
MOST_LETTERS = 2000


class NothingDue(DomainError):
    """No notice waits for a letter."""

    code = "nothing_due"
    message = gettext_lazy("郵送待ちの通知はありません。")


def start_due_letters(*, limit: int = 500, now: dt.datetime | None = None) -> int:
    """The paper clock: notices not opened in time become due for a letter, with their event; the number moved.

    Two workers at once share the rows: on PostgreSQL by skipping locked ones, on SQLite one after the other.
    Single notices come before campaigns.
    """
    moment = now or timezone.now()
    late = Notice.objects.filter(state=NoticeState.AVAILABLE, paper_state=PaperState.NONE, paper_due_at__lte=moment)
    with transaction.atomic():
        ids = [notice.pk for notice in claim_late(late.order_by("paper_due_at").only("pk"), limit=limit)]
        Notice.objects.filter(pk__in=ids).update(paper_state=PaperState.DUE)
        record_events(ids, ReceiptKind.PAPER_DUE, moment=moment)
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
    People under protection (支援措置) are not printed: a person checks their address. Both sides and enclosures
    stay as the settings say now. Raises NothingDue.
    """
    moment = now or timezone.now()
    post = post_settings()
    with transaction.atomic():
        run, created = LetterRun.objects.get_or_create(
            request_key=request_key,
            defaults={
                "department": department,
                "created_by": by,
                "lane": Lane.BULK,
                "due_at": moment,
                "is_duplex": post.is_duplex,
                "inserts": post.inserts,
            },
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


def is_building(*, now: dt.datetime | None = None) -> bool:
    """Whether a worker is making a print file at this moment."""
    return LetterRun.objects.filter(state=WorkState.RUNNING, lease_until__gt=now or timezone.now()).exists()


def release_given_up() -> int:
    """Let letters of runs whose file could not be made wait for the next run again; the number of them.

    Those that need a person stay with their reason. The letters that go say so, so that a run tried once more, which
    has nothing left to print, never prints what another one took.
    """
    count = 0
    for run in LetterRun.objects.filter(state=WorkState.GIVEN_UP, run_state=LetterRunState.BUILDING):
        with transaction.atomic():
            # locked: whoever tries the run once more comes before all of this or after it
            held = LetterRun.objects.select_for_update(of=("self",)).filter(pk=run.pk, state=WorkState.GIVEN_UP)
            if held.first() is not None:
                count += _release(run)
    return count


def _release(run: LetterRun) -> int:
    items = run.items.filter(problem="", notice__paper_state=PaperState.PRINTING)
    ids = list(items.order_by("notice_id").values_list("notice_id", flat=True))
    if not ids:
        return 0
    run.items.filter(notice_id__in=ids).update(problem=_("印刷用のPDFを作成できなかったため、郵送待ちに戻しました。"))
    Notice.objects.filter(pk__in=ids, paper_state=PaperState.PRINTING).update(paper_state=PaperState.DUE)
    audit.record(
        action=AuditAction.STATE,
        actor=None,
        target_type="letter_run",
        target_id=run.public_id,
        detail="returned_to_due",
        department_code=run.department.code if run.department else "",
        object_ids=ids,
    )
    return len(ids)


def _claim(department: Department | None, limit: int) -> list[int]:
    due = Notice.objects.filter(LETTER_WANTED, paper_state=PaperState.DUE).exclude(state=NoticeState.WITHDRAWN)
    if department is not None:
        due = due.filter(department=department)
    free = due.order_by("department_id", "id")
    if connection.features.has_select_for_update_skip_locked:
        free = free.select_for_update(skip_locked=True, of=("self",))
    return _move_to_printing(free.values("pk")[:limit])


def _move_to_printing(free: "QuerySet[Notice, Any]") -> list[int]:
    """Look and take in one statement: what it gives back is this run's, whoever collects at the same moment.

    The rows are chosen in a part of their own, for in a plain IN the database may choose anew for each row.
    """
    chosen, values = free.query.sql_with_params()
    # names of columns and a text of the ORM; what people typed is in the values
    statement = (
        f'WITH "free" AS MATERIALIZED ({chosen}) '  # noqa: S608
        'UPDATE "notices_notice" SET "paper_state" = %s WHERE "id" IN (SELECT * FROM "free") AND "paper_state" = %s '
        'RETURNING "department_id", "id"'
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, PaperState.PRINTING, PaperState.DUE])
        taken: list[tuple[int, int]] = cursor.fetchall()
    return [pk for _department, pk in sorted(taken)]


def _add_items(run: LetterRun, ids: list[int]) -> None:
    notices = Notice.objects.select_related("recipient__merged_into").in_bulk(ids)
    LetterRunItem.objects.bulk_create(
        LetterRunItem(run=run, notice_id=pk, position=position, problem=_problem_of(notices[pk]))
        for position, pk in enumerate(ids, start=1)
    )


def _problem_of(notice: Notice) -> str:
    """Why a letter must not be printed without a person's look, or ""."""
    recipient = living_row_of(notice.recipient)
    if is_protected(recipient):
        return _("支援措置の対象者です。住所を確認し、手作業で発送してください。")
    if recipient.died_on is not None:
        return _("受取人が亡くなられています。送付先を確認してください。")
    if not notice.recipient_address or not notice.recipient_postal_code:
        return _("住所または郵便番号が登録されていません。送付先を確認してください。")
    return ""
