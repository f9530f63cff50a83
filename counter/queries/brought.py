"""Whether somebody brings answers: that they exist, not what they say. What they say opens by their code alone."""

from counter.enums import PrefillState
from counter.models import Prefill
from reservations.models import Reservation, Ticket


def brought_with(row: Ticket | Reservation) -> Prefill | None:
    """The open prefill that belongs to a booking, or to a ticket or its booking. Two queries at most."""
    rows = Prefill.objects.filter(state=PrefillState.OPEN)
    if isinstance(row, Reservation):
        return rows.filter(reservation=row).first()
    own = rows.filter(ticket=row).first()
    if own is None and row.reservation_id is not None:
        return rows.filter(reservation=row.reservation_id).first()
    return own
