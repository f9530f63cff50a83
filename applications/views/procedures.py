"""The public pages of procedures: find one, read about it, start an application."""

from collections.abc import Iterable
from dataclasses import replace

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.display import places_chip
from applications.enums import ProcedureMode
from applications.models import Procedure
from applications.notice_actions import notice_of
from applications.procedure_facts import MODE_TONES, procedure_facts
from applications.queries import finding, procedures
from applications.queries.finding import Choice
from applications.queries.guide import public_guides
from applications.queries.procedures import Opening
from applications.queries.reports import takes_reports
from applications.search_form import ProcedureSearchForm, links, list_url, understood
from applications.services.practice import may_practise
from applications.views.own import person
from cityhall.access import public
from cityhall.db import MOST_NUMBER
from cityhall.ids import public_id as new_key
from notices.actions import NOTICE_PARAMETER

PAGE_SIZE = 30
UNSEEN = ("search_text", "keywords", "catalogue_settings")
"""Long columns of a procedure that its page does not show."""
REPORT, FIRST = "通報", 3
"""What is told under this name is taken as a report from the street where the city takes any: the page of such a
procedure leads there, and so does a search that finds one among the first."""


@public
@require_safe
def procedure_list(request: HttpRequest) -> HttpResponse:
    """Procedures by words, life event, department or kana. Two statements however many there are."""
    filters = ProcedureSearchForm(request.GET).filters()
    results = finding.look_up(filters)
    start = _start(request.GET.get("after", ""), len(results.pks))
    end = start + PAGE_SIZE
    shown = procedures.in_order(results.pks[start:end])
    context = {
        "filters": filters,
        "total": len(results.pks),
        "procedures": [(row, MODE_TONES[ProcedureMode(row.mode)], places_chip(row)) for row in shown],
        "understood": understood(filters, results.found),
        "is_report": bool(filters.text) and any(map(_is_report, shown[:FIRST])),
        "life_events": links(filters, "life_event", results.life_events),
        "departments": links(filters, "department", results.departments),
        "kana_rows": links(filters, "kana_row", results.kana_rows),
        "all_kana_url": list_url(replace(filters, kana_row="")),
        "chosen_event": _chosen(results.life_events, filters.life_event),
        "has_guide": bool(filters.life_event) and public_guides().filter(key=filters.life_event).exists(),
        "chosen_department": _chosen(results.departments, filters.department),
        "next_url": list_url(filters, after=end) if end < len(results.pks) else "",
        "first_url": list_url(filters) if start else "",
    }
    return render(request, "applications/procedure_list.html", context)


@public
@require_safe
def procedure_detail(request: HttpRequest, key: str) -> HttpResponse:
    """All that a person must know before applying, and the one button to begin."""
    procedure = get_object_or_404(procedures.visible().defer(*UNSEEN), key=key)
    opening = procedures.opening_of(procedure, timezone.now())
    viewer = person(request)
    context = {
        "procedure": procedure,
        "life_events": list(procedure.life_events.all()),
        "facts": procedure_facts(procedure),
        "mode_tone": MODE_TONES[ProcedureMode(procedure.mode)],
        "opening": "report" if _is_report(procedure) else opening.value,
        "places": places_chip(procedure),
        "is_full": procedure.is_full,
        "can_start": opening == Opening.OPEN and not request.user.is_staff and not procedure.is_full,
        "draft": procedures.draft_of(request.user, procedure) if opening == Opening.OPEN else None,
        "sign_in_url": _sign_in_url(request),
        "can_practise": may_practise(procedure) and not request.user.is_staff and not _is_report(procedure),
        # references for hidden questions go on to the start
        "query": request.GET.urlencode(),
        "notice": notice_of(viewer, request.GET.get(NOTICE_PARAMETER, ""), procedure) if viewer else None,
        "request_key": new_key(),
    }
    return render(request, "applications/procedure_detail.html", context)


def _is_report(procedure: Procedure) -> bool:
    """Whether a resident tells this as a report from the street. One query, for procedures of that name only."""
    return REPORT in procedure.name and takes_reports()


def _start(after: str, total: int) -> int:
    """How many rows the page before ended at. An address is not filled in by hand: what cannot be is the first page."""
    is_number = after.isascii() and after.isdigit() and len(after) < len(str(MOST_NUMBER))
    return int(after) if is_number and int(after) < total else 0


def _chosen(choices: Iterable[Choice], key: str) -> Choice | None:
    return next((choice for choice in choices if choice.key == key), None)


def _sign_in_url(request: HttpRequest) -> str:
    """Sign in first, then back to this page."""
    return redirect_to_login(request.get_full_path()).url
