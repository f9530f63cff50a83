"""Letting rooms and sites: several hours or nights in a row, as one reservation."""

import datetime as dt

from cityhall.models import User
from reservations.contacts import ContactData
from reservations.enums import ReservationChannel
from reservations.models import Reservation, ServiceOffer
from reservations.queries.facilities import slots_of_stay
from reservations.services import bookings
from reservations.services.bookings import Booked


def hold_stay(
    *,
    offer: ServiceOffer,
    starts_at: dt.datetime,
    units: int,
    people: int,
    holder: str,
    request_key: str,
    by: User | None = None,
    now: dt.datetime | None = None,
) -> Reservation:
    """Hold so many units from a time on. The fee is the group's for each unit, fixed with the hold.

    Raises NotBookable where not so many follow each other, and what `bookings.hold` raises.
    """
    group = offer.service.group
    return bookings.hold(
        group=group,
        place=offer.place,
        service=offer.service,
        slots=slots_of_stay(group=group, place=offer.place, starts_at=starts_at, units=units),
        people=people,
        holder=holder,
        request_key=request_key,
        by=by,
        now=now,
    )


def book_stay(
    *,
    offer: ServiceOffer,
    starts_at: dt.datetime,
    units: int,
    people: int,
    contact: ContactData,
    request_key: str,
    channel: ReservationChannel = ReservationChannel.PHONE,
    note: str = "",
    by: User,
    now: dt.datetime | None = None,
) -> Booked:
    """Book a stay for somebody on the telephone, also out of what the public may not take. Raises as `hold_stay`."""
    group = offer.service.group
    return bookings.book(
        group=group,
        place=offer.place,
        service=offer.service,
        slots=slots_of_stay(group=group, place=offer.place, starts_at=starts_at, units=units),
        people=people,
        contact=contact,
        request_key=request_key,
        channel=channel,
        is_public=False,
        note=note,
        by=by,
        now=now,
    )
