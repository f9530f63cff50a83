"""The approval chain as pages show it: who signed when, whose turn it is, and what waits for one person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from applications.approvals import Step, current_step, steps_of
from applications.enums import ApprovalState
from applications.models import Application, Approval, ApprovalSignature
from applications.permissions import CaseRight
from applications.queries.four_eyes import barred_from
from applications.queries.reach import holders
from applications.queries.standing_in import Signer, delegations, in_force, signer_of
from cityhall.days import today
from cityhall.models import Department, User
from cityhall.pages import Page, keyset_page


@dataclass(frozen=True)
class ChainStep:
    """One step with the names of who should sign, and the signature when it is there."""

    step: Step
    department: str
    approver: User | None
    signature: ApprovalSignature | None
    is_next: bool


@dataclass(frozen=True)
class Chain:
    """One proposal with its steps in order."""

    proposal: Approval
    steps: tuple[ChainStep, ...]

    @property
    def has_names(self) -> bool:
        """Whether the procedure has a chain; without one there is one step that says nothing."""
        return bool(self.proposal.steps)


@dataclass(frozen=True)
class PossibleSigner:
    """Somebody who may sign the step that is next; for whom, when they stand in (代決)."""

    user: User
    on_behalf_of: User | None = None


def chains_of(case: Application) -> list[Chain]:
    """Every proposal of a case, newest first: three queries more than none when there are any."""
    proposals = list(
        case.approvals.select_related("proposed_by", "decided_by")
        .prefetch_related("signatures__signed_by", "signatures__on_behalf_of")
        .order_by("-id")
    )
    for proposal in proposals:
        proposal.application = case
    steps = [step for proposal in proposals for step in steps_of(proposal)]
    if not steps:
        return []
    departments = dict(Department.objects.filter(pk__in={step.department for step in steps}).values_list("pk", "name"))
    approvers = User.objects.in_bulk({step.approver for step in steps if step.approver is not None})
    return [Chain(proposal, tuple(_steps(proposal, departments, approvers))) for proposal in proposals]


def _steps(proposal: Approval, departments: Mapping[int, str], approvers: Mapping[int, User]) -> Iterable[ChainStep]:
    signatures = {signature.position: signature for signature in proposal.signatures.all()}
    for step in steps_of(proposal):
        yield ChainStep(
            step=step,
            department=departments.get(step.department, ""),
            approver=approvers.get(step.approver) if step.approver is not None else None,
            signature=signatures.get(step.position),
            is_next=proposal.state == ApprovalState.WAITING and step.position == proposal.position,
        )


def possible_signers(proposal: Approval) -> list[PossibleSigner]:
    """Who may sign the step that is next today: approvers first, then those who stand in for one of them."""
    case, step = proposal.application, current_step(proposal)
    barred = barred_from(proposal)
    signed = {signature.signed_by_id for signature in proposal.signatures.all()}
    # a right is used once, whoever signed with it
    used = signed | {signature.on_behalf_of_id for signature in proposal.signatures.all()}
    approvers = holders(CaseRight.APPROVE, department_id=step.department, case=case)
    if step.approver is not None:
        approvers = approvers.filter(pk=step.approver)
    owners = [person for person in approvers.order_by("name", "pk") if person.pk not in barred | used]
    workers = holders(CaseRight.PROCESS, department_id=step.department, case=case)
    standing_in = delegations().filter(
        in_force(today()), principal__in=owners, delegate__in=workers.exclude(pk__in=barred | signed)
    )
    return [PossibleSigner(person) for person in owners] + [
        PossibleSigner(row.delegate, row.principal) for row in standing_in.order_by("principal__name", "id")
    ]


def waiting_turns(user: User, signer: Signer | None = None) -> QuerySet[Approval]:
    """Proposals that wait for this person's signature now, oldest first to be asked for."""
    turns = (signer or signer_of(user)).turns()
    return Approval.objects.filter(turns, application__submitted_at__isnull=False)


def approval_list(user: User, *, after: str = "", size: int = 50) -> Page[Approval]:
    """One page of 決裁待ち with what a row shows."""
    rows = (
        waiting_turns(user)
        .select_related("application__procedure", "application__department", "proposed_by")
        .defer("application__draft_answers", "application__procedure__description")
        .prefetch_related("signatures")
    )
    return keyset_page(rows, order=("id",), after=after, size=size)


def count_turns(user: User, limit: int) -> int:
    """How many wait for this person, counting no further than `limit`."""
    return len(waiting_turns(user).order_by("id").values_list("pk", flat=True)[:limit])
