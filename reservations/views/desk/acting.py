"""What a clerk does with a ticket. Each button is one POST; pressed twice it does the same as once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cityhall.access import staff_only
from cityhall.errors import DomainError
from reservations.errors import NobodyWaits
from reservations.forms_desk import PriorityForm, TransferForm
from reservations.models import DeskSession, Ticket
from reservations.queries.desks import seat_of, tickets_of
from reservations.queries.queue import tickets_today
from reservations.services import queue
from reservations.views.desk.page import show_sheet
from reservations.views.desk.seats import SERVE, attempt, user_of


@dataclass(frozen=True)
class _Act:
    """Somebody at a desk does something with a ticket."""

    session: DeskSession
    ticket: Ticket

    def call(self) -> Ticket:
        return queue.call(ticket=self.ticket, desk=self.session.desk, by=self.session.user)

    def take_over(self) -> Ticket:
        return queue.take_over(ticket=self.ticket, desk=self.session.desk, by=self.session.user)

    def again(self) -> Ticket:
        return queue.call_again(ticket=self.ticket, by=self.session.user)

    def start(self) -> Ticket:
        return queue.start(ticket=self.ticket, by=self.session.user)

    def finish(self) -> Ticket:
        return queue.finish(ticket=self.ticket, by=self.session.user)

    def finish_and_next(self) -> Ticket:
        self.finish()
        return queue.call_next(desk=self.session.desk, by=self.session.user)

    def park(self) -> Ticket:
        return queue.park(ticket=self.ticket, by=self.session.user)

    def miss(self) -> Ticket:
        return queue.miss(ticket=self.ticket, by=self.session.user)

    def back(self) -> Ticket:
        return queue.back_to_queue(ticket=self.ticket, by=self.session.user)

    def leave(self) -> Ticket:
        return queue.leave(ticket=self.ticket, by=self.session.user)


_ACTIONS: Mapping[str, Callable[[_Act], Ticket]] = {
    "call": _Act.call,
    "take-over": _Act.take_over,
    "again": _Act.again,
    "start": _Act.start,
    "finish": _Act.finish,
    "finish-and-next": _Act.finish_and_next,
    "park": _Act.park,
    "miss": _Act.miss,
    "back": _Act.back,
    "leave": _Act.leave,
}


@staff_only(SERVE)
@require_POST
def call_next(request: HttpRequest) -> HttpResponse:
    """Whose turn it is."""
    session = seat_of(user_of(request))
    if session is not None:
        _attempt_call(request, lambda: queue.call_next(desk=session.desk, by=session.user))
    return redirect("reservations:desk")


@staff_only(SERVE)
@require_POST
def act(request: HttpRequest, public_id: str, action: str) -> HttpResponse:
    """One button of the desk page or the sheet; the answer is the desk page as it is then."""
    if action not in _ACTIONS:
        raise Http404
    session = seat_of(user_of(request))
    if session is not None:
        # without what only the sheet shows
        ticket = get_object_or_404(tickets_today(session.desk.place, timezone.now()), public_id=public_id)
        one = _Act(session, ticket)
        _attempt_call(request, lambda: _ACTIONS[action](one))
    return redirect("reservations:desk")


@staff_only(SERVE)
@require_POST
def prioritise(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask somebody in before others, with the reason."""
    session = seat_of(user_of(request))
    if session is None:
        return redirect("reservations:desk")
    ticket, form = _ticket(session, public_id), PriorityForm(request.POST)
    if not form.is_valid():
        return show_sheet(request, ticket, session, form)
    reason = form.cleaned_data["reason"]
    if attempt(request, lambda: queue.prioritise(ticket=ticket, reason=reason, by=session.user)):
        messages.success(request, _("%(label)s の方を優先にしました。") % {"label": ticket.label})
    return redirect("reservations:desk")


@staff_only(SERVE)
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send somebody on; the number and the place in line stay."""
    session = seat_of(user_of(request))
    if session is None:
        return redirect("reservations:desk")
    ticket = _ticket(session, public_id)
    form = TransferForm(request.POST if request.method == "POST" else None, ticket=ticket)
    if form.is_valid() and _send(request, ticket, session, form):
        return redirect("reservations:desk")
    return render(request, "reservations/desk/transfer.html", {"ticket": ticket, "session": session, "form": form})


def _send(request: HttpRequest, ticket: Ticket, session: DeskSession, form: TransferForm) -> bool:
    service, place, desk = form.chosen
    try:
        queue.transfer(ticket=ticket, service=service, place=place, desk=desk, by=session.user)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    told = {"label": ticket.label, "where": f"{place.name} {service.name}"}
    messages.success(request, _("%(label)s の方を「%(where)s」へ送りました。番号はそのままです。") % told)
    return True


def _ticket(session: DeskSession, public_id: str) -> Ticket:
    return get_object_or_404(tickets_of(session.desk, timezone.now()), public_id=public_id)


def _attempt_call(request: HttpRequest, action: Callable[[], Ticket]) -> None:
    """That nobody waits is no mistake of the clerk's."""
    try:
        action()
    except NobodyWaits as error:
        messages.info(request, str(error))
    except DomainError as error:
        messages.warning(request, str(error))
