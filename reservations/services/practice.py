"""体験: what was booked and drawn at a practice place goes again, a day after it was made."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils import timezone

from reservations.enums import ReservationState
from reservations.models import (
    Attendance,
    Reservation,
    ReservationEvent,
    ReservationSlot,
    Ticket,
    TicketEvent,
    TicketPeriod,
    WaitlistEntry,
)
from reservations.services.slots import give_back

PRACTICE_KEPT: Final = dt.timedelta(days=1)
BATCH: Final = 500
_GAVE_BACK = frozenset({ReservationState.CANCELLED, ReservationState.EXPIRED})


def sweep_practice(*, limit: int = BATCH, now: dt.datetime | None = None) -> int:
    """Delete trials that are older than a day, each in its own transaction; how many rows people made are gone."""
    until = (now or timezone.now()) - PRACTICE_KEPT
    # what waits for a place points at the hold it was offered
    entries = WaitlistEntry.objects.filter(place__is_practice=True, created_at__lte=until)
    swept, _rows = WaitlistEntry.objects.filter(pk__in=list(entries.values_list("pk", flat=True)[:limit])).delete()
    tickets = Ticket.objects.filter(is_practice=True, issued_at__lte=until).order_by("issued_at")
    swept += sum(_delete_ticket(pk) for pk in list(tickets.values_list("pk", flat=True)[:limit]))
    rows = Reservation.objects.filter(is_practice=True, created_at__lte=until).order_by("created_at")
    return swept + sum(_delete_reservation(pk) for pk in list(rows.values_list("pk", flat=True)[:limit]))


def _delete_ticket(pk: int) -> bool:
    """A ticket with all that is written of it."""
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update().filter(pk=pk, is_practice=True).first()
        if ticket is None:
            return False
        TicketEvent.objects.filter(ticket=ticket).delete()
        TicketPeriod.objects.filter(ticket=ticket).delete()
        ticket.delete()
    return True


def _delete_reservation(pk: int) -> bool:
    """A booking with its ticket and history; its places are free again. Locks the row, then its slots."""
    with transaction.atomic():
        row = Reservation.objects.select_for_update(of=("self",)).filter(pk=pk, is_practice=True).first()
        if row is None:
            return False
        for ticket in Ticket.objects.filter(reservation=row).values_list("pk", flat=True):
            _delete_ticket(ticket)
        if row.state not in _GAVE_BACK:
            slots = ReservationSlot.objects.filter(reservation=row).values_list("slot", flat=True)
            give_back(list(slots), places=row.places, is_public=row.is_public)
        WaitlistEntry.objects.filter(offer=row).delete()
        Attendance.objects.filter(reservation=row).delete()
        ReservationEvent.objects.filter(reservation=row).delete()
        row.delete()
    return True
