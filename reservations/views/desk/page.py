"""The page of a desk, what its script asks for, and the sheet of one ticket."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.http import json_with_etag
from cityhall.registry import desk_panels, shown_panels
from cityhall.services import audit
from reservations.enums import TicketState
from reservations.forms_desk import PriorityForm
from reservations.models import DeskSession, Ticket
from reservations.queries.desks import DeskPage, Row, open_alarms, row_for, seat_of, tickets_of, version
from reservations.services.queue import CALLS_BEFORE_MISSED
from reservations.views.desk.seats import SERVE, choose, user_of


@staff_only(SERVE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where somebody sits, or the choice of a desk."""
    user = user_of(request)
    session = seat_of(user)
    if session is None:
        return choose(request, user)
    page = DeskPage(session)
    context = {"page": page, "calls_before_missed": CALLS_BEFORE_MISSED, "panels": _panels(request, page.ticket)}
    response = render(request, "reservations/desk/home.html", context)
    response["Cache-Control"] = "no-store"
    return response


@staff_only(SERVE)
@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """Whether anything changed, and whether a colleague needs help. Unchanged answers cost a 304."""
    session = seat_of(user_of(request))
    if session is None:
        return json_with_etag(request, {"version": "", "alarms": []}, max_age=0)
    alarms = open_alarms(session.desk)
    document = {
        "version": version(session, alarms, timezone.now()),
        "alarms": [alarm.desk.number for alarm in alarms if alarm.desk_id != session.desk_id],
    }
    return json_with_etag(request, document, max_age=0)


@staff_only(SERVE)
@require_safe
def sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """One ticket with everything that may be done with it. Reading a reservation is written down."""
    session = seat_of(user_of(request))
    if session is None:
        return redirect("reservations:desk")
    ticket = get_object_or_404(tickets_of(session.desk, timezone.now()), public_id=public_id)
    return show_sheet(request, ticket, session, PriorityForm())


def show_sheet(request: HttpRequest, ticket: Ticket, session: DeskSession, form: PriorityForm) -> HttpResponse:
    """The sheet, also when the reason was missing; who reads of a person on it is written down."""
    row = row_for(session.user, ticket, timezone.now())
    if row.knows_person:
        _record_read(ticket, session)
    response = render(request, "reservations/desk/sheet.html", _sheet_context(row, session, form))
    response["Cache-Control"] = "no-store"
    return response


def _panels(request: HttpRequest, ticket: Ticket | None) -> list[dict[str, Any]]:
    """What other parts of the portal offer for the person at the desk."""
    return shown_panels(desk_panels, request, ticket) if ticket else []


def _sheet_context(row: Row, session: DeskSession, form: PriorityForm) -> dict[str, Any]:
    ticket = row.ticket
    return {
        "row": row,
        "ticket": ticket,
        "session": session,
        "form": form,
        "events": ticket.events.select_related("actor", "desk"),
        "may_call": ticket.state in (TicketState.WAITING, TicketState.PARKED, TicketState.MISSED),
        "is_over": ticket.state in (TicketState.DONE, TicketState.LEFT),
        "is_elsewhere": ticket.state in (TicketState.CALLED, TicketState.SERVING) and ticket.desk_id != session.desk_id,
    }


def _record_read(ticket: Ticket, session: DeskSession) -> None:
    if ticket.reservation is not None:
        audit.record(
            action=AuditAction.READ,
            actor=session.user,
            target_type="reservations.reservation",
            target_id=ticket.reservation.public_id,
            target_label=str(ticket.reservation),
            detail=f"desk {session.desk.number}",
            department_code=ticket.group.department.code,
        )
