"""Where staff begin."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cityhall.access import staff_only
from cityhall.registry import staff_home_panels
from portal import panels


@staff_only()
@require_GET
def staff_home(request: HttpRequest) -> HttpResponse:
    """What this person's roles let them do today."""
    return render(request, "portal/staff_home.html", {"panels": panels.fill(staff_home_panels, request)})
