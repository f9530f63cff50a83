"""Reports as the staff see them: the list, the map, one report, the table."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications.enums import ReportState
from applications.forms import StepForm
from applications.models import Report
from applications.permissions import VIEW_REPORTS
from applications.queries import reports as queries
from applications.report_filters import ReportFilterForm, origin_of
from applications.report_steps import STATES_FOR, step_form
from applications.reports.words import chip
from applications.views.reports.common import map_context, map_link, next_url
from applications.views.staff import staff_of
from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.references import format_number
from cityhall.services import audit
from cityhall.spreadsheets import csv_response


@staff_only(VIEW_REPORTS)
@never_cache
@require_safe
def staff_report_list(request: HttpRequest) -> HttpResponse:
    """Reports of one's departments, the newest first."""
    user, form = staff_of(request), ReportFilterForm(request.GET)
    page = queries.report_list(user=user, wanted=form.wanted(), after=request.GET.get("after", ""))
    _record_list(user, page.rows)
    context = {
        "form": form,
        "rows": [_row(report) for report in page.rows],
        "next_url": next_url(request, page.next_after),
        "query": _filters(request),
    }
    return render(request, "applications/reports/staff_list.html", context)


@staff_only(VIEW_REPORTS)
@never_cache
@require_safe
def staff_report_map(request: HttpRequest) -> HttpResponse:
    """The same on a map, and as a list by distance: from the centre of the city, or from where one stands."""
    user, form = staff_of(request), ReportFilterForm(request.GET)
    origin = origin_of(request.GET, settings.MAP_CENTRE)
    found = queries.reports_on_map(user=user, wanted=form.wanted(), origin=origin)
    _record_list(user, [one.report for one in found])
    places = [place for one in found if (place := queries.position_of(one.report)) is not None]
    context = {
        "form": form,
        "rows": [_row(one.report) | {"metres": one.metres, "number": n} for n, one in enumerate(found, start=1)],
        "origin": origin,
        "most": queries.ON_MAP,
        "query": _filters(request),
        **map_context(places),
    }
    return render(request, "applications/reports/staff_map.html", context)


@staff_only(VIEW_REPORTS)
@never_cache
@require_safe
def staff_report(request: HttpRequest, public_id: str) -> HttpResponse:
    """One report with its photos, what happened, what lies near, and the steps. Reading is audited."""
    return render_report(request, report_or_404(request, public_id))


@staff_only(VIEW_REPORTS)
@require_safe
def staff_report_export(request: HttpRequest) -> HttpResponseBase:
    """The list as a table, without who reported. Audited."""
    user = staff_of(request)
    wanted = ReportFilterForm(request.GET).wanted()
    audit.record(action=AuditAction.EXPORT, actor=user, target_type="report")
    header = [
        *(_("受付番号"), _("受付日時"), _("種類"), _("担当課"), _("状態"), _("担当者"), _("状況")),
        *(_("緯度"), _("経度"), _("場所の説明"), _("回答"), _("終了日時"), _("統合先"), _("公開")),
    ]
    return csv_response(name=_("通報.csv"), header=header, rows=_table(queries.export_rows(user, wanted)))


def report_or_404(request: HttpRequest, public_id: str) -> Report:
    """A report of one's departments."""
    try:
        return queries.visible_report(staff_of(request), public_id)
    except Report.DoesNotExist:
        raise Http404 from None


def render_report(
    request: HttpRequest, report: Report, *, bound: dict[str, StepForm] | None = None, kept: Sequence[Any] = ()
) -> HttpResponse:
    """The page of a report; a refused form keeps what was typed, `kept` is shown where there is no form for it."""
    user = staff_of(request)
    audit.record(
        action=AuditAction.READ,
        actor=user,
        target_type="report",
        target_id=report.public_id,
        target_label=report.number,
        department_code=report.department.code,
    )
    photos = queries.photos_of(report)
    may_handle = queries.may_handle(user, report)
    forms: dict[str, StepForm] = {}
    if may_handle:
        offered = [step for step, states in STATES_FOR.items() if report.state in states]
        forms = {step: step_form(step, report, user=user, photos=photos) for step in offered} | (bound or {})
        if report.handler_id == user.pk:
            forms.pop("take", None)
    context = {
        "report": report,
        "state": chip(report.state),
        "photos": photos,
        "events": queries.events_of(report),
        "duplicates": list(queries.visible_reports(user).filter(merged_into=report).order_by("id")),
        "near": _near(user, report) if may_handle else [],
        "can_merge": "merge" in forms,
        "map_url": map_link(queries.position_of(report)),
        "forms": forms,
        "bound_form": next(iter((bound or {}).values()), None),
        "kept": kept,
    }
    return render(request, "applications/reports/staff_report.html", context)


def _near(user: User, report: Report) -> list[dict[str, Any]]:
    return [_row(one.report) | {"metres": one.metres} for one in queries.near_for_staff(user, report)]


def _row(report: Report) -> dict[str, Any]:
    days = (timezone.now() - report.received_at).days
    place = queries.position_of(report)
    return {"report": report, "state": chip(report.state), "days": days, "map_url": map_link(place)}


def _table(reports: Iterator[Report]) -> Iterator[list[object]]:
    for report in reports:
        yield [
            format_number(report.number),
            _moment(report.received_at),
            report.kind.name,
            report.department.name,
            ReportState(report.state).label,
            str(report.handler or ""),
            report.body,
            report.latitude or "",
            report.longitude or "",
            report.place_note,
            report.answer,
            _moment(report.closed_at),
            format_number(report.merged_into.number) if report.merged_into else "",
            _("公開") if report.is_public else "",
        ]


def _moment(value: Any) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


def _filters(request: HttpRequest) -> str:
    """The filters of this page for the addresses of the others: list, map, table."""
    query = request.GET.copy()
    for name in ("after", "from.latitude", "from.longitude"):
        query.pop(name, None)
    return query.urlencode()


def _record_list(user: User, reports: Sequence[Report]) -> None:
    audit.record(
        action=AuditAction.LIST, actor=user, target_type="report", object_ids=[report.public_id for report in reports]
    )
