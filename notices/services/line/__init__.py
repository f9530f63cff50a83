"""LINE: friends of the city's account, the linking of accounts, and what is sent there."""

from notices.services.line.client import LineClient, is_configured
from notices.services.line.events import handle_event, is_genuine
from notices.services.line.linking import issue_nonce, link, unlink
from notices.services.line.sending import LineSender

__all__ = [
    "LineClient",
    "LineSender",
    "handle_event",
    "is_configured",
    "is_genuine",
    "issue_nonce",
    "link",
    "unlink",
]
