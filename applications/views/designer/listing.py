"""The list of procedures, a new one, and a copy of one."""

from collections.abc import Callable
from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications.designer.simple_forms import CopyProcedureForm, DesignListForm, NewProcedureForm
from applications.designer.standing import standing
from applications.models import Procedure
from applications.permissions import DESIGN_PROCEDURES
from applications.queries.designing import design_departments, design_list, designable
from applications.services import procedures
from applications.views.designer.common import note_number, procedure_or_404, show, staff
from cityhall.access import staff_only
from cityhall.models import User

READ_OR_SEND = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST]


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_safe
def design_list_page(request: HttpRequest) -> HttpResponse:
    """Procedures of the person's departments, by department and reading: state, drafts under way, last change."""
    user = staff(request)
    departments = design_departments(user)
    form = DesignListForm(request.GET, departments=departments)
    page = design_list(user, after=request.GET.get("after", ""), **form.wanted())
    query = request.GET.copy()
    query["after"] = page.next_cursor
    now = timezone.now()
    context = {
        "form": form,
        "rows": [{"procedure": row, "chips": standing(row, now=now)} for row in page.rows],
        "next_url": f"?{query.urlencode()}" if page.next_cursor else "",
        "has_departments": bool(departments),
    }
    return render(request, "applications/designer/list.html", context)


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def design_new(request: HttpRequest) -> HttpResponse:
    """A new procedure in preparation."""
    user = staff(request)
    initial = {"drawn_key": procedures.new_procedure_key()}
    form = NewProcedureForm(request.POST or None, initial=initial, departments=design_departments(user))
    if request.method == HTTPMethod.POST and form.is_valid():
        data = form.cleaned_data

        def make(key: str) -> Procedure:
            return procedures.create_procedure(
                key=key,
                name=data["name"],
                name_kana=data["name_kana"],
                summary=data["summary"],
                department=data["department"],
                by=user,
            )

        made = _made_once(form, make, by=user)
        if made:
            note_number(request, made, form)
            messages.success(request, _("手続を登録しました。住民にはまだ見えません。様式を作りましょう。"))
            return redirect("applications:design_overview", key=made.key)
    return render(request, "applications/designer/new.html", {"form": form})


def _made_once(form: NewProcedureForm, make: Callable[[str], Procedure], *, by: User) -> Procedure | None:
    """Make the procedure, or find what the same page made when it was sent before. None: the form says why not."""
    data = form.cleaned_data
    drawn = data["drawn_key"] or procedures.new_procedure_key()
    try:
        return make(data["key"] or drawn)
    except procedures.KeyTaken as error:
        if data["key"]:
            form.add_error("key", str(error))
            return None
    twin = designable(by).filter(key=drawn, name=data["name"], department=data["department"]).first()
    # other words under a drawn key that is taken: another procedure is meant
    return twin or make(procedures.new_procedure_key())


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
        "drawn_key": procedures.new_procedure_key(),
    }
    form = CopyProcedureForm(request.POST or None, initial=initial, departments=design_departments(user))
    if request.method == HTTPMethod.POST and form.is_valid():
        data = form.cleaned_data

        def make(key: str) -> Procedure:
            return procedures.copy_procedure(
                source=source, key=key, name=data["name"], department=data["department"], by=user
            )

        made = _made_once(form, make, by=user)
        if made:
            note_number(request, made, form)
            messages.success(request, _("手続をコピーしました。コピーは準備中で、住民にはまだ見えません。"))
            return redirect("applications:design_overview", key=made.key)
    return show(request, "copy.html", source, {"form": form})
