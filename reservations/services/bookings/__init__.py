"""Holding, booking, changing, ending and checking in: the public face of reservations."""

from reservations.services.bookings.arriving import check_in
from reservations.services.bookings.bringing import attach_code, detach_code
from reservations.services.bookings.confirming import Booked, book, code_of, confirm
from reservations.services.bookings.days import end_days
from reservations.services.bookings.ending import cancel, cancel_by_city, cancellation_fee, mark_done, no_show
from reservations.services.bookings.holding import hold
from reservations.services.bookings.moving import change, move
from reservations.services.sweeping import sweep

__all__ = [
    "Booked",
    "attach_code",
    "book",
    "cancel",
    "cancel_by_city",
    "cancellation_fee",
    "change",
    "check_in",
    "code_of",
    "confirm",
    "detach_code",
    "end_days",
    "hold",
    "mark_done",
    "move",
    "no_show",
    "sweep",
]
