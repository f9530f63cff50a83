"""The points to look at before a case of the procedure is decided: added, changed, moved, taken out of use."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.desk_forms import PointForm
from applications.models import ChecklistItem, Procedure
from applications.permissions import DESIGN_PROCEDURES
from applications.services import desk
from applications.views.designer.common import note_number, procedure_or_404, show, staff
from applications.views.designer.listing import READ_OR_SEND
from cityhall.access import staff_only
from cityhall.errors import DomainError


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def design_checklist(request: HttpRequest, key: str) -> HttpResponse:
    """The points in their order, each with its form, and one for a new point."""
    procedure = procedure_or_404(request, key)
    if request.method != HTTPMethod.POST:
        return _page(request, procedure)
    action, item = request.POST.get("action", "add"), _number(request.POST.get("item", ""))
    if action in ("up", "down"):
        desk.move_point(procedure=procedure, item_id=item, way=action)
    elif action == "retire":
        desk.retire_point(procedure=procedure, item_id=item, by=staff(request))
        messages.success(request, _("審査項目を外しました。"))
    else:
        form = PointForm(request.POST, auto_id=f"point-{item}-%s")
        if not _save(request, procedure, item, form):
            return _page(request, procedure, refused=(item, form))
        messages.success(request, _("審査項目を保存しました。"))
    return redirect("applications:design_checklist", key=key)


def _save(request: HttpRequest, procedure: Procedure, item: int, form: PointForm) -> bool:
    """Add or change a point; a refusal stands in the form then."""
    if not form.is_valid():
        return False
    text, is_required = form.cleaned_data["text"], form.cleaned_data["is_required"]
    try:
        if item:
            desk.change_point(procedure=procedure, item_id=item, text=text, is_required=is_required, by=staff(request))
        else:
            desk.add_point(procedure=procedure, text=text, is_required=is_required, by=staff(request))
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    note_number(request, procedure, form)
    return True


def _page(request: HttpRequest, procedure: Procedure, refused: tuple[int, PointForm] | None = None) -> HttpResponse:
    points = ChecklistItem.objects.filter(procedure=procedure, is_active=True).order_by("position", "id")
    typed = dict([refused]) if refused else {}
    rows = [
        (
            point,
            typed.get(point.pk)
            or PointForm(
                initial={"text": point.text, "is_required": point.is_required}, auto_id=f"point-{point.pk}-%s"
            ),
        )
        for point in points
    ]
    new = typed.get(0) or PointForm(initial={"is_required": True}, auto_id="point-0-%s")
    context = {"rows": rows, "new": new, "refused": refused[1] if refused else None}
    return show(request, "checklist.html", procedure, context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
