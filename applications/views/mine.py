"""A resident's own applications: the list, one case, its printable copy, taking it back."""

from http import HTTPMethod

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications import definition
from applications.answers import Section, display_rows
from applications.copy_pdf import copy_pdf
from applications.enums import ApplicationState
from applications.models import Application, ApplicationRevision
from applications.queries.cases import notices_of
from applications.queries.mine import events_of, last_revision, names_of_files, open_correction, own_drafts, own_list
from applications.services.drafts import NotEditable
from applications.services.withdrawal import may_withdraw, withdraw
from applications.steps import case_steps, chip
from applications.views.own import no_longer_editable, own_or_404, person
from cityhall.access import resident_only, resident_or_guest
from cityhall.errors import StaleState
from cityhall.pages import keyset_page
from notices.enums import NoticeState
from notices.models import Notice
from residents.queries import resident_of, row_ids_of

PAGE_SIZE = 20


@resident_only
@require_safe
def my_applications(request: HttpRequest) -> HttpResponse:
    """Unfinished drafts, then everything sent, newest first."""
    page = keyset_page(own_list(request.user), order=("-id",), after=request.GET.get("after", ""), size=PAGE_SIZE)
    context = {
        "drafts": [] if "after" in request.GET else own_drafts(request.user)[:PAGE_SIZE],
        "applications": [(application, chip(application)) for application in page.rows],
        "next_cursor": page.next_cursor,
    }
    return render(request, "applications/my_applications.html", context)


@resident_or_guest
@never_cache
@require_safe
def application_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where one application stands, what was sent, and what the person can do now."""
    application = own_or_404(request, public_id)
    if application.state == ApplicationState.DRAFT:
        return redirect("applications:draft_check", public_id=public_id)
    correction = open_correction(application)
    form = definition.form_of(application.form_version)
    context = {
        "application": application,
        "chip": chip(application),
        "steps": case_steps(application),
        "events": events_of(application),
        "sections": _sections(application, form, last_revision(application)),
        "correction": correction,
        "comments": _comments(form, correction.comments) if correction else [],
        # only the recipient can open a notice; who filed for somebody else is told by the state
        "notices": _own_notices(request, application),
        "may_withdraw": may_withdraw(application),
    }
    return render(request, "applications/application_detail.html", context)


@resident_or_guest
@never_cache
@require_safe
def application_copy(request: HttpRequest, public_id: str) -> HttpResponse:
    """The printable copy (控え) of what was sent last."""
    application = own_or_404(request, public_id)
    revision = last_revision(application)
    if revision is None:
        return redirect("applications:draft_check", public_id=public_id)
    form = definition.form_of(application.form_version)
    content = copy_pdf(application, revision, _sections(application, form, revision))
    response = HttpResponse(content, content_type="application/pdf")
    name = _("控え_%(number)s.pdf") % {"number": application.number}
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    return response


@resident_or_guest
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def application_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asks once, then takes the application back."""
    application = own_or_404(request, public_id)
    if application.state == ApplicationState.DRAFT:
        return redirect("applications:draft_delete", public_id=public_id)
    if not may_withdraw(application):
        return no_longer_editable(request, application)
    if request.method != HTTPMethod.POST:
        return render(request, "applications/application_withdraw.html", {"application": application})
    try:
        withdraw(application=application, by=person(request))
    except NotEditable:
        return no_longer_editable(request, application)
    except StaleState:
        messages.warning(request, _("市の審査が先に進んだため、取り下げできませんでした。最新の状況をご確認ください。"))
    else:
        messages.success(request, _("申請を取り下げました。"))
    return redirect("applications:application_detail", public_id=public_id)


def _own_notices(request: HttpRequest, application: Application) -> QuerySet[Notice]:
    resident = resident_of(request.user)
    if resident is None:
        return Notice.objects.none()
    return notices_of(application).filter(recipient__in=row_ids_of(resident)).exclude(state=NoticeState.DRAFT)


def _sections(application: Application, form: definition.Form, revision: ApplicationRevision | None) -> list[Section]:
    return display_rows(form, revision.answers, file_names=names_of_files(application)) if revision else []


def _comments(form: definition.Form, comments: dict[str, str]) -> list[tuple[str, int, str]]:
    """Label, page and comment, in the order of the form."""
    return [
        (field.label, form.page_of(field.key), comments[field.key]) for field in form.fields if field.key in comments
    ]
