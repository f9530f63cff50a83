"""The preview of a bulk decision: for each case what will happen, or why it cannot. Writes nothing."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from applications.approvals import OwnFiling, steps_of
from applications.enums import ApplicationState, ApprovalState, DecisionKind, Seat
from applications.hindrances import need_no_hindrance
from applications.models import Application, Approval
from applications.permissions import CaseAction
from applications.queries.scope import has_typed_in, may
from applications.queries.standing_in import Signer, signer_of
from applications.services.bulk.rules import NotDecidable, check_proposal, wants_signature
from applications.services.casework.deciding import DecisionLetter, NeedsApproval, letter_of, reason_for
from applications.services.casework.decision_notices import notice_type_of
from applications.services.casework.steps import NotAllowed
from applications.services.seats import NoSeat
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from notices.models import NoticeType


@dataclass(frozen=True)
class Planned:
    """What a bulk decision would do with one case; `problem` says why it does nothing."""

    case: Application
    outcome: str = ""
    problem: str = ""
    notice_type: NoticeType | None = None

    @property
    def is_possible(self) -> bool:
        return not self.problem

    @property
    def key(self) -> str:
        """What the confirmation sends: the case as it was seen."""
        return f"{self.case.public_id}:{self.case.revision}"


def plan(*, cases: Sequence[Application], decision: DecisionKind, reason: str, by: User) -> list[Planned]:
    """One row for each case in the order given. Reads proposals and delegations once for all of them."""
    waiting = Approval.objects.filter(application__in=cases, state=ApprovalState.WAITING)
    proposals = {proposal.application_id: proposal for proposal in waiting.prefetch_related("signatures")}
    signer = signer_of(by)
    return [_planned(case, proposals.get(case.pk), decision, reason, signer) for case in cases]


def _planned(
    case: Application, proposal: Approval | None, decision: DecisionKind, reason: str, signer: Signer
) -> Planned:
    try:
        if wants_signature(case):
            return _planned_signature(case, proposal, decision, signer)
        return _planned_decision(case, decision, reason, signer.user)
    except DomainError as error:
        return Planned(case, problem=str(error))


def _planned_decision(case: Application, decision: DecisionKind, reason: str, by: User) -> Planned:
    if case.filed_by_id == by.pk and case.is_staffs:
        raise OwnFiling
    if not may(by, case, CaseAction.DECIDE):
        raise NotAllowed
    if case.state != ApplicationState.IN_REVIEW:
        raise NotDecidable(case)
    if case.procedure.needs_approval:
        raise NeedsApproval
    reason_for(case, decision, reason)
    _need_free_way(case, decision)
    return Planned(
        case, _("「%(decision)s」と決定します。") % {"decision": decision.label}, notice_type=_type(case, decision)
    )


def _planned_signature(case: Application, proposal: Approval | None, decision: DecisionKind, signer: Signer) -> Planned:
    if proposal is None:
        raise StaleState
    proposal.application = case
    refusal = signer.refusal(proposal)
    if refusal is not None:
        raise refusal
    if has_typed_in(signer.user, case):
        raise OwnFiling
    check_proposal(proposal.decision, decision)
    _need_free_way(case, decision)
    steps = steps_of(proposal)
    if proposal.position < len(steps):
        following = {"title": steps[proposal.position].title}
        return Planned(case, _("決裁し、次の段階（%(title)s）に回します。") % following)
    outcome = _("決裁し、「%(decision)s」と決定します。") % {"decision": decision.label}
    return Planned(case, outcome, notice_type=_type(case, decision))


def _need_free_way(case: Application, decision: DecisionKind) -> None:
    if decision == DecisionKind.APPROVE and case.seat == Seat.WAITING:
        raise NoSeat
    need_no_hindrance(case, decision)


def _type(case: Application, decision: DecisionKind) -> NoticeType | None:
    return notice_type_of(case, decision) if case.resident is not None else None


def sample_letters(planned: Iterable[Planned], *, decision: DecisionKind, reason: str) -> list[DecisionLetter]:
    """The letter of the first case of every kind of notice: the words that all of them share are read once.

    What cannot be written is left out: the case itself will say so when its turn comes.
    """
    firsts: dict[int, Planned] = {}
    for row in planned:
        # who signs a step that is not the last one reads the letter too
        kind = _type(row.case, decision)
        if kind is not None:
            firsts.setdefault(kind.pk, row)
    letters = []
    for row in firsts.values():
        words = _reason_of(row.case, reason)
        try:
            letters.append(letter_of(row.case, decision=decision, reason=words, now=None))
        except DomainError:
            continue
    return letters


def _reason_of(case: Application, reason: str) -> str:
    """The words that stand in the letter: those of the proposal where there is one."""
    proposal = case.approvals.filter(state=ApprovalState.WAITING).first() if wants_signature(case) else None
    return proposal.reason if proposal is not None else reason


def texts_mark(cases: Iterable[Application], decision: DecisionKind) -> str:
    """Tells whether the texts of these letters are still the newest (SHA-256 of the numbers of their versions)."""
    kinds = {kind for kind in (_type(case, decision) for case in cases) if kind is not None}
    numbers = {kind.key: kind.versions.order_by("-number").values_list("number", flat=True).first() for kind in kinds}
    return hashlib.sha256(repr(sorted(numbers.items())).encode()).hexdigest()
