"""Writes of the notices: issue, open, confirm, withdraw, letters, checks."""

from notices.services.checking import CheckAnswer, answer_of, start_check, verify_by_number
from notices.services.issuing import NoTextYet, fill_text, issue, preview, usual_values_for
from notices.services.letters import NothingDue, create_letter_run
from notices.services.posting import (
    lacks_document,
    mark_posted,
    mark_returned,
    may_post_again,
    post_again,
    post_by_hand,
    post_without_document,
    renew_address,
    return_to_due,
)
from notices.services.receipts import NotTheRecipient, confirm_notice, open_notice, record_download, withdraw
from notices.services.samples import sample_letter
from notices.texts import NoticeText

__all__ = [
    "CheckAnswer",
    "NoTextYet",
    "NotTheRecipient",
    "NothingDue",
    "NoticeText",
    "answer_of",
    "confirm_notice",
    "create_letter_run",
    "fill_text",
    "issue",
    "lacks_document",
    "mark_posted",
    "mark_returned",
    "may_post_again",
    "open_notice",
    "post_again",
    "post_by_hand",
    "post_without_document",
    "preview",
    "record_download",
    "renew_address",
    "return_to_due",
    "sample_letter",
    "start_check",
    "usual_values_for",
    "verify_by_number",
    "withdraw",
]
