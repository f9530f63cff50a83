"""Notices of moving in from the national portal: the file, a look at it, and how far each family is."""

from http import HTTPMethod, HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from cityhall.models import User
from cityhall.queries.city import municipality
from cityhall.services import audit
from counter import codes, home_pdf
from counter.forms_move_ins import NumberForm, UploadForm
from counter.home import Home
from counter.home_papers import at_desk
from counter.models import MoveIn, MoveInImport
from counter.moving_in.reading import MOST_BYTES
from counter.permissions import IMPORT
from counter.queries import move_ins as queries
from counter.services import move_ins
from counter.services.prefills.keeping import last_day_of
from counter.views.desk.common import user_of


@staff_only(IMPORT)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def move_in_list(request: HttpRequest) -> HttpResponse:
    """The files there have been, and the form for the next one; sent, it is read and shown before anything happens.

    The departments in charge alone (`queries.departments_of`): to the others it says so, and sending is 404.
    """
    settings = move_ins.settings_of_city()
    is_set_up = bool(settings.procedures)
    is_in_charge = queries.is_in_charge(user_of(request), settings)
    is_sent = request.method == HTTPMethod.POST
    if is_sent and is_set_up and not is_in_charge:
        raise Http404
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    if is_sent and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            batch = move_ins.upload(
                upload.read(MOST_BYTES + 1), by=user_of(request), request_key=request.POST.get("request_key", "")
            )
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            return redirect("counter:move_in_import", batch.public_id)
    context = {
        "form": form,
        "imports": queries.imports() if is_in_charge else [],
        "is_set_up": is_set_up,
        "is_elsewhere": is_set_up and not is_in_charge,
        "request_key": request.POST.get("request_key") or new_key(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "counter/move_ins/list.html", context, status=status)


@staff_only(IMPORT)
@never_cache
@require_safe
def move_in_import(request: HttpRequest, public_id: str) -> HttpResponse:
    """One file: what applying it would do, or what became of its rows. Audited: it has names."""
    batch = _import_or_404(request, public_id)
    if batch.is_open:
        rows, counts = queries.expected(batch)
        context = {
            "rows": rows,
            "counts": [(outcome.label, count) for outcome, count in counts.items()],
            "total": sum(counts.values()),
            "earlier": queries.earlier_with_same_file(batch),
        }
    else:
        context = _rows_of(request, batch)
    _note_read(batch, user_of(request))
    template = "counter/move_ins/preview.html" if batch.is_open else "counter/move_ins/import.html"
    return render(request, template, {"batch": batch, **context})


@staff_only(IMPORT)
@require_POST
def move_in_apply(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand the rows to the worker, which books and writes to the families."""
    batch = _import_or_404(request, public_id)
    try:
        move_ins.apply(batch, by=user_of(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("取り込みを始めました。予約とメールの送信は、順に行われます。"))
    return redirect("counter:move_in_import", public_id)


@staff_only(IMPORT)
@require_POST
def move_in_discard(request: HttpRequest, public_id: str) -> HttpResponse:
    """Throw the file away: nothing came of it."""
    try:
        move_ins.discard(_import_or_404(request, public_id), by=user_of(request))
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("counter:move_in_import", public_id)
    messages.success(request, _("取り込みをやめました。ファイルの内容は消去しました。"))
    return redirect("counter:move_ins")


@staff_only(IMPORT)
@require_POST
def move_in_retry(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """Try one row again, after whatever was in its way was mended."""
    try:
        move_ins.retry_row(_import_or_404(request, public_id), number, by=user_of(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(number)s行目を、もう一度取り込みます。") % {"number": number})
    return redirect("counter:move_in_import", public_id)


@staff_only(IMPORT)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def move_in_sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """The sheet with QR and digits for a family without a mail address; the portal's number opens it."""
    refuse_others(request)
    rows = MoveIn.objects.select_related("prefill__reservation")
    move_in = get_object_or_404(rows, public_id=public_id, cancelled_at=None)
    is_sent = request.method == HTTPMethod.POST
    form = NumberForm(request.POST) if is_sent else NumberForm()
    if is_sent and form.is_valid():
        try:
            home = move_ins.sheet_of(move_in, number=form.cleaned_data["number"], by=user_of(request))
        except DomainError as error:
            form.add_error("number", str(error))
        else:
            return _pdf(home)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "counter/move_ins/sheet.html", {"move_in": move_in, "form": form}, status=status)


def _pdf(home: Home) -> HttpResponse:
    content = home_pdf.sheet(
        code=codes.full_code(municipality().code, home.token),
        spoken=codes.written(codes.spoken_code(home.token)),
        last_day=last_day_of(home.prefill),
        visit_on=home.prefill.visit_on,
        procedures=home.procedures,
        desk=at_desk(home),
        is_practice=False,
    )
    response = HttpResponse(content, content_type="application/pdf")
    name = _("窓口でお見せください.pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


def _rows_of(request: HttpRequest, batch: MoveInImport) -> dict[str, Any]:
    rows, cursor = queries.listed(batch, user=user_of(request), after=request.GET.get("after", ""))
    counts = queries.counted(batch)
    return {
        "rows": rows,
        "counts": counts,
        "total": sum(count for _stage, count in counts),
        "next_url": f"?{urlencode({'after': cursor})}" if cursor else "",
    }


def refuse_others(request: HttpRequest) -> None:
    """404 for who has the right in another department than those in charge."""
    if not queries.is_in_charge(user_of(request), move_ins.settings_of_city()):
        raise Http404


def _import_or_404(request: HttpRequest, public_id: str) -> MoveInImport:
    refuse_others(request)
    return get_object_or_404(MoveInImport.objects.select_related("uploaded_by"), public_id=public_id)


def _note_read(batch: MoveInImport, by: User) -> None:
    audit.record(
        action=AuditAction.READ, actor=by, target_type="counter.moveinimport", target_id=batch.public_id, detail="list"
    )
