"""From 「何をしに来ましたか」 to a ticket: the same pages at a kiosk, on a phone and on the floor staff's tablet."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError
from cityhall.ids import public_id
from cityhall.rate_limits import is_within_limit
from reservations.enums import Priority, TicketSource
from reservations.errors import ServiceClosed
from reservations.forms_hall import TicketForm
from reservations.hall.break_words import break_text
from reservations.hall.languages import EASY, JAPANESE, LANGUAGES, minutes_text, pick
from reservations.hall.modes import Mode
from reservations.hall.more_ways import form_ways
from reservations.models import Desk, RouteStep, Service, ServiceOffer, Ticket
from reservations.queries import queue as waiting
from reservations.queries.queue import Present
from reservations.queries.routes import answers_of, first_step, offers_at, steps_at
from reservations.services import queue

TOO_OFTEN = _("短い間に何度も操作されました。1分ほど待ってから、もう一度お試しください。")
# behind the address of the hall's own network stand many people, but not a thousand
PHONE_TICKETS_PER_HOUR = 60
BUTTONS = 6
"""So many choices on one page of a kiosk: larger ones are found and hit by everybody."""


def show_home(request: HttpRequest, mode: Mode) -> HttpResponse:
    """Where everybody begins."""
    has_check_in = mode.name != "phone" or mode.place.is_practice
    context = {
        "check_in_url": mode.url("check_in") if has_check_in else "",
        "has_questions": first_step(mode.place) is not None,
        "languages": _languages(mode),
        "more_ways": [way(mode.language) for way in form_ways] if mode.kiosk and mode.kiosk.offers_forms else [],
        "services_url": mode.url("services"),
        "route_url": mode.url("route"),
    }
    return render_page(request, mode, "home", context)


def show_services(request: HttpRequest, mode: Mode) -> HttpResponse:
    """The services a ticket is taken for, six to a page."""
    pages = Paginator(_choices(mode), BUTTONS)
    page = pages.get_page(request.GET.get("page"))
    return render_page(request, mode, "services", {"page": page, "next_number": _after(page)})


def show_route(request: HttpRequest, mode: Mode, step_id: int | None) -> HttpResponse:
    """One question. An answer that names a service leads to its page."""
    step = first_step(mode.place) if step_id is None else _step(mode, step_id)
    if step is None:
        raise Http404
    if step.service is not None:
        return redirect(mode.url("service", step.service.key))
    question = pick(step.question, step.questions, mode.language)
    answers = [
        {"label": answer.label, "href": mode.url("question", answer.step.pk)}
        for answer in answers_of(step, mode.place, mode.language)
    ]
    back = mode.url("home") if step.parent_id is None else mode.url("question", step.parent_id)
    return render_page(request, mode, "route", {"question": question, "answers": answers, "back_url": back})


def show_service(request: HttpRequest, mode: Mode, key: str) -> HttpResponse:
    """Where it is, what to have at hand, who waits — and the ticket."""
    offer = get_object_or_404(offers_at(mode.place), service__key=key)
    form = TicketForm(request.POST or None, with_priority=mode.name == "reception")
    if request.method == "POST" and form.is_valid():
        ticket = _issued(request, mode, offer.service, form)
        if ticket is not None:
            return redirect(ticket_url(mode, ticket))
    return render_page(request, mode, "service", _service_context(mode, offer, form))


def ticket_url(mode: Mode, ticket: Ticket) -> str:
    """Where a person sees the ticket: the kiosk's page prints it, everybody else has it on a page of its own."""
    if mode.name == "phone":
        return ticket_page_url(ticket)
    return mode.url("ticket", ticket.public_id)


def ticket_page_url(ticket: Ticket) -> str:
    """The ticket's own page, for the phone in the hand."""
    return reverse("reservations:ticket", args=[ticket.public_id])


def _issued(request: HttpRequest, mode: Mode, service: Service, form: TicketForm) -> Ticket | None:
    """The ticket, or None with the reason in the form."""
    is_phone = mode.source == TicketSource.PHONE
    if is_phone and not is_within_limit(request, "hall-ticket", times=PHONE_TICKETS_PER_HOUR, seconds=3600):
        form.add_error(None, TOO_OFTEN)
        return None
    try:
        return _issue(mode, service, form)
    except DomainError as error:
        form.add_error(None, str(error))
        return None


