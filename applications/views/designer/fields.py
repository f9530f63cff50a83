"""Adding a field, and the page of one field."""

from http import HTTPMethod

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.definition import SETTINGS
from applications.designer import operations
from applications.designer.field_form import FieldForm
from applications.designer.labels import Labels
from applications.designer.moving import destinations, place_name
from applications.designer.operations import Design
from applications.designer.overview import group_rows, notes_of
from applications.designer.places import NotThere, Place, page_number, page_of, place_of, places
from applications.designer.simple_forms import AddFieldForm
from applications.enums import FieldType
from applications.models import Procedure
from applications.permissions import DESIGN_PROCEDURES
from applications.services.designing import change_design
from applications.views.designer.common import (
    document_of,
    field_anchor,
    note_number,
    procedure_or_404,
    seen_revision,
    show,
    staff,
    to_overview,
)
from applications.views.designer.listing import READ_OR_SEND
from cityhall.access import staff_only
from cityhall.errors import DomainError


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def design_field_add(request: HttpRequest, key: str, page: str) -> HttpResponse:
    """A new field at the end of a section, or of the group that `?group=` names: the kind, and the question."""
    procedure = procedure_or_404(request, key)
    group = request.GET.get("group", "")
    target = _target_or_404(procedure, page, group)
    form = AddFieldForm(request.POST or None, is_in_rows=bool(group))
    if request.method == HTTPMethod.POST and form.is_valid():
        paths: list[str] = []

        def operation(design: Design) -> Design:
            kind = FieldType(form.cleaned_data["type"])
            changed, path = operations.add_field(
                design, page=page, kind=kind, label=form.cleaned_data["label"], group=group
            )
            paths.append(path)
            return changed

        try:
            change_design(
                procedure=procedure, expected_revision=seen_revision(request), operation=operation, by=staff(request)
            )
        except DomainError as error:
            form.add_error(None, str(error))
            procedure = procedure_or_404(request, key)
        else:
            note_number(request, procedure, form)
            return redirect("applications:design_field", key=key, path=paths[-1])
    context = {"form": form, "page": page, "group": group, "target": target}
    return show(request, "field_add.html", procedure, context)


def _target_or_404(procedure: Procedure, page: str, group: str) -> str:
    """What the new field goes into, by name."""
    document = document_of(procedure)
    try:
        title = page_of(document, page).get("title") or _("（名前のないセクション）")
        return str(place_of(document, group).field.get("label", "")) if group else str(title)
    except NotThere:
        raise Http404 from None


def place_or_404(procedure: Procedure, path: str) -> Place:
    try:
        return place_of(document_of(procedure), path)
    except NotThere:
        raise Http404 from None


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def design_field(request: HttpRequest, key: str, path: str) -> HttpResponse:
    """The settings of one field; only those its kind takes."""
    procedure = procedure_or_404(request, key)
    place = place_or_404(procedure, path)
    form = FieldForm(
        place.field,
        data=request.POST or None,
        is_in_rows=place.group is not None,
        may_rename=may_rename(procedure, path),
    )
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            new_path = _save(request, procedure, path, form)
        except DomainError as error:
            form.add_error(None, str(error))
            # the page shows the newest revision: saving once more is the person's choice
            procedure = procedure_or_404(request, key)
        else:
            note_number(request, procedure, form)
            messages.success(request, _("「%(label)s」を保存しました。") % {"label": form.cleaned_data["label"]})
            if "stay" in request.POST:
                return redirect("applications:design_field", key=key, path=new_path)
            return to_overview(key, field_anchor(new_path))
    return show(request, "field.html", procedure, _field_context(procedure, place, form))


def _field_context(procedure: Procedure, place: Place, form: FieldForm) -> dict[str, object]:
    document = document_of(procedure)
    group = str(place.group["key"]) if place.group else ""
    settings = SETTINGS[form.kind]
    return {
        "form": form,
        "place": place,
        "kind": form.kind.label,
        "group": place.group,
        "page_number": page_number(document, place.page["key"]),
        "notes": notes_of(place.field, Labels.of(document), group=group),
        "rows": group_rows(document, place.field) if form.kind == FieldType.ROWS else [],
        "is_group": form.kind == FieldType.ROWS,
        "is_calculated": form.kind == FieldType.CALCULATED,
        "takes_required_when": "required_when" in settings,
        "anchor": field_anchor(place.path),
        "destinations": [one for one in destinations(document) if one.name != place_name(place)],
    }


def may_rename(procedure: Procedure, path: str) -> bool:
    """A key stays what it is once a version with it is published: answers are kept under it."""
    version = procedure.current_version
    return version is None or all(place.path != path for place in places(version.definition))


def _save(request: HttpRequest, procedure: Procedure, path: str, form: FieldForm) -> str:
    """Write the settings and, where that is still possible, the key; the path afterwards."""
    new_key = form.cleaned_data.get("key") or ""
    paths = [path]

    def operation(design: Design) -> Design:
        changed = operations.change_field(design, path, form.changes())
        if new_key:
            changed, renamed_path = operations.rename_field(changed, path, new_key)
            paths.append(renamed_path)
        return changed

    change_design(procedure=procedure, expected_revision=seen_revision(request), operation=operation, by=staff(request))
    return paths[-1]
