"""Who stands in for whom (代決), and so who may sign which step of a proposal."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.approvals import NotYourTurn, OwnFiling, OwnProposal, SignedAlready, Step, current_step, steps_of
from applications.enums import TAKEN_DOWN, ApplicantKind, ApprovalState
from applications.models import Application, ApplicationRevision, Approval, ApprovalDelegate, ApprovalSignature
from applications.permissions import ROLE_RIGHTS, CaseRight
from applications.queries.four_eyes import barred_from
from applications.queries.reach import CaseScope, scope_for
from cityhall.days import today
from cityhall.errors import DomainError
from cityhall.models import StaffRole, User
from cityhall.queries.staff import scope_of

Typists = Mapping[int, set[int]] | None
"""What `four_eyes.typists_of` says of many cases; None where one case is asked about."""


def in_force(on: dt.date) -> Q:
    """Delegations that count on a day: not ended before by anybody."""
    return Q(from_on__lte=on, until_on__gte=on, ended_at__isnull=True)


def delegations() -> QuerySet[ApprovalDelegate]:
    """All of them with the names that a page shows."""
    return ApprovalDelegate.objects.select_related("principal", "delegate", "created_by")


def possible_principals(on: dt.date | None = None) -> QuerySet[User]:
    """Everybody who approves somewhere today."""
    return _with_roles(CaseRight.APPROVE, on or today()).order_by("name", "pk")


def possible_delegates(principal: User, on: dt.date | None = None) -> QuerySet[User]:
    """Others who process or approve in a department where the principal approves."""
    departments = scope_for(principal, CaseRight.APPROVE).department_ids
    return (
        _with_roles(CaseRight.PROCESS, on or today(), department__in=departments)
        .exclude(pk=principal.pk)
        .order_by("name", "pk")
    )


def _with_roles(right: CaseRight, on: dt.date, **places: Any) -> QuerySet[User]:
    roles = StaffRole.objects.active(on).filter(
        role__in=[role for role, rights in ROLE_RIGHTS.items() if right in rights], **places
    )
    return User.objects.filter(pk__in=roles.values("user"), is_active=True, is_staff=True)


def delegations_seen_by(user: User, on: dt.date | None = None) -> QuerySet[ApprovalDelegate]:
    """What is in force or to come, of people of one's departments; administrators and auditors: of all."""
    rows = delegations().filter(until_on__gte=on or today(), ended_at__isnull=True).order_by("from_on", "id")
    staff = scope_of(user)
    if staff.is_administrator or staff.is_auditor:
        return rows
    colleagues = StaffRole.objects.active(on or today()).filter(department__in=staff.department_ids)
    return rows.filter(Q(principal__in=colleagues.values("user")) | Q(delegate=user))


class Principal(NamedTuple):
    """An approver who is away, and where they approve."""

    user: User
    scope: CaseScope


@dataclass(frozen=True)
class Capacity:
    """In whose name a person signs: their own, or that of somebody who is away (代決)."""

    on_behalf_of: User | None = None


