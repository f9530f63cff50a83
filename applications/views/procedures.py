"""The public pages of procedures: find one, read about it, start an application."""

from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.display import places_chip
from applications.enums import ProcedureMode
from applications.procedure_facts import MODE_TONES, procedure_facts
from applications.queries import procedures
from applications.queries.procedures import Filters, Opening
from applications.search import kana_rows
from applications.search_form import ProcedureSearchForm
from applications.services.practice import may_practise
from cityhall.access import public
from cityhall.ids import public_id as new_key
from cityhall.pages import keyset_page

PAGE_SIZE = 30
UNSEEN = ("search_text", "keywords", "catalogue_settings")
"""Long columns of a procedure that its page does not show."""


@public
@require_safe
def procedure_list(request: HttpRequest) -> HttpResponse:
    """Procedures by words, life event, department or kana. Three statements however many there are."""
    filters = ProcedureSearchForm(request.GET).filters()
    page = keyset_page(
        procedures.search(filters), order=("name_kana", "id"), after=request.GET.get("after", ""), size=PAGE_SIZE
    )
    life_events = procedures.life_events_with_counts()
    departments = list(procedures.departments_with_procedures())
    context = {
        "filters": filters,
        "procedures": [(row, MODE_TONES[ProcedureMode(row.mode)], places_chip(row)) for row in page.rows],
        "life_events": life_events,
        "departments": departments,
        "kana_rows": kana_rows(),
        "life_event_name": next((row.name for row in life_events if row.key == filters.life_event), ""),
        "department_name": next((row.name for row in departments if row.code == filters.department), ""),
        "next_url": _url(filters, after=page.next_cursor) if page.next_cursor else "",
        "first_url": _url(filters) if request.GET.get("after") else "",
    }
    return render(request, "applications/procedure_list.html", context)


@public
@require_safe
def procedure_detail(request: HttpRequest, key: str) -> HttpResponse:
    """All that a person must know before applying, and the one button to begin."""
    procedure = get_object_or_404(procedures.visible().defer(*UNSEEN), key=key)
    opening = procedures.opening_of(procedure, timezone.now())
    context = {
        "procedure": procedure,
        "life_events": list(procedure.life_events.all()),
        "facts": procedure_facts(procedure),
        "mode_tone": MODE_TONES[ProcedureMode(procedure.mode)],
        "opening": opening.value,
        "places": places_chip(procedure),
        "is_full": procedure.is_full,
        "can_start": opening == Opening.OPEN and not request.user.is_staff and not procedure.is_full,
        "draft": procedures.draft_of(request.user, procedure) if opening == Opening.OPEN else None,
        "sign_in_url": _sign_in_url(request),
        "can_practise": may_practise(procedure) and not request.user.is_staff,
        # references for hidden questions go on to the start
        "query": request.GET.urlencode(),
        "request_key": new_key(),
    }
    return render(request, "applications/procedure_detail.html", context)


def _url(filters: Filters, after: str = "") -> str:
    values = {
        "q": filters.text,
        "event": filters.life_event,
        "department": filters.department,
        "kana": filters.kana_row,
        "after": after,
    }
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{reverse('applications:procedure_list')}?{query}" if query else reverse("applications:procedure_list")


def _sign_in_url(request: HttpRequest) -> str:
    """Sign in first, then back to this page."""
    return redirect_to_login(request.get_full_path()).url
