"""Writes of the notices: issue, open, confirm, withdraw, letters, checks."""

from notices.services.checking import CheckAnswer, answer_of, start_check, verify_by_number
from notices.services.issuing import NoTextYet, issue
from notices.services.letters import (
    NothingDue,
    create_letter_run,
    mark_posted,
    mark_returned,
    post_by_hand,
    return_to_due,
)
from notices.services.receipts import NotTheRecipient, confirm_notice, open_notice, record_download, withdraw

__all__ = [
    "CheckAnswer",
    "NoTextYet",
    "NotTheRecipient",
    "NothingDue",
    "answer_of",
    "confirm_notice",
    "create_letter_run",
    "issue",
    "mark_posted",
    "mark_returned",
    "open_notice",
    "post_by_hand",
    "record_download",
    "return_to_due",
    "start_check",
    "verify_by_number",
    "withdraw",
]
