"""What a tablet sends without a button: typing, every few seconds; and what it needs where there is no network."""

from functools import lru_cache
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from applications import typed as typed_values
from applications.row_paths import groups
from applications.typed import Row, Typed
from cityhall.access import public, staff_only
from cityhall.errors import DomainError
from counter.queries.certificates import order_of
from counter.services import visits
from counter.subjects import typed_of
from counter.views.desk.asking import MISSING, REQUEST_KEY, Asking, Screen
from counter.views.desk.certificates.asking import CERTIFICATE_PAGE
from counter.views.desk.certificates.screen import CertificateScreen
from counter.views.desk.certificates.subjects import take_subject
from counter.views.desk.common import SERVE, user_of, visit_or_404

_MOST: Final = 1_000_000


@staff_only(SERVE)
@require_POST
def visit_typing(request: HttpRequest, public_id: str, key: str) -> JsonResponse:
    """Keep a page as it stands (static/js/visit-keep.js): the form of the page, with `request_key` and `number`.

    409 with a sentence when somebody else changed the visit since, or when it is not being filled in any more.
    """
    visit, user = visit_or_404(request, public_id), user_of(request)
    is_for_certificates = key == CERTIFICATE_PAGE and order_of(visit) is not None
    screen = (CertificateScreen if is_for_certificates else Screen)(request, visit, user)
    if is_for_certificates:
        take_subject(user, visit, request.POST.get("subject_person", ""))
    number = MISSING if is_for_certificates else _page_number(screen, key)
    try:
        revision = visits.keep_typing(
            screen.visit,
            page=screen.asking.page(number),
            typed=_said_by_people(screen, number, _typed(screen.asking, number, request)),
            source=screen.source,
            by=screen.user,
            request_key=request.POST.get(REQUEST_KEY, ""),
            number=_counted(request),
            requester=typed_of(request.POST) if is_for_certificates else None,
        )
    except DomainError as error:
        return JsonResponse({"code": error.code, "message": str(error)}, status=HTTPStatus.CONFLICT)
    return JsonResponse({"revision": revision, "saved_at": timezone.now().isoformat()})


def _page_number(screen: Screen, key: str) -> int:
    """404 for a page that the form of the visit does not have, or has no more."""
    if key == "missing":
        return MISSING
    found = (number for number, page in enumerate(screen.combined.form.pages, start=1) if page.key == key)
    number = next(found, None)
    if number is None:
        raise Http404
    return number


def _typed(asking: Asking, number: int, request: HttpRequest) -> Typed:
    page = asking.page(number)
    new = asking.with_page(number, typed_values.read(page.fields, request.POST))
    return {one.key: new.values[one.key] for one in page.fields if one.key in new.values}


def _said_by_people(screen: Screen, number: int, typed: Typed) -> Typed:
    """Without what stood on the page by itself and is as it was (one copy, this year; what was supposed from earlier
    answers): nobody was asked that, or has gone on with it."""
    held, fields = screen.visit.values, screen.asking.page(number).fields
    # as the page would send it
    shown = typed_values.read(fields, typed_values.as_data(fields, screen.asking.begun(number).values))
    said = {key: value for key, value in typed.items() if key in held or value != shown.get(key)}
    rows = {one.key for one in groups(fields)} & said.keys()
    fewer = said | {key: _rows_said(said[key], held.get(key), shown.get(key)) for key in rows}
    # what would not stand there by itself once more is kept with its row: it was seen there
    again = screen.asking.with_page(number, fewer).begun(number).values
    return said | {key: _told_again(said[key], fewer[key], again.get(key)) for key in rows}


def _rows_said(typed: list[Row], held: list[Row] | None, shown: list[Row] | None) -> list[Row]:
    """Rows without what stood in them by itself and is as it was."""
    mine, theirs = _by_id(held), _by_id(shown)
    return [
        {"id": row["id"], "values": _cells_said(row["values"], mine.get(row["id"], {}), theirs.get(row["id"], {}))}
        if "values" in row
        else row
        for row in typed
    ]


def _cells_said(typed: Typed, held: Typed, shown: Typed) -> Typed:
    return {key: value for key, value in typed.items() if key in held or value != shown.get(key)}


def _told_again(typed: list[Row], fewer: list[Row], again: list[Row] | None) -> list[Row]:
    told = _by_id(again)
    return [less if told.get(row["id"]) == row.get("values") else row for row, less in zip(typed, fewer, strict=True)]


def _by_id(rows: list[Row] | None) -> dict[str, Typed]:
    return {row["id"]: row["values"] for row in rows or () if "values" in row}


def _counted(request: HttpRequest) -> int:
    """How many times this opening of the page has sent something new; 0 for what is no number."""
    text = request.POST.get("number", "")
    return min(int(text), _MOST) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@public
@require_safe
def visit_worker(request: HttpRequest) -> HttpResponse:
    """The script that answers for pages of visits while there is no network. It sees the addresses below its own:
    it is served once for the visits and once for the certificates.
    """
    response = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@public
@require_safe
def visit_offline(request: HttpRequest) -> HttpResponse:
    """What stands in the place of a page of a visit while there is no network: nothing of anybody's."""
    return render(request, "counter/desk/offline.html", {"own": request.path})


@lru_cache(maxsize=1)
def _worker() -> str:
    path = settings.BASE_DIR / "static" / "js" / "visit-worker.js"
    return str(path.read_text(encoding="utf-8"))
