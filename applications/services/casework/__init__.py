"""What the staff do with a case. Each function moves one case one step, in one transaction.

All of them raise NotAllowed when role and scope do not give the right (views answer 404), and StaleState
when somebody was faster: the caller sets `application.revision` to the one the person saw.
"""

from applications.services.casework.deciding import DecisionLetter, LetterChanged, decide, preview_decision
from applications.services.casework.handling import assign, complete, reopen, return_for_correction, take
from applications.services.casework.issuing import NotIssued, call_off, issue
from applications.services.casework.proposing import approve_proposal, preview_proposal, propose, send_back
from applications.services.casework.steps import NotAllowed, ReasonMissing
from applications.services.casework.visits import first_day, hold_at_reception, hold_visit, unhold_visit

__all__ = [
    "DecisionLetter",
    "LetterChanged",
    "NotAllowed",
    "NotIssued",
    "ReasonMissing",
    "approve_proposal",
    "assign",
    "call_off",
    "complete",
    "decide",
    "first_day",
    "hold_at_reception",
    "hold_visit",
    "issue",
    "preview_decision",
    "preview_proposal",
    "propose",
    "reopen",
    "return_for_correction",
    "send_back",
    "take",
    "unhold_visit",
]
