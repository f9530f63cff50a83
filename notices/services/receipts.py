"""Opening, confirming and withdrawing: conditional moves with an event in the same transaction."""

import datetime as dt

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.crypto import decrypt
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.services import audit
from notices.effect import effective_on_of
from notices.enums import NoticeState, PaperState, ReceiptKind
from notices.models import Notice, ReceiptEvent
from notices.queries.access import Standing, standing_of
from notices.services.alerts import tell_of_withdrawal
from notices.services.events import record_event

# a letter that is not yet on its way is not needed any more once the notice was opened
_NOT_PRINTED = (PaperState.DUE, PaperState.PRINTING)
_READABLE = (NoticeState.AVAILABLE, NoticeState.OPENED, NoticeState.CONFIRMED)


class NotTheRecipient(DomainError):
    """Somebody other than the recipient, or a person with a mandate, tried to open a notice."""

    code = "not_the_recipient"
    message = gettext_lazy("この通知を開くことができるのは、宛名のご本人と代理人の方だけです。")


def open_notice(notice: Notice, *, by: User, now: dt.datetime | None = None) -> Notice:
    """Record that the recipient opened the notice; once, however often it is asked.

    An agent's opening is an event of its own. With a mandate for everything it opens the notice; with one for some
    procedures the notice stays unopened, and its letter and its clock go on. Only a deliberate act of a signed-in
    person calls this, never a GET: mail scanners follow links. A letter that was due is left out from now on, unless
    the law wants paper. Raises NotTheRecipient, StaleState (not available yet, or withdrawn). Locks the notice.
    """
    standing = standing_of(notice, by)
    if standing is None:
        raise NotTheRecipient
    moment = now or timezone.now()
    with transaction.atomic():
        row = _locked(notice)
        if row.state not in _READABLE:
            raise StaleState
        if standing is Standing.LIMITED:
            _note_reading(row, by=by, moment=moment)
        elif row.state == NoticeState.AVAILABLE:
            _open(row, standing, by=by, moment=moment)
    notice.refresh_from_db()
    return notice


def has_read(notice: Notice, user: User, standing: Standing) -> bool:
    """Whether the text is shown to this person: it was opened, or they opened it for what their mandate covers."""
    if standing.counts:
        return notice.opened_at is not None
    return _readings_of(notice, user).exists()


def confirm_notice(notice: Notice, *, by: User, now: dt.datetime | None = None) -> Notice:
    """Record that the person says they have understood it; once. Raises NotTheRecipient, StaleState (not opened)."""
    standing = _need_right(notice, by)
    moment = now or timezone.now()
    with transaction.atomic():
        confirmed = Notice.objects.filter(pk=notice.pk, state=NoticeState.OPENED).update(
            state=NoticeState.CONFIRMED, confirmed_at=moment
        )
        if confirmed:
            record_event(notice, ReceiptKind.CONFIRMED, by=by, moment=moment, detail=role_of(standing))
    notice.refresh_from_db()
    if not confirmed and notice.state != NoticeState.CONFIRMED:
        raise StaleState
    return notice


def record_download(notice: Notice, *, by: User, name: str = "", now: dt.datetime | None = None) -> None:
    """Record that the recipient or an agent took the document, or the enclosed file of this name.

    Staff reading a copy are in the audit trail, not here.
    """
    standing = standing_of(notice, by)
    if standing is not None:
        detail = "　".join(part for part in (name, role_of(standing)) if part)
        record_event(notice, ReceiptKind.DOWNLOADED, by=by, moment=now or timezone.now(), detail=detail)


def show_code(notice: Notice, *, by: User, now: dt.datetime | None = None) -> None:
    """Record that a person asked for the one-time code of an opened notice; once for each.

    Raises NotTheRecipient, StaleState (not opened, withdrawn, or there is no code). Locks the notice.
    """
    standing = _need_right(notice, by)
    moment = now or timezone.now()
    with transaction.atomic():
        row = _locked(notice)
        if not row.one_time_code or row.opened_at is None or row.state not in _READABLE:
            raise StaleState
        if not code_was_shown(row, by):
            record_event(row, ReceiptKind.CODE_SHOWN, by=by, moment=moment, detail=role_of(standing))


def code_was_shown(notice: Notice, user: User) -> bool:
    """Whether this person has asked for the code before."""
    return ReceiptEvent.objects.filter(notice=notice, kind=ReceiptKind.CODE_SHOWN, actor=user).exists()


def code_of(notice: Notice) -> str:
    """The code in clear; the caller has recorded that it is shown. Raises CannotDecrypt."""
    return decrypt(notice.one_time_code)


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


def role_of(standing: Standing) -> str:
    """How the evidence names who acted; the recipient needs no word."""
    if standing is Standing.OWNER:
        return ""
    return _("代理人による") if standing is Standing.AGENT else _("一部の手続の代理人による")


def _need_right(notice: Notice, user: User) -> Standing:
    """The standing of somebody who may act on the notice as the recipient may. Raises NotTheRecipient."""
    standing = standing_of(notice, user)
    if standing is None or not standing.counts:
        raise NotTheRecipient
    return standing


def _open(row: Notice, standing: Standing, *, by: User, moment: dt.datetime) -> None:
    opened = Notice.objects.filter(pk=row.pk, state=NoticeState.AVAILABLE).update(
        state=NoticeState.OPENED,
        opened_at=moment,
        effective_on=_effective_on(row, moment),
        paper_state=_paper_after_opening(),
    )
    if opened:
        kind = ReceiptKind.OPENED if standing is Standing.OWNER else ReceiptKind.OPENED_BY_AGENT
        record_event(row, kind, by=by, moment=moment, detail=role_of(standing))


def _effective_on(row: Notice, moment: dt.datetime) -> dt.date | None:
    """The day of effect after an opening: a known day stays, and where the letter counts posting sets it."""
    if row.paper_required or row.effective_on is not None:
        return row.effective_on
    return effective_on_of(row.version.notice_type, available_at=row.available_at, opened_at=moment)


def _note_reading(row: Notice, *, by: User, moment: dt.datetime) -> None:
    """The opening by an agent whose mandate is for some procedures; once for each agent."""
    if not _readings_of(row, by).exists():
        record_event(row, ReceiptKind.OPENED_BY_AGENT, by=by, moment=moment, detail=role_of(Standing.LIMITED))


def _readings_of(notice: Notice, user: User) -> QuerySet[ReceiptEvent]:
    return ReceiptEvent.objects.filter(notice=notice, kind=ReceiptKind.OPENED_BY_AGENT, actor=user)


def _locked(notice: Notice) -> Notice:
    rows = Notice.objects.select_for_update(of=("self",), no_key=True).select_related("version__notice_type")
    return rows.get(pk=notice.pk)


def _paper_after_opening() -> Case:
    return Case(
        When(Q(paper_state__in=_NOT_PRINTED, paper_required=False), then=Value(PaperState.NONE)),
        default=F("paper_state"),
    )
