"""The end at the tablet: the code on the screen and on paper, a ticket with it, and nothing left behind."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cityhall.enums import DeviceKind
from cityhall.errors import DomainError
from cityhall.machines import device_only
from cityhall.qr import qr_inline
from cityhall.queries.city import municipality
from counter import codes
from counter.home import Home
from counter.kiosk.entry import Entry
from counter.kiosk.names import named
from counter.services.prefills.entering import finish, is_finished
from counter.services.prefills.visiting import take_ticket
from counter.views.kiosk.opening import gone, show, with_typed
from reservations.enums import TicketSource
from reservations.hall.languages import pick
from reservations.models import Service
from reservations.queries.queue import given_now
from reservations.services import queue


@device_only(DeviceKind.KIOSK)
@require_POST
@with_typed
def entry_finish(request: HttpRequest, entry: Entry, home: Home) -> HttpResponse:
    """Keep it for the desk until the end of the day. What is missing is asked there."""
    try:
        finish(home.prefill, language=entry.language)
    except DomainError:
        return gone(request, entry)
    return redirect(entry.url("done"))


@device_only(DeviceKind.KIOSK)
@require_safe
@with_typed
def entry_done(request: HttpRequest, entry: Entry, home: Home) -> HttpResponse:
    """QR and digits, printed once by the page's script; leaving the page leaves nothing on the tablet."""
    if not is_finished(home.prefill):
        return redirect(entry.url("check"))
    ticket = home.prefill.ticket
    services = [] if ticket else _services(entry, home)
    context = {
        "home": home,
        "qr": qr_inline(codes.full_code(municipality().code, home.token)),
        "digits": codes.written(codes.spoken_code(home.token)),
        "ticket": ticket,
        "services": [(one.key, pick(one.name, one.names, entry.language)) for one in services],
        # the slip with the number is another one
        "procedures": named(home.procedures, entry.language),
        "slip": (ticket.public_id if ticket else home.prefill.public_id) if entry.kiosk.prints else "",
    }
    return show(request, entry, "done", context)


@device_only(DeviceKind.KIOSK)
@require_POST
@with_typed
def entry_ticket(request: HttpRequest, entry: Entry, home: Home) -> HttpResponse:
    """A number for today's queue, with the code: the desk sees that something is brought. Twice is one number."""
    if not is_finished(home.prefill):
        return redirect(entry.url("check"))
    service = get_object_or_404(entry.services, key=request.POST.get("service", ""))
    try:
        ticket = queue.issue(
            place=entry.place,
            service=service,
            source=TicketSource.KIOSK,
            request_key=f"entry-{home.prefill.public_id}",
            language=entry.language,
            kiosk=entry.kiosk,
        )
        take_ticket(home.prefill, ticket)
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect(entry.url("done"))


def _services(entry: Entry, home: Home) -> list[Service]:
    """Where these procedures are done, as far as the city has said so; otherwise whatever a number is taken for.

    Only what takes people now: nobody is led to a counter that is closed.
    """
    rows = list(entry.services.select_related("group"))
    named = set(entry.services.filter(procedures__in=[one.pk for one in home.procedures]).values_list("pk", flat=True))
    return given_now(entry.kiosk, [one for one in rows if one.pk in named] or rows, timezone.now())
