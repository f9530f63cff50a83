"""The decision: at once, or proposed by one person and approved by another (four eyes)."""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import ApplicationState, ApprovalState, DecisionKind, EventKind, Seat
from applications.models import Application, Approval
from applications.permissions import CaseAction
from applications.queries.scope import waiting_approval
from applications.services.casework.decision_notices import (
    decision_letter_of,
    issue_decision_notice,
    mark_of,
    words_of,
)
from applications.services.casework.steps import check_step, need_reason, record_step
from applications.services.mails import Occasion, tell_applicant
from applications.services.seats import NoSeat, give_up_seat, need_seat
from applications.services.states import move
from cityhall.db import violated
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from notices.queries import asks_for
from notices.services import NoticeText

_STATE_AFTER = {
    DecisionKind.APPROVE: ApplicationState.APPROVED,
    DecisionKind.REFUSE: ApplicationState.REFUSED,
}
_EVENT_FOR = {DecisionKind.APPROVE: EventKind.APPROVED, DecisionKind.REFUSE: EventKind.REFUSED}
_DECISION_FIELDS = ("state", "decision", "decision_reason", "decided_by", "decided_at")


class NeedsApproval(DomainError):
    """The procedure is decided by an approver."""

    code = "needs_approval"
    message = _("この手続は決裁が必要です。決裁に回してください。")


class NeedsNoApproval(DomainError):
    """The procedure has no approver; the handler decides."""

    code = "needs_no_approval"
    message = _("この手続に決裁は不要です。そのまま決定してください。")


class ContentMissing(DomainError):
    """The notice of an approval has a place for what was granted, and nothing was said."""

    code = "content_missing"
    message = _("認める内容（金額・期間など）を「理由・決定の内容」に入力してください。通知書に記載されます。")


