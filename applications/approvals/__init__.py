"""The chain of a proposal: its steps as they were frozen, and why somebody may not sign one."""

from applications.approvals.errors import NotYourTurn, OwnFiling, OwnProposal, SignedAlready
from applications.approvals.steps import MOST_STEPS, Step, current_step, frozen, steps_of, stored

__all__ = [
    "MOST_STEPS",
    "NotYourTurn",
    "OwnFiling",
    "OwnProposal",
    "SignedAlready",
    "Step",
    "current_step",
    "frozen",
    "steps_of",
    "stored",
]
