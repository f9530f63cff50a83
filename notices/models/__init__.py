"""Notices, the evidence that they arrived, and the ways they travel."""

from notices.models.checks import NoticeCheck
from notices.models.delivery import Delivery, DocumentJob, OutgoingMail
from notices.models.letters import LetterRun, LetterRunItem
from notices.models.notice import Notice, ReceiptEvent
from notices.models.types import NoticeType, NoticeTypeVersion

__all__ = [
    "Delivery",
    "DocumentJob",
    "LetterRun",
    "LetterRunItem",
    "Notice",
    "NoticeCheck",
    "NoticeType",
    "NoticeTypeVersion",
    "OutgoingMail",
    "ReceiptEvent",
]
