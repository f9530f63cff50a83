"""Where a visit can be booked. Whatever knows of reservations says so here; until then there is no button."""

from collections.abc import Callable

from cityhall.registry import Registry

Booking = Callable[[str], str]
"""Procedure key → address of the page where a visit for it is booked; empty when there is none."""
bookings: Registry[Booking] = Registry()
"""Filled in `AppConfig.ready`, read-only afterwards."""


def booking_url(procedure_key: str) -> str:
    """The first address that anybody offers for the procedure."""
    return next((url for book in bookings if (url := book(procedure_key))), "")
