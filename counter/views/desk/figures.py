"""Figures of visits for those who lead counters, and the same as CSV."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.services import audit
from cityhall.spreadsheets import csv_response
from counter.enums import VisitPhase
from counter.queries.figures import BY, Figures, Line, Span, figures, span_of
from counter.views.desk.common import user_of
from reservations.forms_figures import SpanForm, Wanted

VIEW = "counter.view_figures"


@staff_only(VIEW)
@require_safe
def visit_figures(request: HttpRequest) -> HttpResponse:
    """Questions asked per visit, and minutes by phase."""
    form, found = _figures(request)
    phases = [phase.label for phase in VisitPhase]
    context = {
        "form": form,
        "figures": found,
        "unit": BY[found.by],
        "phases": phases,
        "query": request.GET.urlencode(),
    }
    return render(request, "counter/desk/figures.html", context)


@staff_only(VIEW)
@require_safe
def visit_figures_csv(request: HttpRequest) -> HttpResponseBase:
    """The same table for a spreadsheet; times in seconds. Audited."""
    _form, found = _figures(request)
    span = found.span
    header = [
        BY[found.by],
        _t("来庁"),
        _t("手続"),
        _t("聞いた質問（1来庁）"),
        _t("事前入力（1来庁）"),
        _t("市の登録・カード（1来庁）"),
        *[_t("%(phase)s（秒）") % {"phase": phase.label} for phase in VisitPhase],
        _t("1来庁（秒）"),
        _t("1手続（秒）"),
        _t("利用者登録に招待（来庁）"),
        _t("登録まで進んだ（来庁）"),
    ]
    record_export(request, "visits", span)
    name = f"visits-{span.from_day}-{span.until_day}.csv"
    return csv_response(name=name, header=header, rows=[_row(line) for line in found.lines])


def _row(line: Line) -> list[object]:
    means = [line.asked_mean, line.brought_mean, line.known_mean]
    times = [*line.per_phase, line.per_visit, line.per_procedure]
    return [
        line.label,
        line.visits,
        line.procedures,
        *["" if mean is None else round(mean, 1) for mean in means],
        *["" if seconds is None else round(seconds) for seconds in times],
        line.offered,
        line.tied,
    ]


def _figures(request: HttpRequest) -> tuple[SpanForm, Figures]:
    form, wanted, span = asked_span(request, BY)
    return form, figures(span, by=wanted.by)


def asked_span(request: HttpRequest, units: Mapping[str, Any]) -> tuple[SpanForm, Wanted, Span]:
    """The form of a page of figures as it was sent, and what of it this person may count."""
    user = user_of(request)
    form = SpanForm(request.GET or None, user=user, units=units)
    wanted = form.wanted()
    return form, wanted, span_of(user, from_day=wanted.from_day, until_day=wanted.until_day, place=wanted.place)


def record_export(request: HttpRequest, name: str, span: Span) -> None:
    """Write down that a table of figures leaves the house."""
    audit.record(
        action=AuditAction.EXPORT,
        actor=user_of(request),
        target_type="counter.figures",
        target_id=name,
        target_label=f"{span.from_day}〜{span.until_day}",
    )
