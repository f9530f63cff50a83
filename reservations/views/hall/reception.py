"""The floor staff's tablet: the same questions, asked by a person, with priority where it is needed."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.access import staff_only
from cityhall.models import User
from reservations.enums import TicketSource
from reservations.hall.languages import known
from reservations.hall.modes import Mode
from reservations.models import Place, Ticket
from reservations.views.hall import check_in, steps
from reservations.views.hall.ticket import ticket_context

_SERVE = "reservations.serve_desk"


def _mode(request: HttpRequest, place_key: str) -> Mode:
    user = request.user
    if not isinstance(user, User):
        raise Http404
    place = get_object_or_404(Place, key=place_key, is_active=True)
    return Mode("reception", place, TicketSource.STAFF, language=known(request.GET.get("lang", "")), by=user)


@staff_only(_SERVE)
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """At which place somebody stands; with one place, that one."""
    rows = list(Place.objects.filter(is_active=True, desks__is_active=True).distinct())
    if len(rows) == 1:
        return redirect("reservations:reception_home", place_key=rows[0].key)
    return render(request, "reservations/hall/places.html", {"places": rows})


@staff_only(_SERVE)
@require_safe
def home(request: HttpRequest, place_key: str) -> HttpResponse:
    """Ticket, check-in, questions."""
    return steps.show_home(request, _mode(request, place_key))


@staff_only(_SERVE)
@require_safe
def services(request: HttpRequest, place_key: str) -> HttpResponse:
    """The services a ticket is taken for."""
    return steps.show_services(request, _mode(request, place_key))


@staff_only(_SERVE)
@require_safe
def route(request: HttpRequest, place_key: str, step_id: int | None = None) -> HttpResponse:
    """A question of 「どこへ行けばよいですか」."""
    return steps.show_route(request, _mode(request, place_key), step_id)


@staff_only(_SERVE)
@require_http_methods(["GET", "HEAD", "POST"])
def service(request: HttpRequest, place_key: str, key: str) -> HttpResponse:
    """Place on the floor, papers, and the ticket."""
    return steps.show_service(request, _mode(request, place_key), key)


@staff_only(_SERVE)
@require_http_methods(["GET", "HEAD", "POST"])
def arrive(request: HttpRequest, place_key: str) -> HttpResponse:
    """Check somebody in with their reservation."""
    mode = _mode(request, place_key)
    arrived = check_in.arrive(request, mode)
    if isinstance(arrived, Ticket):
        return redirect(mode.url("ticket", arrived.public_id))
    return arrived


@staff_only(_SERVE)
@require_safe
def ticket(request: HttpRequest, place_key: str, public_id: str) -> HttpResponse:
    """The ticket that was given, to print or to show."""
    mode = _mode(request, place_key)
    found = get_object_or_404(Ticket.objects.select_related("service", "group"), public_id=public_id, place=mode.place)
    return steps.render_page(request, mode, "kiosk_ticket", {**ticket_context(found, mode.language), "prints": False})
