"""The steps of a proposal, out of the JSON that was frozen when it was proposed."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext

from applications.models import Application, Approval, ApprovalStep

MOST_STEPS = 3


@dataclass(frozen=True)
class Step:
    """One step: by this person, or by anybody who approves in this department."""

    position: int
    title: str
    department: int
    approver: int | None


def frozen(steps: Iterable[ApprovalStep], application: Application) -> tuple[Step, ...]:
    """The chain of a procedure as it stands now, numbered without gaps; a step without a department is the case's."""
    return tuple(
        Step(position, step.title, step.department_id or application.department_id, step.approver_id)
        for position, step in enumerate(steps, start=1)
    )


def stored(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """What stands in `Approval.steps`."""
    return [asdict(step) for step in steps]


def steps_of(proposal: Approval) -> tuple[Step, ...]:
    """The steps of a proposal; without a chain the one step that anybody signs who approves such cases."""
    if proposal.steps:
        return tuple(Step(**step) for step in proposal.steps)
    return (Step(1, gettext("決裁者"), proposal.application.department_id, None),)


def current_step(proposal: Approval) -> Step:
    """The step that is next."""
    return steps_of(proposal)[proposal.position - 1]
