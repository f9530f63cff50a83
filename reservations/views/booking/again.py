"""The way back from a time that was held to the other times of the same wish."""

from urllib.parse import urlencode

from django.urls import reverse

from reservations.models import Reservation
from reservations.queries.own import further_services


def again_url(reservation: Reservation) -> str:
    """The times of the day, with everything that was chosen."""
    pairs = [("also", one.key) for one in further_services(reservation)]
    query = urlencode([*pairs, ("people", reservation.people), ("variant", reservation.variant)])
    parts = [reservation.service.key, reservation.place.key, reservation.business_day.isoformat()]
    return f"{reverse('reservations:booking_day', args=parts)}?{query}"
