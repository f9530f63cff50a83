"""What is asked for and what it costs, read by the person on the tablet turned round, and signed on the same page."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from http import HTTPMethod

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.access import staff_only
from counter.entries import Entries
from counter.enums import VisitState
from counter.forms import combined_of
from counter.models import Visit
from counter.queries.certificates import order_of
from counter.queries.reviews import Reading, Sheet
from counter.queries.sources import given_of
from counter.queries.veils import veiled_of
from counter.queries.visits import chosen_procedures
from counter.views.desk.answering import answers_kept
from counter.views.desk.common import SERVE, not_made, show, to_present, user_of, visit_or_404
from counter.views.desk.frame import Stage
from counter.views.desk.signing import take_signature
from counter.views.desk.turning import language_of
from reservations.hall.languages import JAPANESE


@staff_only(SERVE)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
@answers_kept
def certificate_sign(request: HttpRequest, public_id: str) -> HttpResponse:
    """One page to read, one box to sign in."""
    visit = visit_or_404(request, public_id)
    if order_of(visit) is None:
        return to_present(visit)
    with translation.override(language_of(visit)):
        if request.method == HTTPMethod.POST:
            return take_signature(request, visit, _page)
        return _page(request, visit) if visit.state == VisitState.REVIEWING else to_present(visit)


def _page(request: HttpRequest, visit: Visit, *, error: str = "", stale: bool = False) -> HttpResponse:
    if stale:
        visit.refresh_from_db()
        if visit.state != VisitState.REVIEWING:
            return not_made(request, visit, Stage.SIGN, base="counter/desk/facing.html")
    chosen = chosen_procedures(visit)
    language, user = language_of(visit), user_of(request)
    combined = combined_of(chosen, at_desk=True, language="" if language == JAPANESE else language)
    veiled = veiled_of(visit, combined, user)
    reading = Reading(chosen, combined, Entries.of(visit), given_of(visit, combined, user), veiled)
    sheets = list(_once(reading.by_procedure()))
    context = {"sheets": sheets, "total": reading.fee_total, "order": order_of(visit), "error": error}
    return show(request, "counter/desk/certificates/sign.html", visit, Stage.SIGN, context, stale=stale)


def _once(sheets: Iterable[Sheet]) -> Iterator[Sheet]:
    """What several certificates share, as the name, is read once, where it stands first."""
    read: set[str] = set()
    for sheet in sheets:
        lines = tuple(line for line in sheet.lines if not line.path or line.path not in read)
        read |= {line.path for line in lines}
        yield replace(sheet, lines=lines)
