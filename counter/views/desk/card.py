"""Reading a My Number card with the program on the counter PC: leave to read one, and what it said."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cityhall.access import staff_only
from cityhall.days import wareki
from cityhall.errors import DomainError, StaleState
from counter import card
from counter.enums import ACTIVE_VISITS
from counter.models import Visit
from counter.services import visits
from counter.views.desk.common import SERVE, user_of, visit_or_404
from residents.enums import Sex

_SENT = ("order", "name", "address", "birth_date", "sex")
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True)
class Panel:
    """What the identification page shows of a card. `url`: where this PC's program is, "" where none is read."""

    url: str
    attributes: card.CardAttributes | None
    names: tuple[str, ...] = _SENT

    @property
    def born(self) -> str:
        """The birth date as people here write it."""
        day = self.attributes.born_on if self.attributes else None
        return wareki(day) if day else ""

    @property
    def sex(self) -> str:
        said = self.attributes.sex if self.attributes else ""
        return str(Sex(said).label) if said else ""


def panel_of(visit: Visit) -> Panel:
    """The part of the page that reads a card, and what was read before."""
    return Panel(settings.CARD_BRIDGE_URL, card.attributes_of(visit))


def may_read_cards(view: View) -> View:
    """A page whose scripts may connect to the card reading program of the PC it is shown on."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.CARD_BRIDGE_URL:
            return view(request, *args, **kwargs)
        return cast("View", csp_update({"connect-src": [settings.CARD_BRIDGE_URL]})(view))(request, *args, **kwargs)

    return cast("View", shown)


@staff_only(SERVE)
@never_cache
@require_POST
def visit_card_order(request: HttpRequest, public_id: str) -> HttpResponse:
    """A signed order for one reading, as JSON; each press gets another."""
    visit = visit_or_404(request, public_id)
    if not settings.CARD_BRIDGE_URL or visit.state not in ACTIVE_VISITS:
        return JsonResponse({"message": str(StaleState())}, status=HTTPStatus.CONFLICT)
    return JsonResponse({"order": card.make_order(visit, user_of(request), timezone.now())})


@staff_only(SERVE)
@never_cache
@require_POST
def visit_card(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the card said, sent by the page that asked for it; then the identification page compares it."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    try:
        nonce = card.nonce_of(request.POST.get("order", ""), visit, user, timezone.now())
        visits.take_card(visit, card.attributes_from(request.POST), nonce=nonce, by=user)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("カードを読み取りました。ご本人と登録の内容を確かめてください。"))
    return redirect("counter:visit_identify", visit.public_id)
