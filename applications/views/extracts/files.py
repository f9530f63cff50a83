"""One extract: how far it is, what it left out, the file."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from applications.queries.extracts import may_fetch
from applications.services import extracts
from applications.views.designer.common import tell
from applications.views.extracts.common import PROCESS, extract_or_404
from applications.views.staff import staff_of
from cityhall.access import staff_only
from cityhall.enums import WorkState
from cityhall.errors import DomainError
from cityhall.http import file_response
from cityhall.spreadsheets import csv_response

REFRESH_SECONDS = 5
SHOWN = 50
"""Places of replaced characters that the page lists; the file has all that were kept."""


@staff_only(PROCESS)
@never_cache
@require_safe
def extract_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """How far the worker is, then the way to the file. Asks to be loaded again until it is over."""
    extract = extract_or_404(request, public_id)
    now = timezone.now()
    total = extract.rows_total or 0
    is_open = extract.state in (WorkState.QUEUED, WorkState.RUNNING, WorkState.FAILED)
    context = {
        "extract": extract,
        "profile": extract.profile,
        "now": now,
        "is_open": is_open,
        "is_there": extract.file is not None and extract.expires_at is not None and now < extract.expires_at,
        "may_fetch": may_fetch(staff_of(request), extract),
        "percent": min(100, extract.rows_done * 100 // total) if total else 0,
        "report": extract.report,
        "places": extract.report.get("places", [])[:SHOWN],
    }
    response = render(request, "applications/extracts/file.html", context)
    if is_open:
        response["Refresh"] = str(REFRESH_SECONDS)
    return response


@staff_only(PROCESS)
@never_cache
@require_safe
def extract_download(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The file, while it is kept and to whom may have what is in it. Audited."""
    extract = extract_or_404(request, public_id)
    user = staff_of(request)
    if not may_fetch(user, extract):
        raise Http404
    if extract.file is None or extract.expires_at is None or extract.expires_at <= timezone.now():
        return render(request, "applications/extracts/gone.html", {"profile": extract.profile}, status=HTTPStatus.GONE)
    response = file_response(extract.file)
    extracts.note_download(extract, by=user)
    return response


@staff_only(PROCESS)
@require_safe
def extract_characters(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Where characters were replaced: case, column, code points."""
    extract = extract_or_404(request, public_id)
    if "places" not in extract.report:
        raise Http404
    header = [_("受付番号"), _("列"), _("置き換えた文字")]
    name = _("置き換えた文字_%(name)s.csv") % {"name": extract.profile.name}
    return csv_response(name=name, header=header, rows=extract.report["places"])


@staff_only(PROCESS)
@require_POST
def extract_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Stop it; when it is over meanwhile, the page says so."""
    extract = extract_or_404(request, public_id)
    try:
        extracts.cancel(extract=extract, by=staff_of(request))
    except DomainError as error:
        tell(request, error)
    else:
        messages.success(request, _("書き出しを中止しました。ファイルは作られません。"))
    return redirect("applications:extract_file", public_id=public_id)
