"""What the city shows to everybody: reports with its own words, by month and state."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from applications.queries.reports import position_of, public_list
from applications.report_filters import BoardForm
from applications.reports.words import chip
from applications.views.reports.common import map_context, map_link, next_url
from cityhall.access import public
from cityhall.days import today


@public
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """The front of the reports: the way in, the way back to one's own, and what is public."""
    form = BoardForm(request.GET, today=today())
    wanted = form.wanted()
    page = public_list(kind=wanted.kind, is_open=wanted.is_open, month=wanted.month, after=request.GET.get("after", ""))
    places = [place for report in page.rows if (place := position_of(report)) is not None]
    rows, number = [], 0
    for report in page.rows:
        place = position_of(report)
        number += place is not None
        rows.append(
            {
                "report": report,
                "state": chip(report.state),
                "map_url": map_link(place),
                "number": number if place is not None else None,
            }
        )
    context = {"form": form, "rows": rows, "next_url": next_url(request, page.next_after), **map_context(places)}
    return render(request, "applications/reports/list.html", context)
