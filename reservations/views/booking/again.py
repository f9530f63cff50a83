"""The way back from a time that was held to the other times of the same wish."""

from urllib.parse import urlencode

from django.urls import reverse

from reservations.enums import SupplyKind
from reservations.models import Reservation
from reservations.queries.own import further_services


def again_url(reservation: Reservation) -> str:
    """The times of the day, with everything that was chosen; of a class its page."""
    day = reservation.business_day.isoformat()
    if reservation.series is not None:
        return reverse("reservations:class_detail", args=[reservation.series.public_id])
    if reservation.group.kind == SupplyKind.FACILITY:
        return reverse("reservations:facility_day", args=[reservation.service.key, reservation.place.key, day])
    pairs = [("also", one.key) for one in further_services(reservation)]
    query = urlencode([*pairs, ("people", reservation.people), ("variant", reservation.variant)])
    parts = [reservation.service.key, reservation.place.key, day]
    return f"{reverse('reservations:booking_day', args=parts)}?{query}"
