"""What becomes of letters: handed to the post, made by a person, sent again, brought back.

Every step is one conditional move with its event and its line in the audit trail, in one transaction.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.days import TOKYO, local_date
from cityhall.enums import AuditAction, WorkState
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.services import audit
from notices.effect import effective_on_by_post, effective_on_of
from notices.enums import LetterRunState, NoticeState, PaperState, ReceiptKind
from notices.models import DocumentJob, LetterRun, LetterRunItem, Notice
from notices.queries import LETTER_WANTED
from notices.services.events import record_events
from notices.services.issuing import address_of
from residents.models import Resident
from residents.queries import living_row_of

_REASON_LENGTH = 40
_EVENING = dt.time(23, 59)


class WrongDay(DomainError):
    """A day on which the letters cannot have been handed to the post."""

    code = "wrong_day"
    message = gettext_lazy("発送日には、印刷した日から今日までの日付を入力してください。")


def mark_posted(
    run: LetterRun, *, by: User, posted_on: dt.date | None = None, now: dt.datetime | None = None
) -> LetterRun:
    """Record that the printed letters of a run were handed to the post, today or on an earlier day.

    A notice withdrawn after the printing is not posted: the run's page names it, and a person takes it out.
    Raises StaleState (not printed, or posted), WrongDay (before the printing, or in the future).
    """
    recorded_at = now or timezone.now()
    day = posted_on or local_date(recorded_at)
    if run.printed_at is not None and not local_date(run.printed_at) <= day <= local_date(recorded_at):
        raise WrongDay
    # of an earlier day nobody knows the hour
    moment = recorded_at if day == local_date(recorded_at) else dt.datetime.combine(day, _EVENING, TOKYO)
    with transaction.atomic():
        moved = LetterRun.objects.filter(pk=run.pk, run_state=LetterRunState.PRINTED).update(
            run_state=LetterRunState.POSTED, posted_at=recorded_at, posted_on=day
        )
        if not moved:
            raise StaleState
        printed = Notice.objects.filter(letters__run=run, letters__problem="", paper_state=PaperState.PRINTED)
        # locked in the order of their ids: a withdrawal comes before all of this or after it
        held = printed.select_related("version__notice_type").select_for_update(of=("self",)).order_by("pk")
        notices = {notice.pk: notice for notice in held}
        withdrawn = [pk for pk, notice in notices.items() if notice.state == NoticeState.WITHDRAWN]
        posted = [pk for pk in notices if pk not in withdrawn]
        Notice.objects.filter(pk__in=posted).update(paper_state=PaperState.POSTED)
        take_effect((notices[pk] for pk in posted), posted_on=day)
        Notice.objects.filter(pk__in=withdrawn).update(paper_state=PaperState.NONE)
        record_events(posted, ReceiptKind.POSTED, by=by, moment=moment)
        record_events(withdrawn, ReceiptKind.NOT_POSTED, by=by, moment=moment)
        audit.record(
            action=AuditAction.STATE,
            actor=by,
            target_type="letter_run",
            target_id=run.public_id,
            detail="posted",
            department_code=run.department.code if run.department else "",
            object_ids=posted,
        )
    run.refresh_from_db()
    return run


def post_by_hand(item: LetterRunItem, *, by: User, now: dt.datetime | None = None) -> None:
    """Record that a letter the run could not print was made and posted by a person.

    Raises StaleState: it has no problem, a newer run took it, or somebody was faster.
    """
    with transaction.atomic():
        notice = _held_up(item)
        detail = _("手作業で発送")
        _move(notice, seen=PaperState.PRINTING, to=PaperState.POSTED)
        take_effect([notice], posted_on=local_date(now or timezone.now()))
        _record(notice, ReceiptKind.POSTED, by=by, now=now, detail=detail, audited="posted_by_hand")


def return_to_due(item: LetterRunItem, *, by: User, now: dt.datetime | None = None) -> None:
    """Put a letter that a run could not print back, for the next run, with the address as it is registered now.

    Raises StaleState as `post_by_hand` does.
    """
    with transaction.atomic():
        notice = _held_up(item)
        _move(notice, seen=PaperState.PRINTING, to=PaperState.DUE)
        renew_address(notice, by=by, now=now)
        _audit(notice, by=by, detail="returned_to_due")


def post_again(notice: Notice, *, by: User, now: dt.datetime | None = None) -> None:
    """Let a letter that the post brought back go out again, to the address as it is registered now.

    Raises StaleState: it did not come back, was withdrawn, or was opened meanwhile and needs no paper.
    """
    with transaction.atomic():
        if not _wanted_again(notice).filter(paper_state=PaperState.RETURNED).update(paper_state=PaperState.DUE):
            raise StaleState
        renew_address(notice, by=by, now=now)
        _record(notice, ReceiptKind.PAPER_AGAIN, by=by, now=now, audited="post_again")


def may_post_again(notice: Notice) -> bool:
    """Whether `post_again` would take it: it came back, stands, and is still wanted on paper."""
    return _wanted_again(notice).filter(paper_state=PaperState.RETURNED).exists()


def renew_address(notice: Notice, *, by: User, now: dt.datetime | None = None) -> bool:
    """Take the recipient's name and address as they are registered now, for the letter; whether they differ.

    The signed document stays as it was. The event and the audit trail name no address.
    """
    recipient = Resident.objects.select_related("merged_into").get(pk=notice.recipient_id)
    fields = address_of(living_row_of(recipient))
    changed = [name for name, value in fields.items() if getattr(notice, name) != value]
    if not changed:
        return False
    with transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(**fields)
        record_events([notice.pk], ReceiptKind.READDRESSED, by=by, moment=now or timezone.now())
        _audit(notice, by=by, detail="readdressed", action=AuditAction.CHANGE, changed_fields=changed)
    return True


def mark_returned(notice: Notice, *, by: User, reason: str = "", now: dt.datetime | None = None) -> None:
    """Record that the post brought a letter back. Raises StaleState when it was not posted."""
    moment = now or timezone.now()
    with transaction.atomic():
        _move(notice, seen=PaperState.POSTED, to=PaperState.RETURNED)
        _take_no_effect(notice)
        newest = notice.letters.order_by("-id").first()
        # a letter that a person made has no row in any run
        if newest is not None:
            newest.returned_at, newest.returned_reason = moment, reason[:_REASON_LENGTH]
            newest.save(update_fields=["returned_at", "returned_reason"])
        _record(notice, ReceiptKind.RETURNED, by=by, now=moment, detail=reason, audited="returned")


def post_without_document(notice: Notice, *, by: User, reason: str, now: dt.datetime | None = None) -> None:
    """Record that a person made and posted a notice whose document cannot be made (a character no font has).

    The notice stays a draft, for it has no digital document; its job ends with a note, so that no worker
    and no list of failures asks for it again. Raises StaleState: the job is not given up, or somebody was faster.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        note = _("手作業で作成して郵送しました。")
        if not _stuck_job(notice).update(state=WorkState.DONE, finished_at=moment, last_error=note):
            raise StaleState
        if not Notice.objects.filter(pk=notice.pk, state=NoticeState.DRAFT, paper_state=PaperState.NONE).update(
            paper_state=PaperState.POSTED
        ):
            raise StaleState
        take_effect([notice], posted_on=local_date(moment))
        detail = _("手作業で作成して郵送: %(reason)s") % {"reason": reason}
        _record(notice, ReceiptKind.POSTED, by=by, now=moment, detail=detail, audited="posted_without_document")


