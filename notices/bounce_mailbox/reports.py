"""Delivery status notifications (RFC 3464, RFC 6522) as mail servers write them; all else is no report."""

import email
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses

# what a server delivered, handed on or spread is out of its hands and was not refused
_ACTIONS = {
    "failed": "bounced",
    "delayed": "deferred",
    "delivered": "delivered",
    "relayed": "delivered",
    "expanded": "delivered",
}
# RFC 3463: no such mailbox or host, mailbox closed for good
_DEAD = ("5.1.", "5.2.1")
_STATUS, _TEXT_OF_HEADERS = "message/delivery-status", "text/rfc822-headers"
_ARRIVED_FOR = ("To", "Delivered-To", "X-Original-To", "Envelope-To")


@dataclass(frozen=True)
class Report:
    """What one server says of one recipient of a mail."""

    # in the words of anymail's events
    event_type: str
    status: str
    recipient: str

    @property
    def is_for_good(self) -> bool:
        """Whether the mailbox takes no mail at all; a full one, or a refusal of our words, says nothing of the next."""
        return self.event_type == "bounced" and self.status.startswith(_DEAD)


@dataclass(frozen=True)
class Bounce:
    """One message of the bounce mailbox: what it reports, of which mail, and the addresses it came in for."""

    reports: tuple[Report, ...]
    message_id: str
    addresses: tuple[str, ...]


def read_bounce(content: bytes) -> Bounce | None:
    """Take a report apart; None for everything that is none: answers, out-of-office notes, spam, rubbish."""
    # the older policy: it reads headers as text and never stumbles over what strangers write there
    message = email.message_from_bytes(content, policy=compat32)
    parts = list(message.walk())
    statuses = [part for part in parts if part.get_content_type() == _STATUS]
    reports = tuple(report for part in statuses for report in _reports_in(part))
    if not reports:
        return None
    return Bounce(reports, _message_id_in(parts), tuple(_addresses_in(message)))


def _reports_in(part: Message) -> Iterable[Report]:
    """The blocks of a status part: the first one is about the mail, each further one about a recipient."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if not isinstance(block, Message):
            continue
        action = _ACTIONS.get(str(block.get("Action", "")).strip().lower())
        recipient = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
        if action and recipient:
            yield Report(action, _status_of(block), recipient.rpartition(";")[2].strip().strip("<>"))


def _status_of(block: Message) -> str:
    """The code alone: some servers put their words behind it."""
    words = str(block.get("Status", "")).split()
    return words[0] if words else ""


def _message_id_in(parts: list[Message]) -> str:
    """The Message-ID of the mail that came back, which stands below the report, whole or as headers only."""
    for part in parts[1:]:
        if part.get_content_type() == _TEXT_OF_HEADERS:
            content = part.get_payload(decode=True)
            headers = email.message_from_bytes(content if isinstance(content, bytes) else b"", policy=compat32)
        else:
            headers = part
        # a part of the report may have a Content-ID, and a Message-ID only when it is a mail of its own
        found = str(headers.get("Message-ID") or "").strip()
        if found:
            return found
    return ""


def _addresses_in(message: Message) -> Iterable[str]:
    values = [str(value) for name in _ARRIVED_FOR for value in message.get_all(name, [])]
    return (address for _name, address in getaddresses(values) if address)
