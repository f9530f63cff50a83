"""Opening, confirming and withdrawing: conditional moves with an event in the same transaction."""

import datetime as dt

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.services import audit
from notices.enums import NoticeState, PaperState, ReceiptKind
from notices.models import Notice
from notices.queries import may_open
from notices.services.alerts import tell_of_withdrawal
from notices.services.events import record_event
from residents.queries import living_row_of

# a letter that is not yet on its way is not needed any more once the notice was opened
_NOT_PRINTED = (PaperState.DUE, PaperState.PRINTING)


class NotTheRecipient(DomainError):
    """Somebody other than the recipient, or a person with a mandate, tried to open a notice."""

    code = "not_the_recipient"
    message = gettext_lazy("この通知を開くことができるのは、宛名のご本人と代理人の方だけです。")


def open_notice(notice: Notice, *, by: User, now: dt.datetime | None = None) -> Notice:
    """Record that the recipient (or an agent with a mandate) opened the notice; once, however often it is asked.

    Only a deliberate act of a signed-in person calls this, never a GET: mail scanners follow links.
    A letter that was due is left out from now on, unless the law wants paper.
    Raises NotTheRecipient, StaleState (not available yet, or withdrawn).
    """
    if not may_open(notice, by):
        raise NotTheRecipient
    moment = now or timezone.now()
    with transaction.atomic():
        opened = Notice.objects.filter(pk=notice.pk, state=NoticeState.AVAILABLE).update(
            state=NoticeState.OPENED, opened_at=moment, paper_state=_paper_after_opening()
        )
        if opened:
            record_event(notice, ReceiptKind.OPENED, by=by, moment=moment, detail=_role_of(notice, by))
    notice.refresh_from_db()
    if not opened and notice.state not in (NoticeState.OPENED, NoticeState.CONFIRMED):
        raise StaleState
    return notice


def confirm_notice(notice: Notice, *, by: User, now: dt.datetime | None = None) -> Notice:
    """Record that the person says they have understood it; once. Raises NotTheRecipient, StaleState (not opened)."""
    if not may_open(notice, by):
        raise NotTheRecipient
    moment = now or timezone.now()
    with transaction.atomic():
        confirmed = Notice.objects.filter(pk=notice.pk, state=NoticeState.OPENED).update(
            state=NoticeState.CONFIRMED, confirmed_at=moment
        )
        if confirmed:
            record_event(notice, ReceiptKind.CONFIRMED, by=by, moment=moment, detail=_role_of(notice, by))
    notice.refresh_from_db()
    if not confirmed and notice.state != NoticeState.CONFIRMED:
        raise StaleState
    return notice


def record_download(notice: Notice, *, by: User, now: dt.datetime | None = None) -> None:
    """Record that the recipient took the document; staff reading a copy are in the audit trail, not here."""
    if may_open(notice, by):
        record_event(notice, ReceiptKind.DOWNLOADED, by=by, moment=now or timezone.now(), detail=_role_of(notice, by))


def withdraw(notice: Notice, *, by: User, reason: str, now: dt.datetime | None = None) -> Notice:
    """Take a notice back: the check page says so from now on, no letter is printed, the person is told.

    What was recorded before stays. Raises StaleState when it was withdrawn already.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        withdrawn = (
            Notice.objects.filter(pk=notice.pk)
            .exclude(state=NoticeState.WITHDRAWN)
            .update(
                state=NoticeState.WITHDRAWN,
                withdrawn_at=moment,
                withdrawn_reason=reason[:200],
                paper_state=Case(
                    When(paper_state__in=_NOT_PRINTED, then=Value(PaperState.NONE)), default=F("paper_state")
                ),
            )
        )
        if not withdrawn:
            raise StaleState
        record_event(notice, ReceiptKind.WITHDRAWN, by=by, moment=moment)
        audit.record(
            action=AuditAction.STATE,
            actor=by,
            target_type="notice",
            target_id=notice.public_id,
            target_label=notice.number,
            detail="withdrawn",
            department_code=notice.department.code,
        )
        if notice.available_at is not None:
            tell_of_withdrawal(notice, moment=moment)
    notice.refresh_from_db()
    return notice


def _paper_after_opening() -> Case:
    return Case(
        When(Q(paper_state__in=_NOT_PRINTED, paper_required=False), then=Value(PaperState.NONE)),
        default=F("paper_state"),
    )


def _role_of(notice: Notice, user: User) -> str:
    return "" if living_row_of(notice.recipient).user_id == user.pk else _("代理人による")
