"""The list of procedures with how they print, and the versions of one."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications.permissions import DESIGN_PROCEDURES
from cityhall.access import staff_only
from cityhall.errors import DomainError
from cityhall.services.files import UploadRefused
from counter.forms_layouts import LayoutForm
from counter.queries.layouts import layout_list, versions_of
from counter.services.layouts import make_layout
from counter.views.layouts.common import READ_OR_SEND, procedure_or_404, staff_of


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_safe
def layouts(request: HttpRequest) -> HttpResponse:
    """Procedures page by page: the default sheet, or the city's own form."""
    text = request.GET.get("q", "").strip()[:100]
    page = layout_list(request.user, text=text, after=request.GET.get("after", ""))
    query = request.GET.copy()
    query["after"] = page.next_cursor
    next_url = f"?{query.urlencode()}" if page.next_cursor else ""
    return render(request, "counter/layouts/list.html", {"rows": page.rows, "text": text, "next_url": next_url})


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def layout_versions(request: HttpRequest, key: str) -> HttpResponse:
    """The versions of a procedure's layout, newest first, and a form for the first one."""
    procedure = procedure_or_404(request, key)
    rows = list(versions_of(procedure))
    draft = next((one for one in rows if one.is_draft), None)
    form = LayoutForm(request.POST or None, request.FILES or None)
    if request.method == HTTPMethod.POST and form.is_valid():
        given = form.cleaned_data
        try:
            made = make_layout(
                procedure=procedure,
                title=given["title"],
                upload=given["upload"],
                valid_from=given["valid_from"],
                prints_rest=given["prints_rest"],
                by=staff_of(request),
            )
        except UploadRefused as error:
            form.add_error("upload", str(error))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("様式をアップロードしました。検査が終わると、印字の位置を決められます。"))
            return redirect("counter:layout", key=key, number=made.number)
    context = {"procedure": procedure, "rows": rows, "draft": draft, "form": form}
    return render(request, "counter/layouts/versions.html", context)
