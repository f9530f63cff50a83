"""A ticket on the phone in the hand: the place in line, the wait as a range, and what one may do meanwhile."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall.access import public
from cityhall.errors import DomainError
from cityhall.http import json_with_etag
from cityhall.qr import qr_inline
from cityhall.rate_limits import is_within_limit
from reservations.enums import TicketState
from reservations.forms_hall import AlertForm
from reservations.hall.break_words import break_text
from reservations.hall.languages import minutes_text, pick
from reservations.hall.ticket_words import words_of
from reservations.models import Ticket
from reservations.queries import queue as waiting
from reservations.services import alerts, queue

AWAY_MINUTES = 20
_OPEN = (TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.PARKED, TicketState.MISSED)


@public
@require_safe
def show(request: HttpRequest, public_id: str) -> HttpResponse:
    """The ticket as it stands; the page's script asks again every few seconds, without it a button does."""
    return _show(request, _ticket(public_id), AlertForm())


@public
@require_safe
def state(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same as JSON. Unchanged answers cost a 304."""
    return json_with_etag(request, _state(_ticket(public_id)))


@public
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the place up, after being asked once. A second press finds it given up."""
    ticket = _ticket(public_id)
    if request.method == "POST":
        _try(request, lambda: queue.leave(ticket=ticket), _("番号札を取り消しました。"))
        return redirect("reservations:ticket", public_id=public_id)
    return render(request, "reservations/hall/ticket_leave.html", {"ticket": ticket})


@public
@require_POST
def away(request: HttpRequest, public_id: str) -> HttpResponse:
    """Leave the hall for twenty minutes: not called before, the place is kept."""
    told = _("20分間は呼び出しません。番号の順番はそのままです。")
    _try(request, lambda: queue.be_away(ticket=_ticket(public_id), minutes=AWAY_MINUTES), told)
    return redirect("reservations:ticket", public_id=public_id)


@public
@require_POST
def alert(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where to say that the turn is near."""
    ticket = _ticket(public_id)
    form = AlertForm(request.POST)
    if not form.is_valid():
        return _show(request, ticket, form)
    if not is_within_limit(request, "ticket-alert", times=10, seconds=600):
        form.add_error("email", _("短い間に何度も操作されました。しばらくしてから、もう一度お試しください。"))
        return _show(request, ticket, form)
    address = form.cleaned_data["email"]
    _try(request, lambda: alerts.ask_for(ticket=ticket, email=address), _("順番が近くなったらメールでお知らせします。"))
    return redirect("reservations:ticket", public_id=public_id)


def ticket_context(ticket: Ticket, language: str) -> dict[str, Any]:
    """What a page shows of a ticket in a language, with the QR of its own page."""
    address = settings.SITE_URL + reverse("reservations:ticket", args=[ticket.public_id])
    stand = waiting.position(ticket)
    is_waiting = ticket.state == TicketState.WAITING
    return {
        "break_text": break_text(ticket.place, ticket.group, language) if is_waiting else "",
        "ticket": ticket,
        "service_name": pick(ticket.service.name, ticket.service.names, language),
        "stand": stand,
        "wait": minutes_text(stand.low_minutes, stand.high_minutes, language),
        "ticket_address": address,
        "ticket_qr": qr_inline(address),
    }


def _show(request: HttpRequest, ticket: Ticket, form: AlertForm) -> HttpResponse:
    context = {
        **ticket_context(ticket, ticket.language),
        "form": form,
        "state": _state(ticket),
        "can_leave": ticket.state in (TicketState.WAITING, TicketState.MISSED),
        "away_minutes": AWAY_MINUTES,
        "is_away": ticket.away_until is not None and ticket.away_until > timezone.now(),
    }
    response = render(request, "reservations/hall/ticket.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _state(ticket: Ticket) -> dict[str, Any]:
    """What changes on the page: words, and whether to make a noise."""
    stand = waiting.position(ticket)
    is_near = ticket.state == TicketState.WAITING and stand.ahead <= waiting.NEAR
    return {
        "state": ticket.state,
        "ahead": stand.ahead,
        **words_of(ticket, stand),
        "rings": "called" if ticket.state == TicketState.CALLED else "near" if is_near else "",
        "calls": ticket.calls,
        "over": ticket.state not in _OPEN,
    }


def _ticket(public_id: str) -> Ticket:
    rows = Ticket.objects.select_related("place", "service", "group", "desk")
    return get_object_or_404(rows, public_id=public_id)


def _try(request: HttpRequest, action: Any, told: str) -> None:
    """Do it, or say why not: a ticket that has moved on meanwhile is no error of the person."""
    try:
        action()
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, told)
