"""Sections of a form: a new one, and the page of one."""

from http import HTTPMethod

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.designer import operations
from applications.designer.labels import Labels
from applications.designer.operations import Design
from applications.designer.overview import notes_of
from applications.designer.places import NotThere, PageDocument, page_number, page_of
from applications.designer.simple_forms import SectionForm
from applications.models import Procedure
from applications.permissions import DESIGN_PROCEDURES
from applications.services.designing import change_design
from applications.views.designer.common import (
    document_of,
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
def design_section_add(request: HttpRequest, key: str) -> HttpResponse:
    """A new section at the end of the form."""
    procedure = procedure_or_404(request, key)
    form = SectionForm(request.POST or None)
    if request.method == HTTPMethod.POST and form.is_valid():
        keys: list[str] = []

        def operation(design: Design) -> Design:
            changed, page = operations.add_page(design, title=form.cleaned_data["title"])
            keys.append(page)
            return operations.change_page(changed, page, form.cleaned_data)

        try:
            change_design(
                procedure=procedure, expected_revision=seen_revision(request), operation=operation, by=staff(request)
            )
        except DomainError as error:
            form.add_error(None, str(error))
            procedure = procedure_or_404(request, key)
        else:
            note_number(request, procedure, form)
            messages.success(request, _("セクションを追加しました。"))
            return to_overview(key, f"section-{keys[-1]}")
    return show(request, "section.html", procedure, {"form": form, "page": None})


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def design_section(request: HttpRequest, key: str, page: str) -> HttpResponse:
    """Name, introduction and condition of one section."""
    procedure = procedure_or_404(request, key)
    found = page_or_404(procedure, page)
    form = SectionForm(request.POST or None, initial={"title": found.get("title"), "intro": found.get("intro")})
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            change_design(
                procedure=procedure,
                expected_revision=seen_revision(request),
                operation=lambda design: operations.change_page(design, page, form.cleaned_data),
                by=staff(request),
            )
        except DomainError as error:
            form.add_error(None, str(error))
            procedure = procedure_or_404(request, key)
        else:
            note_number(request, procedure, form)
            messages.success(request, _("セクションを保存しました。"))
            return to_overview(key, f"section-{page}")
    document = document_of(procedure)
    context = {
        "form": form,
        "page": found,
        "notes": notes_of(found, Labels.of(document)),
        "page_number": page_number(document, page),
    }
    return show(request, "section.html", procedure, context)


def page_or_404(procedure: Procedure, page: str) -> PageDocument:
    try:
        return page_of(document_of(procedure), page)
    except NotThere:
        raise Http404 from None
