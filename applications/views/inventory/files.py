"""The inventory as a file: out for spreadsheets, and in again."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications.inventory.forms import InventoryFileForm
from applications.inventory.reading import InventoryFileRefused, Sheet
from applications.permissions import MANAGE_INVENTORY, VIEW_INVENTORY
from applications.queries.inventory import export_table
from applications.services import inventory
from applications.services.imports import FileGone
from applications.services.inventory.files import CONTENT_TYPES
from applications.views.designer.common import tell
from applications.views.designer.listing import READ_OR_SEND
from applications.views.imports import upload_or_404, upload_page
from applications.views.staff import staff_of
from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import StoredFile
from cityhall.services import audit
from cityhall.spreadsheets import csv_response

SHOWN = 200
"""Rows of each kind that the page lists; more are counted."""


@staff_only(VIEW_INVENTORY)
@require_safe
def inventory_export(request: HttpRequest) -> HttpResponseBase:
    """All rows with all years, or only those of one's departments. Audited."""
    user = staff_of(request)
    header, rows = export_table(user if request.GET.get("own") == "yes" else None)
    audit.record(action=AuditAction.EXPORT, actor=user, target_type="applications.inventoryitem")
    # the cells are harmless already, in a way that this file is read back
    return csv_response(name=_("手続の棚卸.csv"), header=header, rows=rows)


@staff_only(MANAGE_INVENTORY)
@never_cache
@require_http_methods(READ_OR_SEND)
def inventory_import(request: HttpRequest) -> HttpResponse:
    """Choose a file. It is kept for a day; nothing else happens yet."""
    return upload_page(
        request,
        form_class=InventoryFileForm,
        keep=inventory.keep_file,
        template="applications/inventory/import.html",
        check="applications:inventory_check",
    )


@staff_only(MANAGE_INVENTORY)
@never_cache
@require_http_methods(READ_OR_SEND)
def inventory_check(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the file would change, row by row; pressing the button changes it."""
    user = staff_of(request)
    stored = upload_or_404(request, public_id, CONTENT_TYPES)
    try:
        sheet = inventory.read_file(stored)
    except (FileGone, InventoryFileRefused) as error:
        tell(request, error)
        return redirect("applications:inventory_import")
    if request.method == HTTPMethod.POST:
        return _take_over(request, stored, sheet)
    sight = inventory.check_sheet(sheet, by=user)
    groups = {kind: sight.of(kind) for kind in inventory.PlanKind}
    context = {
        "file": stored,
        "sight": sight,
        "counts": {kind.value: len(plans) for kind, plans in groups.items()},
        "shown": {kind.value: plans[:SHOWN] for kind, plans in groups.items()},
        "problems": sight.problems[:SHOWN],
        "most": SHOWN,
    }
    return render(request, "applications/inventory/check.html", context)


def _take_over(request: HttpRequest, stored: StoredFile, sheet: Sheet) -> HttpResponse:
    try:
        new, changed = inventory.take_over(
            stored=stored,
            sheet=sheet,
            seen=request.POST.get("seen", ""),
            leaves_out_problems=request.POST.get("leave_out") == "yes",
            by=staff_of(request),
        )
    except FileGone as error:
        tell(request, error)
        return redirect("applications:inventory_import")
    except DomainError as error:
        tell(request, error)
        return redirect("applications:inventory_check", public_id=stored.public_id)
    if new or changed:
        done = _("棚卸に%(new)s件を追加し、%(changed)s件を変更しました。") % {"new": new, "changed": changed}
        messages.success(request, done)
    else:
        messages.info(request, _("ファイルの内容は、すでに取り込まれています。何も変更していません。"))
    return redirect("applications:inventory_list")
