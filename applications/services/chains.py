"""The approval chain of a procedure: replaced as a whole; proposals under way keep the one they began with."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.approvals import MOST_STEPS
from applications.models import ApprovalStep, Procedure
from applications.permissions import CaseRight
from applications.queries.designing import may_set_guards
from applications.queries.reach import scope_for
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import Department, User
from cityhall.services import audit


class NotYourChain(DomainError):
    """Who examines does not decide how strictly."""

    code = "not_your_chain"
    message = _("決裁の段階を変えられるのは、所管課の決裁者か管理者だけです。")


class NoApprovalAsked(DomainError):
    """A chain of a procedure that nobody has to approve would never be used."""

    code = "no_approval_asked"
    message = _("この手続は、決裁が必要な設定になっていません。先に手続の設定で「決裁が必要」を選んでください。")


class TooManySteps(DomainError):
    code = "too_many_steps"
    message = _("決裁は3段階までです。")


class ApproverTwice(DomainError):
    """One person signs once: the chain could never be finished."""

    code = "approver_twice"
    message = _("同じ決裁者を二つの段階に選ぶことはできません。")


class NoApprover(DomainError):
    """The person chosen may not approve there."""

    code = "no_approver"
    message = _("選んだ決裁者は、その段階の課の決裁者ではありません。課か決裁者を選び直してください。")


@dataclass(frozen=True)
class WantedStep:
    """A step as somebody wants it; no department means that of the procedure, no approver anybody of it."""

    title: str
    department: Department | None
    approver: User | None


def chain_seen(procedure: Procedure) -> str:
    """What a page shows of the chain, to be sent back with a change."""
    rows = procedure.approval_steps.order_by("position").values_list("title", "department_id", "approver_id")
    return repr(list(rows))


def set_chain(*, procedure: Procedure, steps: Sequence[WantedStep], seen: str, by: User) -> bool:
    """Replace the chain; whether anything changed. Audited. Locks the procedure: two changes at once see one another.

    Raises NotYourChain, NoApprovalAsked, TooManySteps, ApproverTwice, NoApprover, StaleState.
    """
    if not may_set_guards(by, procedure):
        raise NotYourChain
    if steps and not procedure.needs_approval:
        raise NoApprovalAsked
    if len(steps) > MOST_STEPS:
        raise TooManySteps
    _check_approvers(procedure, steps)
    with transaction.atomic():
        Procedure.objects.select_for_update(no_key=True).get(pk=procedure.pk)
        if chain_seen(procedure) != seen:
            raise StaleState
        procedure.approval_steps.all().delete()
        ApprovalStep.objects.bulk_create(
            ApprovalStep(
                procedure=procedure,
                position=position,
                title=step.title,
                department=step.department,
                approver=step.approver,
            )
            for position, step in enumerate(steps, start=1)
        )
        if chain_seen(procedure) == seen:
            return False
        audit.record(
            action=AuditAction.CHANGE,
            actor=by,
            target_type="applications.procedure",
            target_id=procedure.key,
            target_label=procedure.name,
            changed_fields=("approval_steps",),
            department_code=procedure.department.code,
        )
    return True


def _check_approvers(procedure: Procedure, steps: Sequence[WantedStep]) -> None:
    people = [step.approver.pk for step in steps if step.approver is not None]
    if len(set(people)) != len(people):
        raise ApproverTwice
    for step in steps:
        if step.approver is None:
            continue
        scope = scope_for(step.approver, CaseRight.APPROVE)
        department = step.department.pk if step.department else procedure.department_id
        granted = department == procedure.department_id and (department, procedure.key) in scope.procedures
        if department not in scope.department_ids and not granted:
            raise NoApprover
