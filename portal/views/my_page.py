"""A resident's own page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cityhall.access import resident_only
from cityhall.registry import my_page_panels
from portal import panels
from residents.queries import resident_of


@resident_only
@require_GET
def my_page(request: HttpRequest) -> HttpResponse:
    """What waits for this person and what they have sent, each part made by the app it belongs to."""
    context = {"resident": resident_of(request.user), "panels": panels.fill(my_page_panels, request)}
    return render(request, "portal/my_page.html", context)
