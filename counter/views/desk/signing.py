"""The tablet turned round once more: the resident signs what they have read, there or on paper."""

from collections.abc import Callable
from http import HTTPMethod

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.access import staff_only
from cityhall.errors import DomainError, StaleState
from counter.enums import VisitEventKind, VisitState
from counter.models import Visit
from counter.services import visits
from counter.services.visits.signing import PAPER, TABLET, EmptySignature
from counter.views.desk.answering import answers_kept, done
from counter.views.desk.common import SERVE, is_echo, not_made, show, to_present, user_of, visit_or_404
from counter.views.desk.frame import Stage
from counter.views.desk.turning import language_of

ON_PAPER = "paper"


@staff_only(SERVE)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
@answers_kept
def visit_sign(request: HttpRequest, public_id: str) -> HttpResponse:
    """A big box, what is signed by it, and the way to do it on paper."""
    visit = visit_or_404(request, public_id)
    with translation.override(language_of(visit)):
        if request.method == HTTPMethod.POST:
            return take_signature(request, visit, _page)
        return _page(request, visit) if visit.state == VisitState.REVIEWING else to_present(visit)


def take_signature(request: HttpRequest, visit: Visit, page: Callable[..., HttpResponse]) -> HttpResponse:
    """Signed; or `page` once more, with what is wrong (`error`) or as it is now (`stale`). Twice is once."""
    if visit.state != VisitState.REVIEWING:
        return _too_late(request, visit)
    user, image = user_of(request), request.FILES.get("drawing")
    if request.POST.get("action") == ON_PAPER:
        image = None
    elif image is None:
        return page(request, visit, error=str(EmptySignature()))
    try:
        visits.sign(visit, image=image, by=user)
    except StaleState:
        if not _is_signed_so(request, visit):
            return page(request, visit, stale=True)
    except DomainError as error:
        return page(request, visit, error=str(error))
    return done(to_present(visit))


def _too_late(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Signed by this very tablet, whose answer was lost; or not signed at all, and then it says so."""
    if _is_signed_so(request, visit):
        return done(to_present(visit))
    return not_made(request, visit, Stage.SIGN, base="counter/desk/facing.html")


def _is_signed_so(request: HttpRequest, visit: Visit) -> bool:
    """Signed already by this very button: on the tablet, or on paper."""
    detail = PAPER if request.POST.get("action") == ON_PAPER else TABLET
    return is_echo(visit, VisitEventKind.SIGNED, by=user_of(request), detail=detail)


def _page(request: HttpRequest, visit: Visit, *, error: str = "", stale: bool = False) -> HttpResponse:
    return show(request, "counter/desk/sign.html", visit, Stage.SIGN, {"error": error}, stale=stale)
