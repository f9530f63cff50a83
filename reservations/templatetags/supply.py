"""What the pages of the supply say in addresses, and how people are reached."""

from django import template

from reservations.models import Reservation
from reservations.services.mails import address_of
from reservations.supply.keys import slot_key

register = template.Library()

register.filter("slot_key", slot_key)


@register.filter
def mail_of(reservation: Reservation) -> str:
    """Where mail reaches who has booked; nothing for who has only a telephone."""
    return address_of(reservation)


@register.filter
def phone_of(reservation: Reservation) -> str:
    """The number that was typed, else the resident's own; E.164."""
    if reservation.phone or reservation.resident is None:
        return reservation.phone
    return reservation.resident.phone


@register.filter
def name_of(reservation: Reservation) -> str:
    """Who comes: as it was typed, else the resident's name."""
    return reservation.shown_name or str(reservation.resident)