def _issue(mode: Mode, service: Service, form: TicketForm) -> Ticket:
    data = form.cleaned_data
    return queue.issue(
        place=mode.place,
        service=service,
        source=mode.source,
        request_key=f"{mode.name}-{data['request_key']}",
        people=data["people"],
        language=mode.language,
        priority=Priority(data.get("priority") or Priority.NORMAL),
        kiosk=mode.kiosk,
        note=data.get("note", ""),
        by=mode.by,
    )


def _service_context(mode: Mode, offer: ServiceOffer, form: TicketForm) -> dict[str, Any]:
    service = offer.service
    takes_tickets = mode.services.filter(pk=service.pk).exists()
    present = _present(mode, service) if takes_tickets else None
    return {
        "offer": offer,
        "name": pick(service.name, service.names, mode.language),
        "form": form,
        "takes_tickets": takes_tickets,
        "spot": spot_of(offer),
        "present": present,
        "waiting_text": _waiting_text(present, mode),
        "break_text": break_text(mode.place, service.group, mode.language) if takes_tickets else "",
        "closed_text": "" if form.errors or not takes_tickets else _closed_text(mode, service),
        # made anew for each page, sent back by its button: two taps are one ticket
        "request_key": form.data.get("request_key") or public_id(),
    }


def _present(mode: Mode, service: Service) -> Present | None:
    return next((row for row in waiting.present(mode.place) if row.service.pk == service.pk), None)


def _waiting_text(present: Present | None, mode: Mode) -> str:
    """Who waits and how long it takes. Nobody may wait and every desk be busy: then it takes a while all the same."""
    if present is None or not present.has_range:
        return mode.texts["nobody"]
    people = mode.texts["groups"] % present.in_line if present.in_line else mode.texts["nobody"]
    return f"{people}・{minutes_text(present.low_minutes, present.high_minutes, mode.language)}"


def _closed_text(mode: Mode, service: Service) -> str:
    """Why no ticket is given now, before somebody presses for one; "" when one is."""
    try:
        waiting.need_open(
            place=mode.place, service=service, kiosk=mode.kiosk, is_staff=mode.by is not None, now=timezone.now()
        )
    except ServiceClosed:
        return mode.texts["closed"]
    return ""


def spot_of(offer: ServiceOffer) -> dict[str, Any] | None:
    """Where on the floor map the service is, in per cent of its width and height; its first desk stands in."""
    if offer.map_x is not None and offer.map_y is not None:
        return {"x": offer.map_x / 10, "y": offer.map_y / 10, "number": ""}
    desks = Desk.objects.filter(place=offer.place, services=offer.service, is_active=True, map_x__isnull=False)
    desk = desks.order_by("position", "number").first()
    if desk is None or desk.map_x is None or desk.map_y is None:
        return None
    return {"x": desk.map_x / 10, "y": desk.map_y / 10, "number": desk.number}


def _choices(mode: Mode) -> list[dict[str, str]]:
    rows = mode.services
    return [
        {
            "label": pick(row.name, row.names, mode.language),
            "letter": row.group.letter,
            "href": mode.url("service", row.key),
        }
        for row in rows
    ]


def _step(mode: Mode, step_id: int) -> RouteStep:
    return get_object_or_404(steps_at(mode.place), pk=step_id)


def _after(page: Any) -> int | None:
    return page.next_page_number() if page.has_next() else None


def _languages(mode: Mode) -> list[dict[str, Any]]:
    """The other languages, each named in itself."""
    return [
        {"code": code, "html": "ja" if code == EASY else code, "name": name, "is_current": code == mode.language}
        for code, name in LANGUAGES.items()
    ]


def render_page(request: HttpRequest, mode: Mode, name: str, context: dict[str, Any]) -> HttpResponse:
    """One of the hall's pages with what all of them need; never kept by the browser."""
    common = {
        "mode": mode,
        "base": mode.base,
        "t": mode.texts,
        "html_lang": JAPANESE if mode.language == EASY else mode.language,
        "home_url": mode.url("home"),
        "is_kiosk": mode.name == "kiosk",
    }
    response = render(request, f"reservations/hall/{name}.html", {**common, **context})
    response["Cache-Control"] = "no-store"
    return response
