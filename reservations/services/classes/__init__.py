"""Classes and events: their sessions, who joins them, and who came."""

from reservations.services.classes.attending import attend
from reservations.services.classes.enrolling import book_seats, hold_seats, join_waiting
from reservations.services.classes.sessions import (
    Planned,
    add_session,
    cancel_session,
    change_seats,
    publish,
    save_series,
    withdraw,
)

__all__ = [
    "Planned",
    "add_session",
    "attend",
    "book_seats",
    "cancel_session",
    "change_seats",
    "hold_seats",
    "join_waiting",
    "publish",
    "save_series",
    "withdraw",
]
