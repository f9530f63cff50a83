"""The tablet on the wall of a home: paired once, no signing in, large letters, one button."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cityhall.days import today
from cityhall.enums import DeviceKind
from cityhall.http import file_response
from cityhall.machines import device_only
from notices.models import Circular, CircularHome
from notices.queries import circulars as queries
from notices.services import circulars
from notices.views.circulars.looks import reading_card, sender_of

MOST_SHOWN = 12
"""A wall is no archive: what is older is found on paper or by signing in."""


@device_only(DeviceKind.HOUSEHOLD)
@never_cache
@require_safe
def tablet_home(request: HttpRequest) -> HttpResponse:
    """What is new, then what was read; the script of the page asks again every half hour."""
    home = _home_or_404(request)
    cards = [
        reading_card(circular, href=reverse("notices:tablet_circular", args=[circular.public_id]))
        for circular in queries.circulars_for_homes([home])[:MOST_SHOWN]
    ]
    context = {
        "home": home,
        "day": today(),
        "unread": [card for card in cards if not card["is_read"]],
        "read": [card for card in cards if card["is_read"]],
    }
    return render(request, "notices/circulars/tablet.html", context)


@device_only(DeviceKind.HOUSEHOLD)
@never_cache
@require_safe
def tablet_circular(request: HttpRequest, public_id: str) -> HttpResponse:
    """One circular in large letters."""
    home, circular = _shown_or_404(request, public_id)
    context = {
        "home": home,
        "circular": circular,
        "sender": sender_of(circular, home.district.name),
        "is_read": getattr(circular, "is_read", False),
    }
    return render(request, "notices/circulars/tablet_circular.html", context)


@device_only(DeviceKind.HOUSEHOLD)
@require_POST
def tablet_read(request: HttpRequest, public_id: str) -> HttpResponse:
    """The home has read it; nobody in particular."""
    home, circular = _shown_or_404(request, public_id)
    circulars.mark_read(circular, homes=[home], by=None)
    messages.success(request, _("「読みました」と伝えました。ありがとうございます。"))
    return redirect("notices:tablet_home")


@device_only(DeviceKind.HOUSEHOLD)
@require_safe
def tablet_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The attached PDF."""
    _home, circular = _shown_or_404(request, public_id)
    if circular.file is None:
        raise Http404
    return file_response(circular.file, inline=True)


def _home_or_404(request: HttpRequest) -> CircularHome:
    """The home of this tablet. One that belongs to none any more is a stranger."""
    home = queries.home_of_tablet(request.device)  # type: ignore[attr-defined] # set by device_only
    if home is None:
        raise Http404
    return home


def _shown_or_404(request: HttpRequest, public_id: str) -> tuple[CircularHome, Circular]:
    home = _home_or_404(request)
    circular = queries.circulars_for_homes([home]).filter(public_id=public_id).first()
    if circular is None:
        raise Http404
    return home, circular
