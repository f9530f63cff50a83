"""Figures of counters and bookings for the dashboard, and the same as CSV."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit
from cityhall.spreadsheets import csv_response
from reservations.forms_figures import SpanForm
from reservations.queries.figures import BY, Figures, Line, figures, span_of

_VIEW = "reservations.view_figures"


@staff_only(_VIEW)
@require_safe
def queue_figures(request: HttpRequest) -> HttpResponse:
    """Waiting, way, serving, those who stayed away, what was offered and used."""
    form, found = _figures(request)
    return render(
        request, "reservations/figures/queue.html", {"form": form, "figures": found, "query": _query(request)}
    )


@staff_only(_VIEW)
@require_safe
def queue_figures_csv(request: HttpRequest) -> HttpResponseBase:
    """The same table for a spreadsheet; times in seconds. Audited."""
    _form, found = _figures(request)
    span = found.span
    header = [
        BY[found.by],
        _t("対応件数"),
        _t("平均の待ち（秒）"),
        _t("最長の待ち（秒）"),
        _t("呼び出しから着席（秒）"),
        _t("対応（秒）"),
        _t("不在"),
    ]
    audit.record(
        action=AuditAction.EXPORT,
        actor=_user(request),
        target_type="reservations.figures",
        target_id="queue",
        target_label=f"{span.from_day}〜{span.until_day}",
    )
    name = f"queue-{span.from_day}-{span.until_day}.csv"
    return csv_response(name=name, header=header, rows=[_row(line) for line in found.lines])


def _figures(request: HttpRequest) -> tuple[SpanForm, Figures]:
    user = _user(request)
    form = SpanForm(request.GET or None, user=user, units=BY)
    wanted = form.wanted()
    span = span_of(user, from_day=wanted.from_day, until_day=wanted.until_day, place=wanted.place)
    return form, figures(span, by=wanted.by)


def _row(line: Line) -> list[object]:
    means = ["" if value is None else round(value) for value in (line.waiting, line.longest, line.way, line.serving)]
    return [line.label, line.tickets, *means, line.missed]


def _query(request: HttpRequest) -> str:
    return request.GET.urlencode()


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user