class OwnProposal(DomainError):
    """Nobody approves their own proposal."""

    code = "own_proposal"
    message = _("起案した本人は決裁できません。別の決裁者に依頼してください。")


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
    a reason. Raises NeedsApproval, ReasonMissing, ContentMissing, NoSeat, LetterChanged, and what
    notices.services.issue raises.
    """
    check_step(application=application, action=CaseAction.DECIDE, by=by)
    if application.procedure.needs_approval:
        raise NeedsApproval
    text = _reason_for(application, decision, reason)
    with transaction.atomic():
        _execute(application, decision=decision, reason=text, by=by, seen=seen, now=now or timezone.now())
        record_step(application=application, action=CaseAction.DECIDE, by=by, changed=_DECISION_FIELDS)
    return application


def preview_decision(
    *, application: Application, decision: DecisionKind, reason: str, by: User, now: dt.datetime | None = None
) -> DecisionLetter:
    """The letter that `decide` would make now. Writes nothing.

    Raises what `decide` raises of the right, the words and the page the person saw.
    """
    check_step(application=application, action=CaseAction.DECIDE, by=by)
    text = _reason_for(application, decision, reason)
    return _letter(application, decision=decision, reason=text, now=now)


def preview_proposal(*, application: Application, by: User, now: dt.datetime | None = None) -> DecisionLetter:
    """The letter that `approve_proposal` would make now. Writes nothing. Raises OwnProposal."""
    check_step(application=application, action=CaseAction.APPROVE, by=by)
    proposal = _proposal_of_another(application, by)
    return _letter(application, decision=DecisionKind(proposal.decision), reason=proposal.reason, now=now)


def propose(
    *, application: Application, decision: DecisionKind, reason: str, by: User, now: dt.datetime | None = None
) -> Approval:
    """Send a decision to the approvers. Audited. Raises NeedsNoApproval, ReasonMissing, ContentMissing, NoSeat."""
    check_step(application=application, action=CaseAction.PROPOSE, by=by)
    if not application.procedure.needs_approval:
        raise NeedsNoApproval
    if decision == DecisionKind.APPROVE and application.seat == Seat.WAITING:
        raise NoSeat
    text = _reason_for(application, decision, reason)
    moment = now or timezone.now()
    try:
        with transaction.atomic():
            move(application, to=ApplicationState.APPROVING, event=EventKind.PROPOSED, by=by, note=text, now=moment)
            proposal = Approval.objects.create(
                application=application, decision=decision, reason=text, proposed_by=by, proposed_at=moment
            )
            record_step(application=application, action=CaseAction.PROPOSE, by=by, changed=("state",))
    except IntegrityError as error:
        if violated(error) == "approval_one_waiting_per_application":
            raise StaleState from error
        raise
    return proposal


def approve_proposal(
    *,
    application: Application,
    by: User,
    comment: str = "",
    seen: str | None = None,
    now: dt.datetime | None = None,
) -> Application:
    """Approve what was proposed and execute it: proposal, state, event, notice and audit in one transaction.

    `seen` as in `decide`. Raises LetterChanged, and OwnProposal: the constraint `approval_by_another_person`
    says the same to every other writer.
    """
    check_step(application=application, action=CaseAction.APPROVE, by=by)
    proposal = _proposal_of_another(application, by)
    moment = now or timezone.now()
    decision = DecisionKind(proposal.decision)
    with transaction.atomic():
        # the case first: whoever moves it has won, and only the winner touches the proposal
        _execute(application, decision=decision, reason=proposal.reason, by=by, seen=seen, now=moment)
        _settle(proposal, state=ApprovalState.APPROVED, comment=comment, by=by, now=moment)
        record_step(application=application, action=CaseAction.APPROVE, by=by, changed=_DECISION_FIELDS)
    return application


def send_back(*, application: Application, comment: str, by: User, now: dt.datetime | None = None) -> Application:
    """Give a proposal back to the handler with a comment; the proposer may take it back alike. Audited.

    Raises ReasonMissing.
    """
    check_step(application=application, action=CaseAction.SEND_BACK, by=by)
    text = need_reason(comment)
    proposal = _waiting(application)
    moment = now or timezone.now()
    with transaction.atomic():
        move(application, to=ApplicationState.IN_REVIEW, event=EventKind.SENT_BACK, by=by, note=text, now=moment)
        _settle(proposal, state=ApprovalState.SENT_BACK, comment=text, by=by, now=moment)
        record_step(application=application, action=CaseAction.SEND_BACK, by=by, changed=("state",))
    return application


def _reason_for(application: Application, decision: DecisionKind, reason: str) -> str:
    """The words of the decision: always with a refusal, with an approval where its notice has a section for them."""
    if decision == DecisionKind.REFUSE:
        return need_reason(reason)
    text = reason.strip()
    notice_type = application.procedure.approval_notice_type
    if not text and notice_type is not None and asks_for(notice_type, "reason"):
        raise ContentMissing
    return text


def _waiting(application: Application) -> Approval:
    proposal = waiting_approval(application)
    if proposal is None:
        raise StaleState
    return proposal


def _proposal_of_another(application: Application, by: User) -> Approval:
    """The proposal that waits, if this person may approve it. Raises OwnProposal."""
    proposal = _waiting(application)
    if proposal.proposed_by_id == by.pk:
        raise OwnProposal
    return proposal


def _letter(
    application: Application, *, decision: DecisionKind, reason: str, now: dt.datetime | None
) -> DecisionLetter:
    """The letter of a decision on the case as the person saw it. Raises StaleState."""
    if not Application.objects.filter(pk=application.pk, revision=application.revision).exists():
        raise StaleState
    text = decision_letter_of(application, decision=decision, reason=reason, now=now or timezone.now())
    return DecisionLetter(decision, reason, text)


def _execute(
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


def _settle(proposal: Approval, *, state: ApprovalState, comment: str, by: User, now: dt.datetime) -> None:
    """Close a waiting proposal. Raises StaleState when it waits no longer."""
    count = Approval.objects.filter(pk=proposal.pk, state=ApprovalState.WAITING).update(
        state=state, comment=comment.strip(), decided_by=by, decided_at=now
    )
    if count != 1:
        raise StaleState
