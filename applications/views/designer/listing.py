"""The list of procedures, a new one, and a copy of one."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications.designer.simple_forms import CopyProcedureForm, DesignListForm, NewProcedureForm
from applications.display import Chip
from applications.enums import ProcedureState
from applications.models import Procedure
from applications.permissions import DESIGN_PROCEDURES
from applications.queries.designing import design_departments, design_list
from applications.services import procedures
from applications.views.designer.common import procedure_or_404, show, staff
from cityhall.access import staff_only

_TONES = {ProcedureState.DRAFT: "neutral", ProcedureState.PUBLISHED: "success", ProcedureState.CLOSED: "warning"}
READ_OR_SEND = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST]


def procedure_chip(procedure: Procedure) -> Chip:
    """Whether the public sees the procedure."""
    state = ProcedureState(procedure.state)
    return Chip(str(state.label), _TONES[state])


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_safe
def design_list_page(request: HttpRequest) -> HttpResponse:
    """Procedures of the person's departments: state, version, drafts under way, last change."""
    user = staff(request)
    departments = design_departments(user)
    form = DesignListForm(request.GET, departments=departments)
    rows, after = design_list(user, after=request.GET.get("after", "")[:60], **form.wanted())
    query = request.GET.copy()
    query["after"] = after
    context = {
        "form": form,
        "rows": [{"procedure": row, "chip": procedure_chip(row)} for row in rows],
        "next_url": f"?{query.urlencode()}" if after else "",
        "has_departments": bool(departments),
    }
    return render(request, "applications/designer/list.html", context)


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def design_new(request: HttpRequest) -> HttpResponse:
    """A new procedure in preparation."""
    user = staff(request)
    form = NewProcedureForm(request.POST or None, departments=design_departments(user))
    if request.method == HTTPMethod.POST and form.is_valid():
        data = form.cleaned_data
        try:
            made = procedures.create_procedure(
                key=data["key"] or procedures.new_procedure_key(),
                name=data["name"],
                name_kana=data["name_kana"],
                summary=data["summary"],
                department=data["department"],
                by=user,
            )
        except procedures.KeyTaken as error:
            form.add_error("key", str(error))
        else:
            messages.success(request, _("手続を登録しました。住民にはまだ見えません。様式を作りましょう。"))
            return redirect("applications:design_overview", key=made.key)
    return render(request, "applications/designer/new.html", {"form": form})


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def design_copy(request: HttpRequest, key: str) -> HttpResponse:
    """A copy of a procedure in preparation, with its settings and its form in work."""
    user = staff(request)
    source = procedure_or_404(request, key)
    initial = {
        "name": _("%(name)s（コピー）") % {"name": source.name},
        "department": source.department_id,
    }
    form = CopyProcedureForm(request.POST or None, initial=initial, departments=design_departments(user))
    if request.method == HTTPMethod.POST and form.is_valid():
        data = form.cleaned_data
        try:
            made = procedures.copy_procedure(
                source=source,
                key=data["key"] or procedures.new_procedure_key(),
                name=data["name"],
                department=data["department"],
                by=user,
            )
        except procedures.KeyTaken as error:
            form.add_error("key", str(error))
        else:
            messages.success(request, _("手続をコピーしました。コピーは準備中で、住民にはまだ見えません。"))
            return redirect("applications:design_overview", key=made.key)
    return show(request, "copy.html", source, {"form": form})
