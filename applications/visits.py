"""Where a visit for a procedure is booked."""

from django.urls import reverse

from applications.models import Procedure


def visit_url(procedure: Procedure) -> str:
    """The page on which the visit is booked, or "" where none is or the counter takes no bookings now.

    No query when the procedure was read with `visit_service__group`.
    """
    service = procedure.visit_service
    if service is None or not (service.is_active and service.group.is_active and service.group.is_bookable):
        return ""
    return reverse("reservations:booking_service", args=[service.key])
