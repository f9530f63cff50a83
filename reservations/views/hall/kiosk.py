"""The ticket machine: any browser with a touch screen, paired once."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.enums import DeviceKind
from cityhall.machines import device_only
from reservations.enums import TicketSource
from reservations.hall.languages import known
from reservations.hall.modes import Mode
from reservations.models import Kiosk, Ticket
from reservations.views.hall import check_in, steps
from reservations.views.hall.ticket import ticket_context

_PAGE = Callable[..., HttpResponse]


def _mode(request: HttpRequest) -> Mode:
    """The kiosk this device is; a device that is none is a stranger."""
    device = request.device  # type: ignore[attr-defined] # set by device_only
    kiosk = Kiosk.objects.select_related("place").filter(device=device, is_active=True).first()
    if kiosk is None:
        raise Http404
    language = known(request.GET.get("lang", ""))
    return Mode("kiosk", kiosk.place, TicketSource.KIOSK, language=language, kiosk=kiosk)


@device_only(DeviceKind.KIOSK)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Three large buttons and the languages."""
    return steps.show_home(request, _mode(request))


@device_only(DeviceKind.KIOSK)
@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """The services, six to a page."""
    return steps.show_services(request, _mode(request))


@device_only(DeviceKind.KIOSK)
@require_safe
def route(request: HttpRequest, step_id: int | None = None) -> HttpResponse:
    """A question of 「どこへ行けばよいですか」."""
    return steps.show_route(request, _mode(request), step_id)


@device_only(DeviceKind.KIOSK)
@require_http_methods(["GET", "HEAD", "POST"])
def service(request: HttpRequest, key: str) -> HttpResponse:
    """Place on the floor, papers, and the button that gives a ticket."""
    return steps.show_service(request, _mode(request), key)


@device_only(DeviceKind.KIOSK)
@require_http_methods(["GET", "HEAD", "POST"])
def arrive(request: HttpRequest) -> HttpResponse:
    """Check in with a reservation; the ticket follows."""
    mode = _mode(request)
    arrived = check_in.arrive(request, mode)
    if isinstance(arrived, Ticket):
        return redirect(mode.url("ticket", arrived.public_id))
    return arrived


@device_only(DeviceKind.KIOSK)
@require_safe
def ticket(request: HttpRequest, public_id: str) -> HttpResponse:
    """The number, large; printed once by the page's script, again only when asked for."""
    mode = _mode(request)
    found = get_object_or_404(Ticket.objects.select_related("service", "group"), public_id=public_id, place=mode.place)
    context = {**ticket_context(found, mode.language), "prints": mode.kiosk is not None and mode.kiosk.prints}
    return steps.render_page(request, mode, "kiosk_ticket", context)
