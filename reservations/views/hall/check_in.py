"""Arriving with a reservation: the QR's code from a camera or a scanner's typing, or the number."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from cityhall.errors import DomainError
from cityhall.rate_limits import is_within_limit
from reservations.errors import ServiceClosed
from reservations.forms_hall import CheckInForm
from reservations.hall.languages import pick
from reservations.hall.modes import Mode
from reservations.models import Reservation, ServiceOffer, Ticket
from reservations.services import bookings, queue
from reservations.views.hall import steps

TRIES_PER_MINUTE = 30


def arrive(request: HttpRequest, mode: Mode) -> HttpResponse | Ticket:
    """The ticket of who checked in (the same one for a second scan), or the page with what is wrong.

    Classes and rooms give no tickets: who comes to them is shown where to go.
    """
    form = CheckInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = _arrive(request, mode, form)
        if isinstance(found, Reservation):
            return steps.render_page(request, mode, "checked_in", _where(found, mode))
        if found is not None:
            return found
    return steps.render_page(request, mode, "check_in", {"form": form})


def _arrive(request: HttpRequest, mode: Mode, form: CheckInForm) -> Ticket | Reservation | None:
    if not is_within_limit(request, "check-in", times=TRIES_PER_MINUTE, seconds=60):
        form.add_error("code", steps.TOO_OFTEN)
        return None
    try:
        reservation = bookings.check_in(code=form.cleaned_data["code"], place=mode.place, by=mode.by)
    except DomainError as error:
        form.add_error("code", str(error))
        return None
    try:
        return queue.issue_for_reservation(reservation=reservation, source=mode.source, by=mode.by)
    except ServiceClosed:
        # the arrival is noted, and it stays
        return reservation


def _where(reservation: Reservation, mode: Mode) -> dict[str, Any]:
    """Where somebody goes who waits for no number."""
    service = reservation.service
    offer = ServiceOffer.objects.select_related("place").filter(place=mode.place, service=service).first()
    return {
        "name": pick(service.name, service.names, mode.language),
        "starts_at": reservation.starts_at,
        "offer": offer,
        "spot": steps.spot_of(offer) if offer is not None else None,
    }