@dataclass(frozen=True)
class Signer:
    """What one person may sign today, read once for any number of proposals."""

    user: User
    approves: CaseScope
    processes: CaseScope
    principals: tuple[Principal, ...] = ()

    def capacity(self, proposal: Approval, typists: Typists = None) -> Capacity | None:
        """In whose name the person may sign the step that is next; in their own where they can.

        A right is used once in a proposal, by its owner or by who stands in; who is barred lends none.
        """
        unusable = _used_by(proposal) | barred_from(proposal, typists)
        for owner in self._owners(proposal.application, current_step(proposal)):
            if owner.pk not in unusable:
                return Capacity() if owner.pk == self.user.pk else Capacity(owner)
        return None

    def is_among(self, proposal: Approval) -> bool:
        """Whether some step of the proposal is the person's, in whosever name, signed or to come."""
        return any(self._owners(proposal.application, step) for step in steps_of(proposal))

    def _owners(self, case: Application, step: Step) -> list[User]:
        """Whose right the person holds at a step: their own first, then of those they stand in for where they work."""
        mine = [self.user] if _may_sign(self.user, self.approves, case, step) else []
        if not (covers(self.processes, case, step) or covers(self.approves, case, step)):
            return mine
        away = [principal.user for principal in self.principals if _may_sign(*principal, case, step)]
        return mine + away

    def refusal(self, proposal: Approval, typists: Typists = None) -> DomainError | None:
        """Why the person may not sign now, or None."""
        if proposal.proposed_by_id == self.user.pk:
            return OwnProposal()
        if self.user.pk in barred_from(proposal, typists):
            return OwnFiling()
        if any(signature.signed_by_id == self.user.pk for signature in proposal.signatures.all()):
            return SignedAlready()
        return None if self.capacity(proposal, typists) else NotYourTurn()

    def turns(self) -> Q:
        """Waiting proposals whose turn it is, as a filter; `capacity` and `refusal` say the same of one."""
        mine = _at(self.approves) & _is_free(self.user) & _is_named(self.user)
        for principal in self.principals:
            works_there = _at(self.processes) | _at(self.approves)
            mine |= _at(principal.scope) & works_there & _is_free(principal.user) & _is_named(principal.user)
        signed = ApprovalSignature.objects.filter(signed_by=self.user, approval=OuterRef("pk"))
        return mine & ~Q(Exists(signed)) & _is_not_barred(self.user) & Q(state=ApprovalState.WAITING)


def signer_of(user: User, on: dt.date | None = None) -> Signer:
    """What a person may sign on a day: one query, and two more for each person they stand in for."""
    rows = delegations().filter(in_force(on or today()), delegate=user)
    people = {row.principal_id: row.principal for row in rows}
    return Signer(
        user=user,
        approves=scope_for(user, CaseRight.APPROVE),
        processes=scope_for(user, CaseRight.PROCESS),
        principals=tuple(
            Principal(person, scope)
            for _pk, person in sorted(people.items())
            if (scope := scope_for(person, CaseRight.APPROVE))
        ),
    )


def covers(scope: CaseScope, case: Application, step: Step) -> bool:
    """Whether a right is held where the step is signed: in its department, or by a grant of the case's own."""
    if step.department in scope.department_ids:
        return True
    return step.department == case.department_id and scope.covers(case)


def _may_sign(user: User, scope: CaseScope, case: Application, step: Step) -> bool:
    return covers(scope, case, step) and step.approver in (None, user.pk)


def _used_by(proposal: Approval) -> set[int | None]:
    """People whose right was used for an earlier step, by themselves or by somebody who stood in."""
    return {pk for signature in proposal.signatures.all() for pk in (signature.signed_by_id, signature.on_behalf_of_id)}


def _is_free(owner: User) -> Q:
    """Proposals on which this person's right is still to be used, and not barred; as `capacity` has it."""
    used = ApprovalSignature.objects.filter(Q(signed_by=owner) | Q(on_behalf_of=owner), approval=OuterRef("pk"))
    return ~Q(Exists(used)) & _is_not_barred(owner)


def _is_not_barred(person: User) -> Q:
    """The other way round of `four_eyes.barred_from`, as a filter."""
    typed = ApplicationRevision.objects.filter(application=OuterRef("application"), submitted_by=person)
    has_typed = Q(Exists(typed), application__channel__in=TAKEN_DOWN) & ~Q(
        application__applicant_kind=ApplicantKind.STAFF
    )
    return ~Q(proposed_by=person) & ~Q(application__filed_by=person) & ~has_typed


def _is_named(owner: User) -> Q:
    return Q(turn_approver__isnull=True) | Q(turn_approver=owner)


def _at(scope: CaseScope) -> Q:
    """Proposals whose next step is signed where this right is held."""
    place = Q(turn_department__in=scope.department_ids)
    for department_id, key in sorted(scope.procedures):
        place |= Q(turn_department=department_id, application__procedure__key=key)
    return place
