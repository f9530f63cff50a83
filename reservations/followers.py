"""What the apps above want told of bookings: filled in their `AppConfig.ready`, this app does not know who listens."""

import datetime as dt
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest

from cityhall.registry import Registry
from reservations.models import Reservation

followers: Final[Registry[Callable[[Reservation, dt.datetime], None]]] = Registry()
"""Called when a reservation with a brought code changes its day or its state, in the transaction of the change.

The row is locked by its update: a follower locks rows of its own app only after that of the reservation.
"""
contact_pages: Final[Registry[Callable[[HttpRequest, Reservation], str]]] = Registry()
"""Asked when a time is held whether a page elsewhere shows `held.contact_page` with what it knows: its address, or "".

What it knows goes into that page alone: no address and no session carries it.
"""
after_booking: Final[Registry[Callable[[HttpRequest, Reservation], str]]] = Registry()
"""Asked when somebody has booked whether another page is to go on with the booking: its address, or "".

The browser sends the same POST there.
"""
