"""Arriving with a reservation: the QR's code from a camera or a scanner's typing, or the number."""

from django.http import HttpRequest, HttpResponse

from cityhall.errors import DomainError
from cityhall.rate_limits import is_within_limit
from reservations.forms_hall import CheckInForm
from reservations.hall.modes import Mode
from reservations.models import Ticket
from reservations.services import bookings, queue
from reservations.views.hall import steps

TRIES_PER_MINUTE = 30


def arrive(request: HttpRequest, mode: Mode) -> HttpResponse | Ticket:
    """The ticket of who checked in (the same one for a second scan), or the page with what is wrong."""
    form = CheckInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = _arrive(request, mode, form)
        if found is not None:
            return found
    return steps.render_page(request, mode, "check_in", {"form": form})


def _arrive(request: HttpRequest, mode: Mode, form: CheckInForm) -> Ticket | None:
    if not is_within_limit(request, "check-in", times=TRIES_PER_MINUTE, seconds=60):
        form.add_error("code", steps.TOO_OFTEN)
        return None
    try:
        reservation = bookings.check_in(code=form.cleaned_data["code"], place=mode.place, by=mode.by)
        return queue.issue_for_reservation(reservation=reservation, source=mode.source, by=mode.by)
    except DomainError as error:
        form.add_error("code", str(error))
        return None
