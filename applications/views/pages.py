"""The pages of questions of a draft. Whatever button is pressed, everything typed is kept first, right or wrong."""

from dataclasses import dataclass, field
from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications import definition, typed
from applications.enums import FieldType
from applications.form_pages import PageForm, attached_files, draft_values
from applications.lookups import Lookup, look_up
from applications.models import Application
from applications.queries.mine import open_correction
from applications.services import drafts, uploads
from applications.steps import form_steps
from applications.views.own import no_longer_editable, own_or_404, person
from cityhall.access import resident_only


@dataclass
class _Sent:
    """What one sent page led to, beside the saved values."""

    refusals: dict[str, list[str]] = field(default_factory=dict)
    lookup: Lookup | None = None


@resident_only
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def draft_page(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """One page of questions. Whatever button is pressed, everything typed is kept first, right or wrong."""
    application = own_or_404(request, public_id)
    if application.state not in drafts.EDITABLE:
        return no_longer_editable(request, application)
    form = definition.parse(application.form_version.definition)
    if not 1 <= number <= len(form.pages):
        return redirect("applications:draft_page", public_id=public_id, number=1)
    page = form.pages[number - 1]
    if request.method == HTTPMethod.POST:
        return _receive(request, application, form, page, number)
    values = draft_values(application, form)
    # from the check page people come to see what is wrong
    data = typed.as_data(page.fields, values) if "check" in request.GET else None
    page_form = _page_form(application, page, data=data, initial=values)
    return _show(request, application, form, number, page_form)


def _receive(
    request: HttpRequest, application: Application, form: definition.Form, page: definition.Page, number: int
) -> HttpResponse:
    action, _colon, argument = request.POST.get("action", "next").partition(":")
    values = typed.read(page.fields, request.POST)
    sent = _Sent()
    if action == "lookup":
        sent.lookup = look_up(page, values, argument)
    try:
        drafts.save_page(application=application, page=page, values=values, expected_revision=None)
        sent.refusals = _receive_files(request, application, page)
        if action == "remove":
            uploads.detach(application=application, public_id=argument)
    except drafts.NotEditable:
        return no_longer_editable(request, application)
    application.refresh_from_db(fields=["draft_answers", "draft_revision", "draft_saved_at"])
    if action in ("next", "upload", "remove", "lookup") or sent.refusals:
        return _answer(request, application, form, page, number, action=action, sent=sent)
    if action == "previous" and number > 1:
        return redirect("applications:draft_page", public_id=application.public_id, number=number - 1)
    messages.success(request, _("入力内容を保存しました。続きは「申請状況」からいつでも入力できます。"))
    return redirect("applications:my_applications")


def _answer(
    request: HttpRequest,
    application: Application,
    form: definition.Form,
    page: definition.Page,
    number: int,
    *,
    action: str,
    sent: _Sent,
) -> HttpResponse:
    """The next page when this one is in order, otherwise this one again with what was typed."""
    if action == "next":
        page_form = _page_form(application, page, data=request.POST)
        if page_form.is_valid() and not sent.refusals:
            return _go_on(request, application, form, number)
    else:
        # files and look-ups in the middle of a page: no complaints about what is still blank
        page_form = _page_form(application, page, initial=draft_values(application, form))
    page_form.show_refusals(sent.refusals)
    if sent.lookup:
        sent.lookup.show_in(page_form)
    return _show(request, application, form, number, page_form)


def _receive_files(request: HttpRequest, application: Application, page: definition.Page) -> dict[str, list[str]]:
    """Store the files the page brought; the refusals by question."""
    refusals: dict[str, list[str]] = {}
    for question in page.fields:
        chosen = request.FILES.getlist(typed.control_name(question)) if question.type == FieldType.FILE else []
        if chosen:
            _taken, refused = uploads.attach_all(
                application=application, field=question, uploads=chosen, by=person(request)
            )
            if refused:
                refusals[question.key] = refused
    return refusals


def _go_on(request: HttpRequest, application: Application, form: definition.Form, number: int) -> HttpResponse:
    if "check" in request.GET or number == len(form.pages):
        return redirect("applications:draft_check", public_id=application.public_id)
    return redirect("applications:draft_page", public_id=application.public_id, number=number + 1)


def _page_form(
    application: Application,
    page: definition.Page,
    *,
    data: "MultiValueDict[str, str] | None" = None,
    initial: typed.Typed | None = None,
) -> PageForm:
    correction = open_correction(application)
    return PageForm(
        page,
        data=data,
        initial=initial,
        attached=attached_files(application),
        comments=correction.comments if correction else None,
    )


def _show(
    request: HttpRequest, application: Application, form: definition.Form, number: int, page_form: PageForm
) -> HttpResponse:
    context = {
        "application": application,
        "page": form.pages[number - 1],
        "number": number,
        "count": len(form.pages),
        "form": page_form,
        "steps": form_steps(application, form, current=number),
        "correction": open_correction(application),
        "comes_from_check": "check" in request.GET,
    }
    return render(request, "applications/draft_page.html", context)
