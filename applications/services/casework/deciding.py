"""The decision of a case: its letter, and how it is executed, at once or by the last signature (`proposing`)."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import ApplicationState, DecisionKind, EventKind
from applications.hindrances import need_no_hindrance
from applications.models import Application
from applications.permissions import CaseAction
from applications.services.casework.decision_notices import (
    decision_letter_of,
    issue_decision_notice,
    mark_of,
    words_of,
)
from applications.services.casework.steps import check_step, need_reason, record_step
from applications.services.mails import Occasion, tell_applicant
from applications.services.seats import give_up_seat, need_seat
from applications.services.states import move
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from notices.queries import asks_for
from notices.services import NoticeText

_STATE_AFTER = {
    DecisionKind.APPROVE: ApplicationState.APPROVED,
    DecisionKind.REFUSE: ApplicationState.REFUSED,
}
_EVENT_FOR = {DecisionKind.APPROVE: EventKind.APPROVED, DecisionKind.REFUSE: EventKind.REFUSED}
REASON = "reason"
"""The placeholder of the words of a decision."""
DECISION_FIELDS = ("state", "decision", "decision_reason", "decided_by", "decided_at")


class NeedsApproval(DomainError):
    """The procedure is decided by an approver."""

    code = "needs_approval"
    message = _("この手続は決裁が必要です。決裁に回してください。")


class ContentMissing(DomainError):
    """The notice of an approval has a place for what was granted, and nothing was said."""

    code = "content_missing"
    message = _("認める内容（金額・期間など）を「理由・決定の内容」に入力してください。通知書に記載されます。")


class LetterChanged(DomainError):
    """The letter would say something else than what the person read."""

    code = "letter_changed"
    message = _("まだ決定していません。次の文面を確認してから決定してください。")


@dataclass(frozen=True)
class DecisionLetter:
    """A decision as a person reads it before signing; `text` is None where no notice is made."""

    decision: DecisionKind
    reason: str
    text: NoticeText | None

    @property
    def mark(self) -> str:
        """What `decide` and `approve_proposal` are given as `seen`."""
        return mark_of(self.text)


def decide(
    *,
    application: Application,
    decision: DecisionKind,
    reason: str,
    by: User,
    seen: str | None = None,
    now: dt.datetime | None = None,
) -> Application:
    """Approve or refuse a case whose procedure needs no approver: state, event, notice and audit in one transaction.

    `seen` is the mark of the letter the person read; only a caller without a page leaves it out. A refusal needs
    a reason. Raises NeedsApproval, ReasonMissing, ContentMissing, Hindered, NoSeat, LetterChanged, and what
    notices.services.issue raises.
    """
    check_step(application=application, action=CaseAction.DECIDE, by=by)
    if application.procedure.needs_approval:
        raise NeedsApproval
    text = reason_for(application, decision, reason)
    need_no_hindrance(application, decision)
    with transaction.atomic():
        execute(application, decision=decision, reason=text, by=by, seen=seen, now=now or timezone.now())
        record_step(application=application, action=CaseAction.DECIDE, by=by, changed=DECISION_FIELDS)
    return application


def preview_decision(
    *, application: Application, decision: DecisionKind, reason: str, by: User, now: dt.datetime | None = None
) -> DecisionLetter:
    """The letter that `decide` would make now. Writes nothing.

    Raises what `decide` raises of the right, the words, what hinders, and the page the person saw.
    """
    check_step(application=application, action=CaseAction.DECIDE, by=by)
    text = reason_for(application, decision, reason)
    need_no_hindrance(application, decision)
    return letter_of(application, decision=decision, reason=text, now=now)


def reason_for(application: Application, decision: DecisionKind, reason: str) -> str:
    """The words of the decision: always with a refusal, with an approval where its notice has a section for them."""
    notice_type = application.procedure.approval_notice_type
    may_be_asked = decision == DecisionKind.APPROVE and notice_type is not None and not reason.strip()
    is_asked = may_be_asked and notice_type is not None and asks_for(notice_type, REASON)
    return check_reason(decision, reason, is_asked=is_asked)


def check_reason(decision: DecisionKind, reason: str, *, is_asked: bool) -> str:
    """The words without blanks around them. `is_asked`: the letter has a section that only they fill.

    Raises ReasonMissing, ContentMissing.
    """
    if decision == DecisionKind.REFUSE:
        return need_reason(reason)
    text = reason.strip()
    if not text and is_asked:
        raise ContentMissing
    return text


def letter_of(
    application: Application, *, decision: DecisionKind, reason: str, now: dt.datetime | None
) -> DecisionLetter:
    """The letter of a decision on the case as the person saw it. Raises StaleState."""
    if not Application.objects.filter(pk=application.pk, revision=application.revision).exists():
        raise StaleState
    text = decision_letter_of(application, decision=decision, reason=reason, now=now or timezone.now())
    return DecisionLetter(decision, reason, text)


def execute(
    application: Application,
    *,
    decision: DecisionKind,
    reason: str,
    by: User,
    seen: str | None,
    now: dt.datetime,
) -> None:
    """Move the case into its decided state and make the notice that was seen. Runs in the caller's transaction.

    Raises NoSeat, LetterChanged.
    """
    move(
        application,
        to=_STATE_AFTER[decision],
        event=_EVENT_FOR[decision],
        by=by,
        note=reason,
        now=now,
        decision=decision,
        decision_reason=reason,
        decided_by=by,
        decided_at=now,
    )
    if decision == DecisionKind.REFUSE:
        give_up_seat(application, now=now)
    else:
        need_seat(application)
    notice = issue_decision_notice(application, by=by, now=now)
    # the words that will be signed, not another reading of what they are made from
    if seen is not None and mark_of(words_of(notice) if notice else None) != seen:
        raise LetterChanged
    if notice is None:
        # a notice tells of itself when its document is there
        tell_applicant(application, Occasion.DECIDED)
