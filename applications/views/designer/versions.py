"""Publishing the form in work, and the versions there have been."""

from http import HTTPMethod

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.definition import DefinitionError
from applications.designer.differences import differences
from applications.designer.overview import overview
from applications.designer.showing import problems_of, warnings_in
from applications.designer.simple_forms import PublishForm
from applications.designer.standing import missing_facts
from applications.models import FormVersion, Procedure
from applications.permissions import DESIGN_PROCEDURES
from applications.publishing_advice import advice_on_document
from applications.queries.designing import design_of, drafts_by_version, versions_of
from applications.services import designing
from applications.views.designer.common import (
    document_of,
    note_number,
    procedure_or_404,
    seen_revision,
    show,
    staff,
    tell,
)
from applications.views.designer.listing import READ_OR_SEND
from cityhall.access import staff_only
from cityhall.db import is_number
from cityhall.errors import DomainError


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def design_publish(request: HttpRequest, key: str) -> HttpResponse:
    """What is still wrong, or what becomes different; then a note and the button."""
    procedure = procedure_or_404(request, key)
    form = PublishForm(request.POST or None)
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            version, is_new = designing.publish_design(
                procedure=procedure,
                expected_revision=seen_revision(request),
                change_note=form.cleaned_data["change_note"],
                seen=request.POST.get("seen", ""),
                by=staff(request),
            )
        except DefinitionError:
            # the page lists every mistake with its place
            procedure = procedure_or_404(request, key)
        except DomainError as error:
            form.add_error(None, str(error))
            procedure = procedure_or_404(request, key)
        else:
            note_number(request, procedure, form)
            _tell_published(request, version, is_new=is_new)
            _tell_what_follows(request, procedure, version)
            return redirect("applications:design_overview", key=key)
    return _show_publishing(request, procedure, form)


def _tell_published(request: HttpRequest, version: FormVersion, *, is_new: bool) -> None:
    words = {"number": version.number}
    messages.success(
        request,
        _("第%(number)s版にしました。新しい申請は、この版の様式で始まります。") % words
        if is_new
        else _("内容が第%(number)s版と同じため、第%(number)s版を現在の版にしました。") % words,
    )


def _tell_what_follows(request: HttpRequest, procedure: Procedure, version: FormVersion) -> None:
    """What is left to do now that the version is in force."""
    for one in advice_on_document(procedure, version.definition):
        if one.follows:
            messages.warning(request, "\n".join([one.text, *one.names]))


def _show_publishing(request: HttpRequest, procedure: Procedure, form: PublishForm) -> HttpResponse:
    current, document = procedure.current_version, document_of(procedure)
    advice = advice_on_document(procedure, document)
    context = {
        "form": form,
        "seen": designing.publishing_mark(document),
        "overview": overview(document, problems_of(document)),
        "changes": differences(current.definition if current else None, document),
        "is_overtaken": design_of(procedure).base_version_id != procedure.current_version_id,
        "drafts": drafts_by_version(procedure),
        "missing": missing_facts(procedure),
        "warnings": warnings_in(document),
        "advice": [one for one in advice if not one.refuses],
        "refusals": [one for one in advice if one.refuses],
    }
    return show(request, "publish.html", procedure, context)


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_safe
def design_versions(request: HttpRequest, key: str) -> HttpResponse:
    """All versions, newest first, with the applications under way on each."""
    procedure = procedure_or_404(request, key)
    counts = {one.number: one.count for one in drafts_by_version(procedure)}
    rows = [{"version": version, "drafts": counts.get(version.number, 0)} for version in versions_of(procedure)]
    return show(request, "versions.html", procedure, {"rows": rows})


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_safe
def design_version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """What a version changed from the one before it, and what the form in work changes from it."""
    procedure = procedure_or_404(request, key)
    version = _version_or_404(procedure.versions.all(), number)
    before = procedure.versions.filter(number__lt=number).order_by("-number").first()
    context = {
        "version": version,
        "before": before,
        "changes": differences(before.definition if before else None, version.definition),
        "since": differences(version.definition, document_of(procedure)),
    }
    return show(request, "version.html", procedure, context)


def _version_or_404(versions: "QuerySet[FormVersion]", number: int) -> FormVersion:
    if not is_number(number):
        raise Http404
    return get_object_or_404(versions, number=number)


@staff_only(DESIGN_PROCEDURES)
@require_POST
def design_restore(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Take a version into work again; the public sees nothing of it until it is published."""
    procedure = procedure_or_404(request, key)
    _version_or_404(procedure.versions.all(), number)
    try:
        designing.restore_version(
            procedure=procedure, number=number, expected_revision=seen_revision(request), by=staff(request)
        )
    except DomainError as error:
        tell(request, error)
    else:
        messages.success(request, _("第%(number)s版の内容を編集中の様式に取り込みました。") % {"number": number})
    return redirect("applications:design_overview", key=key)


@staff_only(DESIGN_PROCEDURES)
@require_POST
def design_keep(request: HttpRequest, key: str) -> HttpResponse:
    """Go on with the form in work although somebody published another version meanwhile."""
    procedure = procedure_or_404(request, key)
    try:
        designing.keep_own_form(procedure=procedure, expected_revision=seen_revision(request), by=staff(request))
    except DomainError as error:
        tell(request, error)
    else:
        messages.success(request, _("編集中の内容を使うことにしました。違いを確認してから、新しい版にしてください。"))
    return redirect("applications:design_publish", key=key)
