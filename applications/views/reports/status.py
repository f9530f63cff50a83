"""What became of a report: by number and code, by the link of a mail, and for a while in the browser that sent it."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.enums import ReportState
from applications.models import Report
from applications.queries.reports import find_by_code, find_by_link, find_held, photos_of, position_of
from applications.report_forms import ReportFindForm
from applications.report_links import PURPOSE, code_of
from applications.reports.words import chip, sentence
from applications.views.reports.common import map_link
from cityhall import guests
from cityhall.access import public
from cityhall.rate_limits import is_within_limit, is_within_limit_of

TRIES_PER_TEN_MINUTES = 300
TRIES_AT_ONE = 20
"""Wrong links and codes of one report, from wherever: whoever has the right one is not held up by it."""


@public
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def report_find(request: HttpRequest) -> HttpResponse:
    """Open a report again by its number and code."""
    form = ReportFindForm(request.POST if request.method == HTTPMethod.POST else None)
    status = 200
    if form.is_bound and form.is_valid():
        number = form.cleaned_data["number"]
        report = find_by_code(number, form.cleaned_data["secret"].strip())
        if report is not None:
            return _open(request, report)
        if _may_guess(request, number):
            form.add_error(
                None, _("受付番号と照会コードの組み合わせが正しくありません。控えやメールをご確認ください。")
            )
        else:
            status = 429
            form.add_error(None, _("短い時間に何度も操作がありました。しばらく待ってから、もう一度お試しください。"))
    return render(request, "applications/reports/find.html", {"form": form}, status=status)


@public
@never_cache
@require_safe
def report_open(request: HttpRequest, public_id: str, secret: str) -> HttpResponse:
    """The link of the mail: opens the report, and takes the secret out of the address."""
    report = find_by_link(public_id, secret)
    if report is not None:
        return _open(request, report)
    # rendered, not raised: the path of an error is logged
    status = 404 if _may_guess(request, public_id) else 429
    return render(request, "applications/reports/link_over.html", {"is_too_often": status == 429}, status=status)


@public
@never_cache
@require_safe
def report_status(request: HttpRequest, public_id: str) -> HttpResponse:
    """State in plain words and the answer of the city; a duplicate reads those of the report that goes on."""
    version = guests.held_version(request.session, PURPOSE, public_id)
    report = find_held(public_id, version) if version is not None else None
    if report is None:
        return redirect("applications:report_find")
    original = report.merged_into if report.state == ReportState.DUPLICATE and report.merged_into else report
    context = {
        "report": report,
        "original": original,
        "is_merged": original is not report,
        "state": chip(original.state),
        "sentence": sentence(original.state),
        "code": code_of(report),
        "photos": photos_of(report),
        "map_url": map_link(position_of(report)),
    }
    return render(request, "applications/reports/status.html", context)


@public
@require_POST
def report_leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let this browser forget the report: the next person at a shared computer must not find it."""
    guests.forget(request.session, PURPOSE, public_id)
    messages.success(
        request, _("この端末での表示を終わりました。もう一度見るには、受付番号と照会コードをお使いください。")
    )
    return redirect("applications:report_find")


def _open(request: HttpRequest, report: Report) -> HttpResponse:
    guests.remember(request.session, PURPOSE, report.public_id, report.secret_version)
    return redirect("applications:report_status", public_id=report.public_id)


def _may_guess(request: HttpRequest, whom: str) -> bool:
    """Counts what was wrong only, as with applications without an account."""
    if not is_within_limit_of(whom, "report-open", times=TRIES_AT_ONE, seconds=600):
        return False
    return is_within_limit(request, "report-open", times=TRIES_PER_TEN_MINUTES, seconds=600)
