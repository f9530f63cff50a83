"""The sheets of a department: what it is asked before a family comes, and its answers."""

from http import HTTPMethod, HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.services import audit
from counter.bereavement import papers
from counter.bereavement.enums import READY
from counter.bereavement.forms import ReplyForm
from counter.models import BereavementSheet
from counter.queries.bereavements import ANSWER, is_given_up, moved_from, sheets_to_come, told_to, visible_sheets
from counter.services import bereavements
from counter.views.bereavement.common import no_store, pdf, seen_revision
from counter.views.desk.common import user_of

_BOTH = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST]


@staff_only(ANSWER)
@never_cache
@require_safe
def bereavement_sheets(request: HttpRequest) -> HttpResponse:
    """What one's departments are asked: those without an answer first."""
    user = user_of(request)
    rows = sheets_to_come(user, timezone.now())
    audit.record(
        action=AuditAction.LIST,
        actor=user,
        target_type="bereavementsheet",
        object_ids=[row.public_id for row in rows],
    )
    listed = rows.like((row, is_given_up(row.bereavement)) for row in rows)
    return no_store(render(request, "counter/bereavement/sheets.html", {"rows": listed}))


@staff_only(ANSWER)
@never_cache
@require_http_methods(_BOTH)
def bereavement_sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """One sheet: look it up, say what was found."""
    sheet = _sheet_or_404(request, public_id)
    if request.method == HTTPMethod.POST:
        return _receive(request, sheet)
    return _show(request, sheet)


def _receive(request: HttpRequest, sheet: BereavementSheet) -> HttpResponse:
    forms = _forms(sheet, request.POST)
    are_valid = [form.is_valid() for form in forms]
    if not all(are_valid):
        return _show(request, sheet, forms=forms, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    replies = {form.row.pk: form.reply() for form in forms}
    try:
        bereavements.reply(sheet, replies=replies, seen_revision=seen_revision(request), by=user_of(request))
    except StaleState as error:
        sheet = _sheet_or_404(request, sheet.public_id)
        # what was typed stays beside what the other one found
        typed = _forms(sheet, request.POST)
        return _show(request, sheet, forms=typed, stale=str(error), status=HTTPStatus.CONFLICT)
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("counter:bereavement_sheet", sheet.public_id)
    messages.success(request, _("回答を保存しました。おくやみコーナーに伝わっています。"))
    return redirect("counter:bereavement_sheet", sheet.public_id)


def _show(
    request: HttpRequest,
    sheet: BereavementSheet,
    *,
    forms: list[ReplyForm] | None = None,
    stale: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    if request.method != HTTPMethod.POST:
        _record(request, sheet, AuditAction.READ)
    told = told_to(sheet)
    shown = forms if forms is not None else _forms(sheet)
    by_row = {form.row.pk: form for form in shown}
    row = sheet.bereavement
    context: dict[str, Any] = {
        "sheet": sheet,
        "row": row,
        "told": told,
        "asked": [(one, facts, by_row.get(one.pk)) for one, facts in told.requests],
        "forms": shown,
        "has_errors": any(form.is_bound and form.errors for form in shown),
        "may_answer": row.state in READY and not is_given_up(row),
        "is_given_up": is_given_up(row),
        "moved_from": parse_datetime(moved_from(row)),
        "stale": stale,
    }
    return no_store(render(request, "counter/bereavement/sheet.html", context, status=status))


@staff_only(ANSWER)
@require_POST
def bereavement_sheet_print(request: HttpRequest, public_id: str) -> HttpResponse:
    """The sheet on paper, to take to the shelf."""
    sheet, user, now = _sheet_or_404(request, public_id), user_of(request), timezone.now()
    if is_given_up(sheet.bereavement):
        return redirect("counter:bereavement_sheet", public_id)
    bereavements.count_sheet_prints(sheet.bereavement, [sheet], by=user, now=now)
    return pdf(papers.sheets_pdf(sheet.bereavement, [sheet], by=user, now=now), _("おくやみ準備票.pdf"))


def _forms(sheet: BereavementSheet, data: Any = None) -> list[ReplyForm]:
    rows = sheet.requests.filter(withdrawn_at=None).select_related("check_row")
    return [ReplyForm(data, request_row=row) for row in rows]


def _sheet_or_404(request: HttpRequest, public_id: str) -> BereavementSheet:
    return get_object_or_404(visible_sheets(user_of(request)), public_id=public_id)


def _record(request: HttpRequest, sheet: BereavementSheet, action: AuditAction) -> None:
    audit.record(
        action=action,
        actor=user_of(request),
        target_type="bereavementsheet",
        target_id=sheet.public_id,
        department_code=sheet.department.code,
    )
