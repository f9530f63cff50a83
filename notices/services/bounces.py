"""What a mail provider tells afterwards: recorded once, and an address that is dead is not written to again."""

import datetime as dt
import hashlib
from dataclasses import dataclass
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
# of an uncertain mail the answer was lost: that it came back says that it had arrived there
_SENT = (WorkState.DONE, WorkState.UNCERTAIN)
_REFERENCE_LENGTH = 200
_MATCHED_WITHIN = dt.timedelta(days=1)
# what the provider will never deliver; a plain bounce may be a full mailbox, which is empty tomorrow
_FOR_GOOD = ("invalid", "blocked", "spam", "unsubscribed")


@dataclass(frozen=True)
class MailReport:
    """One event as anymail says it (`AnymailTrackingEvent`), from a source that is not anymail."""

    event_type: str
    message_id: str
    event_id: str
    recipient: str = ""
    timestamp: dt.datetime | None = None
    reject_reason: str | None = None


def take_mail_event(event: Any, *, now: dt.datetime | None = None) -> bool:
    """Record one event of anymail (`AnymailTrackingEvent`); False for one that came before or says nothing of ours.

    A mail that came back counts against the notice it told of: the letter no longer waits for its clock. An event of
    a mail whose sending is not on record yet waits for that record (`take_waiting_events`). Locks the mail.
    """
    kind = _KINDS.get(event.event_type)
    if kind is None:
        return False
    moment = now or timezone.now()
    reference = str(event.message_id or "")[:_REFERENCE_LENGTH]
    with transaction.atomic():
        mail = _mail_of(reference)
        columns = {
            "mail": mail,
            "reference": reference,
            "kind": kind,
            "at": event.timestamp or moment,
            "taken_at": moment,
        }
        _row, is_new = MailEvent.objects.get_or_create(event_id=_id_of(event), defaults=columns)
        if not is_new:
            return False
        address = str(event.recipient or (mail.to if mail else ""))
        if kind == MailEventKind.COMPLAINED or event.reject_reason in _FOR_GOOD or _came_back_before(mail, kind):
            note_bad_address(address, kind, now=moment)
        # what is still being sent is counted in the transaction that writes down the sending
        if kind in _CAME_BACK and mail is not None and mail.state in _SENT:
            record_not_told(mail, moment=moment, detail=str(kind.label))
    return True


def take_waiting_events(mail: OutgoingMail, *, now: dt.datetime | None = None) -> None:
    """Count what was told of a mail before its sending was on record; in the transaction of that record."""
    moment = now or timezone.now()
    names = [name for name in (mail.provider_reference, *_our_names(mail.message_id)) if name]
    MailEvent.objects.filter(mail__isnull=True, reference__in=names).update(mail=mail)
    came_back = MailEvent.objects.filter(mail=mail, kind__in=_CAME_BACK).order_by("id").first()
    if came_back is not None:
        _count_against(mail, MailEventKind(came_back.kind), moment)


def match_events(*, limit: int = 500, now: dt.datetime | None = None) -> int:
    """Find the mails of events that came in at the very moment in which their sending was written down; the number.

    Neither of the two transactions saw the other. Events of a day are looked at again, later ones are not ours.
    """
    moment = now or timezone.now()
    lost = MailEvent.objects.filter(mail__isnull=True, taken_at__gt=moment - _MATCHED_WITHIN).exclude(reference="")
    return sum(_match(event, moment) for event in lost.order_by("-id")[:limit])


def _match(event: MailEvent, moment: dt.datetime) -> bool:
    with transaction.atomic():
        mail = _mail_of(event.reference)
        if mail is None or not MailEvent.objects.filter(pk=event.pk, mail__isnull=True).update(mail=mail):
            return False
        if event.kind in _CAME_BACK and mail.state in _SENT:
            _count_against(mail, MailEventKind(event.kind), moment)
    return True


def _count_against(mail: OutgoingMail, kind: MailEventKind, moment: dt.datetime) -> None:
    if _came_back_before(mail, kind):
        note_bad_address(mail.to, kind, now=moment)
    record_not_told(mail, moment=moment, detail=str(kind.label))


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
    """The mail by the provider's name for it, or by our Message-ID with or without its brackets; locked.

    The lock puts this event before or after the record of the sending, so that one of the two sees the other.
    """
    if not reference:
        return None
    mails = OutgoingMail.objects.select_for_update(no_key=True)
    by_provider = mails.filter(provider_reference=reference).first()
    return by_provider or mails.filter(message_id=f"<{reference.strip('<>')}>").first()


def _our_names(message_id: str) -> tuple[str, str]:
    return message_id, message_id.strip("<>")


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
