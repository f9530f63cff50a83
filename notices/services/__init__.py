"""Writes of the notices: issue, withdraw, receipts, letters, checks."""

from notices.services.issuing import NoTextYet, issue

__all__ = [
    "NoTextYet",
    "issue",
]
