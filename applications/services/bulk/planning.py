"""The preview of a bulk decision: for each case what will happen, or why it cannot. Writes nothing."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from applications.approvals import OwnFiling, steps_of
from applications.enums import ApplicationState, ApprovalState, DecisionKind, Seat
from applications.hindrances import Hindered, hindrances_of
from applications.models import Application, Approval
from applications.permissions import CaseRight
from applications.queries.four_eyes import is_own_filing, typists_of
from applications.queries.letters import newest_texts
from applications.queries.reach import scope_for
from applications.queries.standing_in import Signer, signer_of
from applications.services.bulk.rules import NotDecidable, check_proposal, wants_signature
from applications.services.casework.deciding import REASON, DecisionLetter, NeedsApproval, check_reason, letter_of
from applications.services.casework.decision_notices import notice_type_of
from applications.services.casework.steps import NotAllowed
from applications.services.seats import NoSeat
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from notices.models import NoticeType, NoticeTypeVersion
from notices.texts import has_section_of


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


@dataclass(frozen=True)
class _Ground:
    """What is read once for all the cases that were chosen."""

    decision: DecisionKind
    reason: str
    signer: Signer
    proposals: Mapping[int, Approval]
    typists: Mapping[int, set[int]]
    hindrances: Mapping[int, list[str]]
    texts: Mapping[int, NoticeTypeVersion]


def plan(*, cases: Sequence[Application], decision: DecisionKind, reason: str, by: User) -> list[Planned]:
    """One row for each case in the order given. The number of queries does not grow with the cases."""
    waiting = Approval.objects.filter(application__in=cases, state=ApprovalState.WAITING)
    ground = _Ground(
        decision,
        reason,
        signer=signer_of(by),
        proposals={proposal.application_id: proposal for proposal in waiting.prefetch_related("signatures")},
        typists=typists_of(cases),
        hindrances=hindrances_of(cases, decision),
        texts=newest_texts(kind for case in cases if (kind := notice_type_of(case, decision)) is not None),
    )
    return [_planned(case, ground) for case in cases]


def _planned(case: Application, ground: _Ground) -> Planned:
    try:
        if wants_signature(case):
            return _planned_signature(case, ground)
        return _planned_decision(case, ground)
    except DomainError as error:
        return Planned(case, problem=str(error))


def _planned_decision(case: Application, ground: _Ground) -> Planned:
    by, decision = ground.signer.user, ground.decision
    if is_own_filing(by, case) or by.pk in ground.typists.get(case.pk, ()):
        raise OwnFiling
    if case.disposed_at is not None or not scope_for(by, CaseRight.DECIDE).covers(case):
        raise NotAllowed
    if case.state != ApplicationState.IN_REVIEW:
        raise NotDecidable(case)
    if case.procedure.needs_approval:
        raise NeedsApproval
    check_reason(decision, ground.reason, is_asked=_asks_for_reason(case, ground))
    _need_free_way(case, ground)
    outcome = _("「%(decision)s」と決定します。") % {"decision": decision.label}
    return Planned(case, outcome, notice_type=_type(case, decision))


def _asks_for_reason(case: Application, ground: _Ground) -> bool:
    kind = notice_type_of(case, ground.decision)
    text = ground.texts.get(kind.pk) if kind is not None else None
    return text is not None and has_section_of(text.body, REASON)


def _planned_signature(case: Application, ground: _Ground) -> Planned:
    proposal, decision = ground.proposals.get(case.pk), ground.decision
    if proposal is None:
        raise StaleState
    proposal.application = case
    refusal = ground.signer.refusal(proposal, ground.typists)
    if refusal is not None:
        raise refusal
    check_proposal(proposal.decision, decision)
    _need_free_way(case, ground)
    steps = steps_of(proposal)
    if proposal.position < len(steps):
        following = {"title": steps[proposal.position].title}
        return Planned(case, _("決裁し、次の段階（%(title)s）に回します。") % following)
    outcome = _("決裁し、「%(decision)s」と決定します。") % {"decision": decision.label}
    return Planned(case, outcome, notice_type=_type(case, decision))


def _need_free_way(case: Application, ground: _Ground) -> None:
    if ground.decision == DecisionKind.APPROVE and case.seat == Seat.WAITING:
        raise NoSeat
    if found := ground.hindrances.get(case.pk):
        raise Hindered(found)


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


def texts_of(cases: Iterable[Application], decision: DecisionKind) -> dict[str, int]:
    """Key of each kind of letter → the number of its newest version. One query."""
    kinds = {kind.pk: kind for kind in (_type(case, decision) for case in cases) if kind is not None}
    return {kinds[pk].key: version.number for pk, version in newest_texts(kinds.values()).items()}


def texts_mark(cases: Iterable[Application], decision: DecisionKind, reason: str) -> str:
    """Tells what was read from anything else: the decision, its words, the versions of the texts (SHA-256)."""
    return mark_of_texts(texts_of(cases, decision), decision, reason)


def mark_of_texts(texts: Mapping[str, int], decision: DecisionKind, reason: str) -> str:
    """The mark of texts that were read already: versions are frozen, so their numbers stand for their words."""
    read = [decision.value, reason.strip(), sorted(texts.items())]
    return hashlib.sha256(json.dumps(read, ensure_ascii=False).encode()).hexdigest()
