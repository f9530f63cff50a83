"""The call-up screen: any browser on a big screen, paired once. It shows numbers, never names."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cityhall.enums import DeviceKind
from cityhall.http import json_with_etag
from cityhall.machines import device_only
from reservations.enums import TicketState
from reservations.hall.languages import JAPANESE, minutes_text
from reservations.models import Display, Ticket
from reservations.queries import queue
from reservations.queries.queue import Present


def _display(request: HttpRequest) -> Display:
    device = request.device  # type: ignore[attr-defined] # set by device_only
    display = (
        Display.objects.select_related("place").prefetch_related("groups").filter(device=device, is_active=True).first()
    )
    if display is None:
        raise Http404
    return display


@device_only(DeviceKind.DISPLAY)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The page with the state of this moment; its script asks for the next ones."""
    display = _display(request)
    context = {"display": display, "state": _state(display), "now": timezone.localtime()}
    response = render(request, "reservations/hall/display.html", context)
    response["Cache-Control"] = "no-store"
    return response


@device_only(DeviceKind.DISPLAY)
@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """What is called and how long one waits, as JSON; unchanged answers cost a 304."""
    return json_with_etag(request, _state(_display(request)))


def _state(display: Display) -> dict[str, Any]:
    groups = {group.pk for group in display.groups.all()}
    rows = [row for row in queue.present(display.place) if not groups or row.service.group_id in groups]
    return {
        "calls": [_call(ticket) for ticket in queue.calls(display)],
        "waiting": _by_group(rows),
        "notice": display.notice,
    }


def _call(ticket: Ticket) -> dict[str, Any]:
    """`key` changes with every call, so that a repeated one blinks and is spoken again.

    Not the number of calls: it begins anew for who went back to the queue, and a colleague calls to another desk.
    """
    desk = ticket.desk.number if ticket.desk is not None else ""
    return {
        "key": f"{ticket.public_id[:8]}-{ticket.called_at:%Y%m%d%H%M%S%f}-{ticket.desk_id or ''}",
        "label": ticket.label,
        "letter": ticket.letter,
        "sequence": ticket.sequence,
        "desk": desk,
        "floor": ticket.desk.floor if ticket.desk is not None else "",
        "is_called": ticket.state == TicketState.CALLED,
    }


def _by_group(rows: list[Present]) -> list[dict[str, Any]]:
    """One line a group: its services share desks and line. The range spans the waits of all of them."""
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        group = row.service.group
        line = found.setdefault(
            group.pk,
            {"letter": group.letter, "name": group.name, "waiting": 0, "low": None, "high": 0, "is_open": row.is_open},
        )
        line["waiting"] += row.waiting
        line["low"] = row.low_minutes if line["low"] is None else min(line["low"], row.low_minutes)
        line["high"] = max(line["high"], row.high_minutes)
    for line in found.values():
        line["wait"] = minutes_text(line["low"], line["high"], JAPANESE)
    return list(found.values())
