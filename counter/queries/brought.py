"""Whether somebody brings answers: that they exist, not what they say. What they say opens by their code alone."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from counter.enums import PrefillState
from counter.models import Prefill, Visit
from reservations.models import Reservation, Ticket


def brought_with(row: Ticket | Reservation) -> Prefill | None:
    """The open prefill that belongs to a booking, or to a ticket or its booking. Two queries at most."""
    if isinstance(row, Reservation):
        return _open().filter(reservation=row).first()
    own = _open().filter(ticket=row).first()
    if own is None and row.reservation_id is not None:
        return _open().filter(reservation=row.reservation_id).first()
    return own


def is_brought_to(visit: Visit) -> bool:
    """Whether who booked, or took the number, of this visit has answers that no desk has read yet. One query."""
    known = Q()
    if visit.ticket is not None:
        known |= Q(ticket=visit.ticket) | Q(reservation=visit.ticket.reservation_id, reservation__isnull=False)
    if visit.reservation_id is not None:
        known |= Q(reservation=visit.reservation_id)
    return bool(known) and _open().filter(known).exists()


def brought_among(rows: Iterable[Reservation]) -> set[int]:
    """Of these bookings, the keys of those to which answers are brought. One query."""
    found = _open().filter(reservation__in=[row.pk for row in rows])
    return set(found.values_list("reservation", flat=True))


def _open() -> QuerySet[Prefill]:
    return Prefill.objects.filter(state=PrefillState.OPEN, expires_at__gt=timezone.now())
