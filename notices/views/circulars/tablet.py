"""The tablet on the wall of a home: paired once, no signing in, large letters, one button."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cityhall.days import today
from cityhall.enums import DeviceKind
from cityhall.http import file_response, framed
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


def _on_the_wall(
    view: Callable[[HttpRequest, CircularHome, Circular], HttpResponseBase],
) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """Give the view the home and a circular it can read. One that ended while it was shown leads back to the start."""

    @wraps(view)
    def found(request: HttpRequest, public_id: str) -> HttpResponseBase:
        home = _home_or_404(request)
        circular = queries.circulars_for_homes([home]).filter(public_id=public_id).first()
        if circular is not None:
            return view(request, home, circular)
        if not queries.has_gone_round(public_id, home.district):
            raise Http404
        messages.info(request, _("この回覧は終わりました。いまご覧になれる回覧は次のとおりです。"))
        return redirect("notices:tablet_home")

    return found


@device_only(DeviceKind.HOUSEHOLD)
@never_cache
@require_safe
@_on_the_wall
def tablet_circular(request: HttpRequest, home: CircularHome, circular: Circular) -> HttpResponse:
    """One circular in large letters."""
    context = {
        "home": home,
        "circular": circular,
        "sender": sender_of(circular, home.district.name),
        "is_read": getattr(circular, "is_read", False),
    }
    return render(request, "notices/circulars/tablet_circular.html", context)


@device_only(DeviceKind.HOUSEHOLD)
@require_POST
@_on_the_wall
def tablet_read(request: HttpRequest, home: CircularHome, circular: Circular) -> HttpResponse:
    """The home has read it; nobody in particular."""
    circulars.mark_read(circular, homes=[home], by=None)
    messages.success(request, _("「読みました」と伝えました。ありがとうございます。"))
    return redirect("notices:tablet_home")


@device_only(DeviceKind.HOUSEHOLD)
@never_cache
@require_safe
@_on_the_wall
def tablet_sheet(request: HttpRequest, home: CircularHome, circular: Circular) -> HttpResponse:
    """The attached PDF in a frame: the tablet has no button of its own that leads back from it."""
    if circular.file is None:
        raise Http404
    return render(request, "notices/circulars/tablet_sheet.html", {"home": home, "circular": circular})


@device_only(DeviceKind.HOUSEHOLD)
@framed
@require_safe
@_on_the_wall
def tablet_file(request: HttpRequest, home: CircularHome, circular: Circular) -> HttpResponseBase:
    """The attached PDF itself."""
    if circular.file is None:
        raise Http404
    return file_response(circular.file, inline=True)


def _home_or_404(request: HttpRequest) -> CircularHome:
    """The home of this tablet. One that belongs to none any more is a stranger."""
    home = queries.home_of_tablet(request.device)  # type: ignore[attr-defined] # set by device_only
    if home is None:
        raise Http404
    return home
