"""Who may act on a ticket."""

from cityhall.models import User
from reservations.enums import TicketState
from reservations.errors import NotYours
from reservations.models import Ticket

_WITH_CLERK = (TicketState.CALLED, TicketState.SERVING)


def need_clerk(ticket: Ticket, user: User) -> None:
    """Raises NotYours unless the person serves the ticket, or was the last to do so."""
    if ticket.clerk_id != user.pk:
        raise NotYours


def need_free_or_own(ticket: Ticket, user: User | None) -> None:
    """Raises NotYours when another clerk serves the ticket just now."""
    if ticket.state in _WITH_CLERK and (user is None or ticket.clerk_id != user.pk):
        raise NotYours
