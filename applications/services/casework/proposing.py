"""A decision on its way through the approval chain: proposed by one, signed by others, sent back by any of them."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.approvals import SignedAlready, Step, current_step, frozen, steps_of, stored
from applications.enums import ApplicationState, ApprovalState, DecisionKind, EventKind, Seat
from applications.hindrances import need_no_hindrance
from applications.models import Application, Approval, ApprovalSignature
from applications.permissions import CaseAction
from applications.queries.scope import waiting_approval
from applications.queries.standing_in import Capacity, Signer, signer_of
from applications.services.casework.deciding import (
    DECISION_FIELDS,
    DecisionLetter,
    LetterChanged,
    execute,
    letter_of,
    reason_for,
)
from applications.services.casework.steps import check_step, need_reason, record_step
from applications.services.seats import NoSeat
from applications.services.states import change, move
from cityhall.db import violated
from cityhall.errors import DomainError, StaleState
from cityhall.models import User

_CONFLICTS: dict[str | None, type[DomainError]] = {
    "approval_signature_step_once": StaleState,
    "approval_signature_person_once": SignedAlready,
}
"""What another signature at the same moment means."""


class NeedsNoApproval(DomainError):
    """The procedure has no approver; the handler decides."""

    code = "needs_no_approval"
    message = _("この手続に決裁は不要です。そのまま決定してください。")


def propose(
    *, application: Application, decision: DecisionKind, reason: str, by: User, now: dt.datetime | None = None
) -> Approval:
    """Send a decision up the chain of the procedure, which is frozen into the proposal. Audited.

    Raises NeedsNoApproval, ReasonMissing, ContentMissing, Hindered, NoSeat.
    """
    check_step(application=application, action=CaseAction.PROPOSE, by=by)
    if not application.procedure.needs_approval:
        raise NeedsNoApproval
    if decision == DecisionKind.APPROVE and application.seat == Seat.WAITING:
        raise NoSeat
    text = reason_for(application, decision, reason)
    need_no_hindrance(application, decision)
    moment = now or timezone.now()
    steps = frozen(application.procedure.approval_steps.order_by("position"), application)
    proposal = Approval(
        application=application,
        decision=decision,
        reason=text,
        steps=stored(steps),
        proposed_by=by,
        proposed_at=moment,
    )
    _give_turn(proposal, steps_of(proposal)[0])
    try:
        with transaction.atomic():
            move(application, to=ApplicationState.APPROVING, event=EventKind.PROPOSED, by=by, note=text, now=moment)
            proposal.save(force_insert=True)
            record_step(application=application, action=CaseAction.PROPOSE, by=by, changed=("state",))
    except IntegrityError as error:
        if violated(error) == "approval_one_waiting_per_application":
            raise StaleState from error
        raise
    return proposal


def preview_proposal(*, application: Application, by: User, now: dt.datetime | None = None) -> DecisionLetter:
    """The letter that the last signature would make now. Writes nothing. Raises what `approve_proposal` refuses."""
    check_step(application=application, action=CaseAction.APPROVE, by=by)
    proposal = _waiting(application)
    _capacity(signer_of(by), proposal)
    decision = DecisionKind(proposal.decision)
    need_no_hindrance(application, decision)
    return letter_of(application, decision=decision, reason=proposal.reason, now=now)


def approve_proposal(
    *,
    application: Application,
    by: User,
    comment: str = "",
    seen: str | None = None,
    now: dt.datetime | None = None,
) -> Application:
    """Sign the step that is next; the last signature executes the decision in the same transaction. Audited.

    `seen` as in `decide`, at every step. Who stands in for an approver signs as such (代決), with both names.
    Raises LetterChanged, Hindered, OwnProposal, OwnFiling, SignedAlready, NotYourTurn. The constraints
    `approval_by_another_person` and `approval_signature_*` say the same to every other writer.
    """
    check_step(application=application, action=CaseAction.APPROVE, by=by)
    proposal = _waiting(application)
    capacity = _capacity(signer_of(by), proposal)
    need_no_hindrance(application, DecisionKind(proposal.decision))
    moment = now or timezone.now()
    try:
        with transaction.atomic():
            # the case first: whoever moves it has won, and only the winner touches the proposal
            if _is_last(proposal):
                _execute_proposal(proposal, comment=comment, by=by, seen=seen, now=moment)
            else:
                _pass_on(proposal, seen=seen, now=moment)
            _sign(proposal, capacity, comment=comment, by=by, now=moment)
            changed = DECISION_FIELDS if _is_last(proposal) else ("approval.position",)
            record_step(application=application, action=CaseAction.APPROVE, by=by, changed=changed)
    except IntegrityError as error:
        known = _CONFLICTS.get(violated(error))
        if known is None:
            raise
        raise known from error
    return application


def send_back(*, application: Application, comment: str, by: User, now: dt.datetime | None = None) -> Application:
    """Give a proposal back to the handler with a comment, at any step; the proposer may take it back alike. Audited.

    What was signed before stays on record; the next proposal goes through the whole chain. Raises ReasonMissing.
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


