"""What a mail provider tells afterwards: recorded once, and an address that is dead is not written to again."""

import datetime as dt
import hashlib
from typing import Any

from django.db import transaction
from django.utils import timezone

from cityhall.enums import WorkState
from notices.enums import MailEventKind
from notices.models import BadAddress, MailEvent, OutgoingMail
from notices.services.alerts.outcomes import record_not_told

# of anymail's normalised events; the others (opened, clicked …) are watching people and are not asked for
_KINDS = {
    "delivered": MailEventKind.DELIVERED,
    "deferred": MailEventKind.DEFERRED,
    "bounced": MailEventKind.BOUNCED,
    "rejected": MailEventKind.REJECTED,
    "failed": MailEventKind.REJECTED,
    "complained": MailEventKind.COMPLAINED,
}
_CAME_BACK = (MailEventKind.BOUNCED, MailEventKind.REJECTED)
# what the provider will never deliver; a plain bounce may be a full mailbox, which is empty tomorrow
_FOR_GOOD = ("invalid", "blocked", "spam", "unsubscribed")


def take_mail_event(event: Any, *, now: dt.datetime | None = None) -> bool:
    """Record one event of anymail (`AnymailTrackingEvent`); False for one that came before or says nothing of ours.

    A mail that came back counts against the notice it told of: the letter no longer waits for its clock.
    """
    kind = _KINDS.get(event.event_type)
    if kind is None:
        return False
    moment = now or timezone.now()
    with transaction.atomic():
        mail = _mail_of(str(event.message_id or ""))
        _row, is_new = MailEvent.objects.get_or_create(
            event_id=_id_of(event), defaults={"mail": mail, "kind": kind, "at": event.timestamp or moment}
        )
        if not is_new:
            return False
        address = str(event.recipient or (mail.to if mail else ""))
        if kind == MailEventKind.COMPLAINED or event.reject_reason in _FOR_GOOD or _came_back_before(mail, kind):
            note_bad_address(address, kind, now=moment)
        if kind in _CAME_BACK and mail is not None and mail.state == WorkState.DONE:
            record_not_told(mail, moment=moment, detail=str(kind.label))
    return True


def note_bad_address(address: str, reason: MailEventKind, *, now: dt.datetime | None = None) -> None:
    """Write nothing more to an address until its owner or staff lift it."""
    if address:
        BadAddress.objects.get_or_create(
            email=address.lower()[:254], defaults={"reason": reason, "since": now or timezone.now()}
        )


def lift_bad_address(address: str) -> bool:
    """Write to an address again: its owner says that it works."""
    deleted, _models = BadAddress.objects.filter(email=address.lower()).delete()
    return bool(deleted)


def _mail_of(reference: str) -> OutgoingMail | None:
    """The mail by the provider's name for it, or by our Message-ID with or without its brackets."""
    if not reference:
        return None
    by_provider = OutgoingMail.objects.filter(provider_reference=reference).first()
    return by_provider or OutgoingMail.objects.filter(message_id=f"<{reference.strip('<>')}>").first()


def _id_of(event: Any) -> str:
    """The provider's id; a digest of what it says where it gives none, so that a repetition is the same event."""
    if event.event_id:
        return str(event.event_id)[:200]
    said = f"{event.message_id}\x1f{event.event_type}\x1f{event.timestamp}\x1f{event.recipient}"
    return hashlib.sha256(said.encode()).hexdigest()


def _came_back_before(mail: OutgoingMail | None, kind: MailEventKind) -> bool:
    """Whether an earlier mail to the same address came back as well."""
    if mail is None or kind not in _CAME_BACK:
        return False
    return MailEvent.objects.filter(kind__in=_CAME_BACK, mail__to=mail.to).exclude(mail=mail).exists()
