"""The pages of questions of a draft. Whatever button is pressed, everything typed is kept first, right or wrong."""

from dataclasses import dataclass
from functools import cached_property
from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications import definition, typed
from applications.answers import Answers, Row, display_rows
from applications.corrections import Lock, lock_of
from applications.enums import FieldType
from applications.form_pages import PageForm, attached_files, check, draft_values
from applications.lookups import look_up
from applications.models import Application, CorrectionRequest
from applications.queries.mine import names_of_files, open_correction
from applications.services import drafts, uploads
from applications.steps import form_steps
from applications.views.own import no_longer_editable, own_or_404, person
from cityhall.access import resident_or_guest
from cityhall.rate_limits import is_within_limit

UPLOADS_PER_MINUTE = 60
"""Files from one address, which many people may share."""


@dataclass
class _Visit:
    """One request for one page of a draft, and what its steps need of it."""

    request: HttpRequest
    application: Application
    form: definition.Form
    number: int

    @property
    def page(self) -> definition.Page:
        return self.form.pages[self.number - 1]

    @property
    def comes_from_check(self) -> bool:
        return "check" in self.request.GET

    @cached_property
    def correction(self) -> CorrectionRequest | None:
        return open_correction(self.application)

    @cached_property
    def lock(self) -> Lock | None:
        return lock_of(self.application)

    @cached_property
    def locked(self) -> frozenset[str]:
        """The questions that stay as they were sent. Asked for after the page was saved: an answer may open others."""
        return self.lock.locked_keys(self.form, _answers_now(self.application, self.form)) if self.lock else frozenset()

    def locked_rows(self) -> list[Row]:
        """The locked questions of this page with what was sent."""
        if self.lock is None or self.locked.isdisjoint(field.key for field in self.page.fields):
            return []
        names = names_of_files(self.application)
        section = display_rows(self.form, self.lock.sent, file_names=names)[self.number - 1]
        return [row for row in section.rows if row.key in self.locked]

    def page_form(
        self, *, data: "MultiValueDict[str, str] | None" = None, initial: typed.Typed | None = None
    ) -> PageForm:
        return PageForm(
            self.page,
            data=data,
            initial=initial,
            attached=attached_files(self.application),
            comments=self.correction.comments if self.correction else None,
            locked=self.locked,
        )

    def show(self, page_form: PageForm) -> HttpResponse:
        context = {
            "application": self.application,
            "page": self.page,
            "number": self.number,
            "form": page_form,
            "steps": form_steps(self.application, self.form, current=self.number),
            "correction": self.correction,
            "locked_rows": self.locked_rows(),
            "comes_from_check": self.comes_from_check,
        }
        return render(self.request, "applications/draft_page.html", context)

    def go_to(self, number: int) -> HttpResponse:
        return redirect("applications:draft_page", public_id=self.application.public_id, number=number)


@resident_or_guest
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def draft_page(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """One page of questions. Whatever button is pressed, everything typed is kept first, right or wrong."""
    application = own_or_404(request, public_id)
    if not application.is_editable:
        return no_longer_editable(request, application)
    form = definition.form_of(application.form_version)
    visit = _Visit(request, application, form, number)
    if not 1 <= number <= len(form.pages):
        return visit.go_to(1)
    if request.method == HTTPMethod.POST:
        return _receive(visit)
    values = draft_values(application, form)
    # from the check page people come to see what is wrong
    data = typed.as_data(visit.page.fields, values) if visit.comes_from_check else None
    return visit.show(visit.page_form(data=data, initial=values))


def _receive(visit: _Visit) -> HttpResponse:
    """Keep what was sent, then do what the button says."""
    request, application = visit.request, visit.application
    action, _colon, argument = request.POST.get("action", "next").partition(":")
    values = typed.read(visit.page.fields, request.POST)
    lookup = look_up(visit.page, values, argument) if action == "lookup" else None
    try:
        drafts.save_page(application=application, page=visit.page, values=values, expected_revision=None)
        refusals = _receive_files(visit)
        if action == "remove":
            uploads.detach(application=application, public_id=argument)
    except drafts.NotEditable:
        return no_longer_editable(request, application)
    application.refresh_from_db(fields=["draft_answers", "draft_revision", "draft_saved_at"])
    if action == "next" and not refusals:
        return _go_on(visit)
    if action == "previous" and not refusals and visit.number > 1:
        return visit.go_to(visit.number - 1)
    if action == "save" and not refusals:
        messages.success(request, _("入力内容を保存しました。続きは「申請状況」からいつでも入力できます。"))
        return redirect("applications:my_applications")
    # files and look-ups in the middle of a page: no complaints about what is still blank
    page_form = visit.page_form(
        data=request.POST if action == "next" else None, initial=draft_values(application, visit.form)
    )
    page_form.show_refusals(refusals)
    if lookup:
        lookup.show_in(page_form)
    return visit.show(page_form)


def _answers_now(application: Application, form: definition.Form) -> Answers:
    """What can be understood of the draft: the conditions of a form look at it."""
    if not form.has_logic:
        return {}
    return check(form, draft_values(application, form), attached_files(application)).answers


def _receive_files(visit: _Visit) -> dict[str, list[str]]:
    """Store the files the page brought; the refusals by question."""
    refusals: dict[str, list[str]] = {}
    for question in visit.page.fields:
        chosen = visit.request.FILES.getlist(typed.control_name(question)) if question.type == FieldType.FILE else []
        if chosen:
            timely = [upload for upload in chosen if _is_timely(visit.request)]
            _taken, refused = uploads.attach_all(
                application=visit.application, field=question, uploads=timely, by=person(visit.request)
            )
            if len(timely) < len(chosen):
                refused.append(
                    _("短い時間に多くのファイルが送信されました。1分ほど待ってから、もう一度添付してください。")
                )
            if refused:
                refusals[question.key] = refused
    return refusals


def _is_timely(request: HttpRequest) -> bool:
    return is_within_limit(request, "attachment", times=UPLOADS_PER_MINUTE, seconds=60)


def _go_on(visit: _Visit) -> HttpResponse:
    """The next page when this one is in order, otherwise this one again with its mistakes."""
    page_form = visit.page_form(data=visit.request.POST)
    if not page_form.is_valid():
        return visit.show(page_form)
    if visit.comes_from_check or visit.number == len(visit.form.pages):
        return redirect("applications:draft_check", public_id=visit.application.public_id)
    return visit.go_to(visit.number + 1)
