"""Making, changing, copying and deleting a survey."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.models import Survey
from applications.permissions import MANAGE_SURVEYS
from applications.queries.surveys import departments_of
from applications.services import surveys
from applications.surveys import new_key
from applications.surveys.forms import SurveyForm, initial_of
from applications.views.designer.listing import READ_OR_SEND
from applications.views.staff import staff_of
from applications.views.surveys.common import note_number, survey_or_404, tell
from cityhall.access import staff_only
from cityhall.errors import DomainError


@staff_only(MANAGE_SURVEYS)
@never_cache
@require_http_methods(READ_OR_SEND)
def survey_new(request: HttpRequest) -> HttpResponse:
    """A new survey in preparation; its questions come next."""
    return _make(request, None)


@staff_only(MANAGE_SURVEYS)
@never_cache
@require_http_methods(READ_OR_SEND)
def survey_copy(request: HttpRequest, public_id: str) -> HttpResponse:
    """A new survey with the request, the questions and the addressees of an earlier one."""
    return _make(request, survey_or_404(request, public_id))


def _make(request: HttpRequest, source: Survey | None) -> HttpResponse:
    user = staff_of(request)
    initial = {"drawn_key": new_key()}
    if source is not None:
        # last year's deadline is over
        initial |= initial_of(source) | {"answer_by_on": None, "department": source.department_id}
    is_sent = request.method == HTTPMethod.POST
    form = SurveyForm(request.POST if is_sent else None, initial=initial, departments=departments_of(user))
    if is_sent and form.is_valid():
        try:
            survey = surveys.create_survey(
                texts=form.texts(),
                department=form.cleaned_data["department"],
                by=user,
                key=form.cleaned_data["drawn_key"],
                source=source,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            note_number(survey, user, form)
            messages.success(request, _("照会を登録しました。まだ誰にも送られていません。"))
            return redirect("applications:survey", public_id=survey.public_id)
    return render(request, "applications/surveys/edit.html", {"form": form, "source": source})


@staff_only(MANAGE_SURVEYS)
@never_cache
@require_http_methods(READ_OR_SEND)
def survey_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Title, request, deadline and the reminder of a survey that is not closed."""
    survey, user = survey_or_404(request, public_id), staff_of(request)
    is_sent = request.method == HTTPMethod.POST
    form = SurveyForm(
        request.POST if is_sent else None, initial=initial_of(survey), departments=departments_of(user), survey=survey
    )
    if is_sent and form.is_valid():
        try:
            surveys.change_survey(survey=survey, texts=form.texts(), by=user)
        except DomainError as error:
            tell(request, error)
        else:
            note_number(survey, user, form)
            messages.success(request, _("照会を保存しました。"))
        return redirect("applications:survey", public_id=public_id)
    return render(request, "applications/surveys/edit.html", {"form": form, "survey": survey})


@staff_only(MANAGE_SURVEYS)
@never_cache
@require_http_methods(READ_OR_SEND)
def survey_delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asks once, then deletes a survey in preparation."""
    survey = survey_or_404(request, public_id)
    if request.method != HTTPMethod.POST:
        return render(request, "applications/surveys/delete.html", {"survey": survey})
    try:
        surveys.delete_survey(survey=survey, by=staff_of(request))
    except DomainError as error:
        tell(request, error)
        return redirect("applications:survey", public_id=public_id)
    messages.success(request, _("照会「%(title)s」を削除しました。") % {"title": survey.title})
    return redirect("applications:survey_own_list")
