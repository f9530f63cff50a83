"""What may change while somebody waits: they go out for a while, or staff give them priority."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.services import audit
from reservations.enums import Priority, TicketState
from reservations.errors import ReasonMissing
from reservations.models import Ticket

MOST_MINUTES_AWAY = 60


def be_away(*, ticket: Ticket, minutes: int, now: dt.datetime | None = None) -> Ticket:
    """Not called for so many minutes, an hour at most; 0 is back again. The place in line stays. Raises StaleState."""
    moment = now or timezone.now()
    away = min(max(minutes, 0), MOST_MINUTES_AWAY)
    until = moment + dt.timedelta(minutes=away) if away else None
    _change(ticket, away_until=until)
    return ticket


def prioritise(*, ticket: Ticket, reason: str, by: User) -> Ticket:
    """Ask somebody in before others (a person who is unwell, a small child), with the reason; audited.

    Raises ReasonMissing, StaleState.
    """
    text = reason.strip()
    if not text:
        raise ReasonMissing
    with transaction.atomic():
        _change(ticket, priority=Priority.HIGH.value, note=text)
        audit.record(
            action=AuditAction.CHANGE,
            actor=by,
            target_type="reservations.ticket",
            target_id=ticket.pk,
            target_label=ticket.label,
            detail="priority",
            department_code=ticket.group.department.code,
            changed_fields=("priority", "note"),
        )
    return ticket


def _change(ticket: Ticket, **changes: object) -> None:
    """Change a waiting ticket as it was read; the object follows."""
    seen = Ticket.objects.filter(pk=ticket.pk, state=TicketState.WAITING, revision=ticket.revision)
    if not seen.update(revision=F("revision") + 1, **changes):
        raise StaleState
    for name, value in {**changes, "revision": ticket.revision + 1}.items():
        setattr(ticket, name, value)