def _waiting(application: Application) -> Approval:
    proposal = waiting_approval(application)
    if proposal is None:
        raise StaleState
    return proposal


def _capacity(signer: Signer, proposal: Approval) -> Capacity:
    """In whose name this person signs now. Raises why they may not."""
    refusal = signer.refusal(proposal)
    capacity = signer.capacity(proposal)
    if refusal is not None or capacity is None:
        raise refusal or StaleState
    return capacity


def _is_last(proposal: Approval) -> bool:
    return proposal.position == len(steps_of(proposal))


def _give_turn(proposal: Approval, step: Step) -> None:
    proposal.position = step.position
    proposal.turn_department_id = step.department
    proposal.turn_approver_id = step.approver


def _execute_proposal(proposal: Approval, *, comment: str, by: User, seen: str | None, now: dt.datetime) -> None:
    decision = DecisionKind(proposal.decision)
    execute(proposal.application, decision=decision, reason=proposal.reason, by=by, seen=seen, now=now)
    _settle(proposal, state=ApprovalState.APPROVED, comment=comment, by=by, now=now)


def _pass_on(proposal: Approval, *, seen: str | None, now: dt.datetime) -> None:
    """The case rises by one revision, so that a page from before this signature signs nothing; then the next's turn."""
    decision = DecisionKind(proposal.decision)
    letter = letter_of(proposal.application, decision=decision, reason=proposal.reason, now=now)
    if seen is not None and letter.mark != seen:
        raise LetterChanged
    change(proposal.application)
    following = steps_of(proposal)[proposal.position]
    count = Approval.objects.filter(pk=proposal.pk, state=ApprovalState.WAITING, position=proposal.position).update(
        position=following.position, turn_department=following.department, turn_approver=following.approver
    )
    if count != 1:
        raise StaleState


def _sign(proposal: Approval, capacity: Capacity, *, comment: str, by: User, now: dt.datetime) -> None:
    """The row that stays: which step, by whom, for whom."""
    step = current_step(proposal)
    ApprovalSignature.objects.create(
        approval=proposal,
        position=step.position,
        title=step.title,
        signed_by=by,
        on_behalf_of=capacity.on_behalf_of,
        comment=comment.strip(),
        signed_at=now,
    )


def _settle(proposal: Approval, *, state: ApprovalState, comment: str, by: User, now: dt.datetime) -> None:
    """Close a waiting proposal at the step where it stands. Raises StaleState when it waits there no longer."""
    count = Approval.objects.filter(pk=proposal.pk, state=ApprovalState.WAITING, position=proposal.position).update(
        state=state, comment=comment.strip(), decided_by=by, decided_at=now
    )
    if count != 1:
        raise StaleState
