"""Minutes per certificate, for those who lead counters, and the same as CSV."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cityhall.access import staff_only
from cityhall.spreadsheets import csv_response
from counter.queries.certificate_figures import CertificateFigures
from counter.queries.certificate_figures import certificate_figures as figures_of
from counter.views.desk.figures import asked_span, record_export
from reservations.forms_figures import SpanForm

VIEW = "counter.view_figures"
_BY = {"procedure": _("証明書")}


@staff_only(VIEW)
@require_safe
def certificate_figures(request: HttpRequest) -> HttpResponse:
    """How many of which, and how long each takes."""
    form, found = _figures(request)
    context = {"form": form, "figures": found, "query": request.GET.urlencode()}
    return render(request, "counter/desk/certificates/figures.html", context)


@staff_only(VIEW)
@require_safe
def certificate_figures_csv(request: HttpRequest) -> HttpResponseBase:
    """The same table for a spreadsheet; times in seconds. Audited."""
    _form, found = _figures(request)
    span = found.span
    record_export(request, "certificates", span)
    header = [_t("証明書"), _t("件数"), _t("通数"), _t("取り消し"), _t("受付から交付まで（秒）")]
    rows = [
        [one.label, one.cases, one.copies, one.cancelled, "" if one.issued is None else round(one.issued)]
        for one in found.lines
    ]
    return csv_response(name=f"certificates-{span.from_day}-{span.until_day}.csv", header=header, rows=rows)


def _figures(request: HttpRequest) -> tuple[SpanForm, CertificateFigures]:
    form, _wanted, span = asked_span(request, _BY)
    return form, figures_of(span)
