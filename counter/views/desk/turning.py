"""A page that is read by staff, and on the tablet turned round by the resident, in their language."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_POST

from cityhall.access import staff_only
from counter.models import Visit
from counter.services import visits
from counter.views.desk.common import SERVE, to_present, visit_or_404
from reservations.hall.languages import LANGUAGES, known

READ_BY_RESIDENTS: Final = frozenset({"visit_review", "visit_sign", "certificate_sign", "visit_received"})
"""Pages with a switch of languages: the name of the page comes back with the choice."""


def language_of(visit: Visit) -> str:
    """What the resident reads on the tablet turned round: their language where the hall speaks it, else Japanese."""
    return known(visit.language)


@contextmanager
def turned(request: HttpRequest, language: str) -> Iterator[dict[str, Any]]:
    """What the template needs to stand in the frame of the desk, or (`?facing=resident`) in that of the resident."""
    is_turned = request.GET.get("facing") == "resident"
    if not is_turned:
        yield {"is_turned": False, "base": "counter/desk/base.html"}
        return
    with translation.override(language):
        yield {"is_turned": True, "base": "counter/desk/facing.html"}


@staff_only(SERVE)
@require_POST
def visit_language(request: HttpRequest, public_id: str) -> HttpResponse:
    """The resident touched a language: kept with the visit, so that every page turned round after this one has it."""
    visit = visit_or_404(request, public_id)
    language, page = request.POST.get("lang", ""), request.POST.get("page", "")
    if language in LANGUAGES:
        visits.read_in(visit, language)
    if page not in READ_BY_RESIDENTS:
        return to_present(visit)
    by = "&by=procedure" if request.POST.get("by") == "procedure" else ""
    return redirect(f"{reverse(f'counter:{page}', args=[visit.public_id])}?facing=resident{by}")
