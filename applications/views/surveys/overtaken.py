"""A colleague sent the department's answer while somebody was still typing: nothing typed is lost."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from applications import definition, typed
from applications.models import Application
from applications.services import surveys
from applications.views.staff import staff_of
from applications.views.surveys.answering import home_of, to_home
from applications.views.visits import Visit
from cityhall.errors import DomainError


def take_up(request: HttpRequest, sent: Application, number: int) -> Visit | HttpResponse:
    """A visit of a new draft into which the page goes that came too late; the survey's page where nothing is new.

    The new draft begins with what was sent. Where the colleague had changed this very page, the page is shown once
    more with both, as with two windows of one draft.
    """
    addressee = home_of(sent)
    form = definition.form_of(sent.form_version)
    if addressee is None or not 1 <= number <= len(form.pages):
        return redirect("applications:survey_list")
    page = form.pages[number - 1]
    values = typed.read(page.fields, request.POST)
    error = surveys.AnsweredMeanwhile(sent.applicant_name)
    if all(sent.draft_answers.get(key) == value for key, value in values.items() if value):
        messages.warning(request, str(error))
        return to_home(sent)
    try:
        draft = surveys.begin_answer(addressee=addressee, by=staff_of(request))
    except DomainError as refusal:
        messages.warning(request, f"{error}{refusal}")
        return to_home(sent)
    messages.warning(
        request,
        _(
            "%(name)sさんが、先にこの照会の回答を送信しました。あなたが入力した内容は、新しい下書きに残しました。"
            "内容を確認し、必要なときは送信してください。"
        )
        % {"name": sent.applicant_name},
    )
    return Visit(request, draft, definition.form_of(draft.form_version), number)