def take_effect(notices: Iterable[Notice], *, posted_on: dt.date) -> None:
    """Write the day of effect of letters that count: where the day waited for the posting, or for an opening."""
    days: dict[dt.date, list[int]] = {}
    for notice in notices:
        if notice.effective_on is None:
            day = effective_on_by_post(notice.version.notice_type, posted_on=posted_on)
            days.setdefault(day, []).append(notice.pk)
    for day, ids in days.items():
        Notice.objects.filter(pk__in=ids, effective_on__isnull=True).update(effective_on=day)


def _take_no_effect(notice: Notice) -> None:
    """Take the day back that the posting had set: a letter that came back has reached nobody."""
    row = Notice.objects.select_for_update(of=("self",)).select_related("version__notice_type").get(pk=notice.pk)
    day = None
    if not row.paper_required:
        kind = row.version.notice_type
        day = effective_on_of(kind, available_at=row.available_at, opened_at=row.opened_at)
    Notice.objects.filter(pk=row.pk).update(effective_on=day)


def lacks_document(notice: Notice) -> bool:
    """Whether the notice is a draft whose document only a person can make."""
    return notice.state == NoticeState.DRAFT and _stuck_job(notice).exists()


def _stuck_job(notice: Notice) -> QuerySet[DocumentJob]:
    return DocumentJob.objects.filter(notice=notice, state=WorkState.GIVEN_UP)


def _held_up(item: LetterRunItem) -> Notice:
    """The notice of a letter with a problem, locked. Raises StaleState when a newer run has taken it."""
    notices = Notice.objects.select_related("department", "version__notice_type")
    notice = notices.select_for_update(of=("self",)).get(pk=item.notice_id)
    newest = notice.letters.order_by("-id").first()
    if newest is None or newest.pk != item.pk or newest.problem == "":
        raise StaleState
    return notice


def _wanted_again(notice: Notice) -> QuerySet[Notice]:
    return Notice.objects.filter(LETTER_WANTED, pk=notice.pk).exclude(state=NoticeState.WITHDRAWN)


def _move(notice: Notice, *, seen: PaperState, to: PaperState) -> None:
    if not Notice.objects.filter(pk=notice.pk, paper_state=seen).update(paper_state=to):
        raise StaleState


def _record(
    notice: Notice, kind: ReceiptKind, *, by: User, now: dt.datetime | None, audited: str, detail: str = ""
) -> None:
    record_events([notice.pk], kind, by=by, moment=now or timezone.now(), detail=detail)
    _audit(notice, by=by, detail=audited)


def _audit(
    notice: Notice,
    *,
    by: User,
    detail: str,
    action: AuditAction = AuditAction.STATE,
    changed_fields: list[str] | None = None,
) -> None:
    audit.record(
        action=action,
        actor=by,
        target_type="notice",
        target_id=notice.public_id,
        target_label=notice.number,
        detail=detail,
        department_code=notice.department.code,
        changed_fields=changed_fields or (),
    )
