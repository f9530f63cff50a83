"""The front door."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from applications.queries import procedures
from cityhall.access import public

POPULAR_SHOWN = 6


@public
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Find a procedure by a word, by what happened, or among the often used ones; check a letter."""
    context = {
        "popular": procedures.popular(POPULAR_SHOWN),
        "life_events": procedures.life_events_with_counts(),
    }
    return render(request, "portal/home.html", context)
