"""What the staff do with a case. Each function moves one case one step, in one transaction.

All of them raise NotAllowed when role and scope do not give the right (views answer 404), and StaleState
when somebody was faster: the caller sets `application.revision` to the one the person saw.
"""

from applications.services.casework.deciding import approve_proposal, decide, preview_decision, propose, send_back
from applications.services.casework.handling import assign, complete, hold_visit, reopen, return_for_correction, take
from applications.services.casework.steps import NotAllowed, ReasonMissing

__all__ = [
    "NotAllowed",
    "ReasonMissing",
    "approve_proposal",
    "assign",
    "complete",
    "decide",
    "hold_visit",
    "preview_decision",
    "propose",
    "reopen",
    "return_for_correction",
    "send_back",
    "take",
]
