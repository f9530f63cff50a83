"""Procedures for other cities, and from them."""

from http import HTTPMethod
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.import_rows import import_rows
from applications.models import LifeEvent, Procedure
from applications.package_forms import (
    DepartmentForm,
    PackageForm,
    chosen_departments,
    department_fields,
    keys_of,
)
from applications.permissions import DESIGN_PROCEDURES, IMPORT_PROCEDURES, MANAGE_GUIDES
from applications.queries.exchange import exportable_by
from applications.services import exchange
from applications.services.catalogue import CatalogueError, ChangeKind, Problem, export, zipped
from applications.services.catalogue.packages import PackageRefused
from applications.services.catalogue.planning import Wishes
from applications.services.imports import FileGone
from applications.views.designer.common import staff, tell
from applications.views.designer.listing import READ_OR_SEND
from applications.views.imports import upload_or_404, upload_page
from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import Department, StoredFile
from cityhall.services import audit


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def procedure_export(request: HttpRequest) -> HttpResponse:
    """Choose procedures of one's departments; one comes as YAML, several as ZIP. Audited."""
    if request.method != HTTPMethod.POST:
        return _export_page(request, keys_of(request.GET.getlist("key")))
    rows = _wanted(request)
    guides = [event for event in _guides_of(request) if event.key in request.POST.getlist("guide")]
    if not rows and not guides:
        messages.warning(request, _("書き出す手続を一つ以上選んでください。"))
        return _export_page(request, [])
    try:
        made = export(rows, guides=guides, shared_life_events=exchange.shared_life_event_keys())
    except CatalogueError as error:
        wrong = {problem.file for problem in error.problems}
        good = [row.key for row in rows if f"{row.key}.yaml" not in wrong]
        return _export_page(request, good, error.problems)
    audit.record(
        action=AuditAction.EXPORT,
        actor=staff(request),
        target_type="applications.procedure",
        target_id=rows[0].key if len(rows) == 1 else "",
        object_ids=[row.key for row in rows] + [f"guide:{event.key}" for event in guides],
    )
    if made.single:
        return _download(*made.single, "application/yaml")
    return _download(_("手続カタログ.zip"), zipped(made.files), "application/zip")


def _wanted(request: HttpRequest) -> list[Procedure]:
    """What the pressed button means, among what the person may export."""
    rows = exportable_by(staff(request))
    if "all" in request.POST:
        return list(rows)
    department = request.POST.get("department")
    if department is not None:
        return list(rows.filter(department__code=department))
    return list(rows.filter(key__in=keys_of(request.POST.getlist("key"))))


def _guides_of(request: HttpRequest) -> list[LifeEvent]:
    """Life events whose guide the person may hand out: guides belong to the city, not to a department."""
    if not request.user.has_perm(MANAGE_GUIDES):
        return []
    return list(LifeEvent.objects.filter(current_guide__isnull=False).select_related("current_guide"))


def _export_page(request: HttpRequest, chosen: list[str], problems: list[Problem] | None = None) -> HttpResponse:
    rows = exportable_by(staff(request)).defer("current_version__definition", "description")
    ordered = sorted(rows, key=lambda row: (row.department.position, row.department.code, row.name_kana, row.key))
    groups = [(one, list(found)) for one, found in groupby(ordered, key=lambda row: row.department)]
    context: dict[str, Any] = {"groups": groups, "count": len(ordered), "chosen": chosen, "problems": problems or []}
    context["guides"] = _guides_of(request)
    context["chosen_guides"] = request.POST.getlist("guide")
    return render(request, "applications/exchange_export.html", context)


def _download(name: str, content: bytes, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


@staff_only(IMPORT_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def procedure_import(request: HttpRequest) -> HttpResponse:
    """Upload a file of another city. It is kept for a day; nothing else happens yet."""
    return upload_page(
        request,
        form_class=PackageForm,
        keep=exchange.keep_upload,
        template="applications/exchange_import.html",
        check="applications:import_check",
    )


@staff_only(IMPORT_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def import_check(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the file would change, procedure by procedure; what is chosen is taken over."""
    stored = upload_or_404(request, public_id, exchange.CONTENT_TYPES)
    known = list(Department.objects.order_by("position", "code"))
    data = request.POST if request.method == HTTPMethod.POST else request.GET
    departments = chosen_departments(data.dict(), known)
    try:
        read = exchange.read_upload(stored)
        if request.method == HTTPMethod.POST:
            return _take_over(request, stored, read, departments)
        outlook = exchange.look(read, Wishes(departments))
    except (FileGone, PackageRefused) as error:
        tell(request, error)
        return redirect("applications:procedure_import")
    context: dict[str, Any] = {
        "file": stored,
        "outlook": outlook,
        "rows": import_rows(outlook),
        "departments": department_fields(departments),
        "department_form": DepartmentForm(None, codes=outlook.unknown_departments, known=known),
    }
    return render(request, "applications/exchange_check.html", context)


def _take_over(
    request: HttpRequest, stored: StoredFile, read: exchange.ReadFile, departments: dict[str, str]
) -> HttpResponse:
    replaced = keys_of(request.POST.getlist("replace"))
    guides = keys_of(request.POST.getlist("guide"))
    wishes = Wishes(
        departments,
        replace=replaced,
        publishes=request.POST.get("publishes") == "yes",
    )
    try:
        changes = exchange.take_over(
            stored=stored,
            read=read,
            # who wants the file's form wants the procedure
            keys={*keys_of(request.POST.getlist("key")), *replaced},
            guides=guides,
            wishes=wishes,
            seen=request.POST.get("seen", ""),
            by=staff(request),
        )
    except FileGone:
        # no page to go back to
        raise
    except DomainError as error:
        tell(request, error)
    else:
        count = sum(change.kind != ChangeKind.UNCHANGED for change in changes)
        if count:
            words = (
                _("手続とガイドを合わせて%(count)s件取り込みました。")
                if guides
                else _("%(count)s件の手続を取り込みました。")
            )
            messages.success(request, words % {"count": count})
        else:
            messages.info(request, _("選んだ手続は、すでに取り込まれています。何も変更していません。"))
    address = reverse("applications:import_check", args=[stored.public_id])
    query = urlencode(department_fields(departments))
    return redirect(f"{address}?{query}" if query else address)
