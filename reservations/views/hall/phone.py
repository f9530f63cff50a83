"""The hall on a person's own phone, reached by the QR on the wall: questions, and a ticket without paper."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.access import public
from reservations.enums import TicketSource
from reservations.hall.languages import known
from reservations.hall.modes import Mode
from reservations.models import Place, Ticket
from reservations.views.hall import check_in, steps


def _mode(request: HttpRequest, place_key: str) -> Mode:
    place = get_object_or_404(Place, key=place_key, is_active=True)
    return Mode("phone", place, TicketSource.PHONE, language=known(request.GET.get("lang", "")))


@public
@require_safe
def home(request: HttpRequest, place_key: str) -> HttpResponse:
    """What the wall's QR leads to."""
    return steps.show_home(request, _mode(request, place_key))


@public
@require_safe
def services(request: HttpRequest, place_key: str) -> HttpResponse:
    """The services a ticket is taken for."""
    return steps.show_services(request, _mode(request, place_key))


@public
@require_safe
def route(request: HttpRequest, place_key: str, step_id: int | None = None) -> HttpResponse:
    """A question of 「どこへ行けばよいですか」."""
    return steps.show_route(request, _mode(request, place_key), step_id)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def arrive(request: HttpRequest, place_key: str) -> HttpResponse:
    """Checking in at home, at a place for trials only: at a real one a person has to be there."""
    mode = _mode(request, place_key)
    if not mode.place.is_practice:
        raise Http404
    arrived = check_in.arrive(request, mode)
    return redirect("reservations:ticket", arrived.public_id) if isinstance(arrived, Ticket) else arrived


@public
@require_http_methods(["GET", "HEAD", "POST"])
def service(request: HttpRequest, place_key: str, key: str) -> HttpResponse:
    """Place on the floor, papers, and a ticket."""
    return steps.show_service(request, _mode(request, place_key), key)
