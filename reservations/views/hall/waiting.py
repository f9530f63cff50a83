"""How long one waits now: for everybody, before they set out. No names, no numbers of tickets."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cityhall.access import public
from cityhall.enums import FileState
from cityhall.http import file_response, json_with_etag
from reservations.models import Place
from reservations.queries import queue
from reservations.queries.queue import Present

KEPT_SECONDS = 15


@public
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """All places with counters, each with its page."""
    rows = Place.objects.filter(is_active=True, is_practice=False, desks__is_active=True).distinct()
    return _kept(render(request, "reservations/hall/waiting_places.html", {"places": rows}))


@public
@require_safe
def place(request: HttpRequest, place_key: str) -> HttpResponse:
    """The services of one place with their traffic light, its colour said in words too."""
    found = _place(place_key)
    context = {"place": found, "rows": queue.present(found), "now": timezone.localtime()}
    return _kept(render(request, "reservations/hall/waiting.html", context))


@public
@require_safe
def state(request: HttpRequest, place_key: str) -> HttpResponse:
    """The same as open data."""
    found = _place(place_key)
    document = {"place": found.name, "services": [_row(row) for row in queue.present(found)]}
    return json_with_etag(request, document, max_age=KEPT_SECONDS)


@public
@require_safe
def floor_map(request: HttpRequest, place_key: str) -> HttpResponseBase:
    """The picture of the floor, when the place has one that passed the check."""
    found = _place(place_key)
    if found.floor_map is None or found.floor_map.state != FileState.CLEAN:
        raise Http404
    return file_response(found.floor_map, inline=True)


def _place(key: str) -> Place:
    return get_object_or_404(Place, key=key, is_active=True)


def _row(row: Present) -> dict[str, Any]:
    return {
        "key": row.service.key,
        "name": row.service.name,
        "is_open": row.is_open,
        "waiting": row.waiting,
        "in_line": row.in_line,
        "low_minutes": row.low_minutes,
        "high_minutes": row.high_minutes,
        "light": row.light,
    }


def _kept(response: HttpResponse) -> HttpResponse:
    """The browser may keep it for some seconds; no shared cache, because the head of the page says who is signed in."""
    response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return response
