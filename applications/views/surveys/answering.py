"""Answering a survey. The questions themselves are the pages of every draft."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from applications.answers import display_rows
from applications.definition import form_of
from applications.enums import SurveyState
from applications.models import Application, SurveyAddressee
from applications.permissions import FILE_AS_STAFF
from applications.queries.mine import last_revision, names_of_files
from applications.queries.surveys import answers_of, is_late
from applications.services import surveys
from applications.services.drafts import DraftConflict
from applications.services.submission import Incomplete
from applications.surveys.charts import with_charts
from applications.surveys.totals import Given, totals
from applications.views.staff import staff_of
from applications.views.starting import first_page
from applications.views.surveys.common import addressee_or_404, tell
from cityhall.access import staff_only
from cityhall.days import today
from cityhall.errors import DomainError


@staff_only(FILE_AS_STAFF)
@never_cache
@require_safe
def survey_answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """The request, who works on the answer, what was answered, and the button to begin, go on or answer anew."""
    addressee = addressee_or_404(request, public_id)
    survey = addressee.survey
    context = {
        "addressee": addressee,
        "survey": survey,
        "sections": _sections(addressee.application),
        "is_late": is_late(addressee, survey),
        "is_over": survey.answer_by_on < today(),
        "is_open": survey.state == SurveyState.OPEN,
        "is_colleagues": addressee.draft is not None and addressee.draft.filed_by_id != staff_of(request).pk,
        "shows_totals": survey.state == SurveyState.CLOSED and survey.shows_totals,
    }
    return render(request, "applications/surveys/answer.html", context)


def _sections(application: Application | None) -> object:
    revision = last_revision(application) if application is not None else None
    if application is None or revision is None:
        return []
    form = form_of(application.form_version)
    return display_rows(form, revision.answers, file_names=names_of_files(application))


@staff_only(FILE_AS_STAFF)
@require_POST
def survey_begin(request: HttpRequest, public_id: str) -> HttpResponse:
    """The department's draft: the one that a colleague began, or a new one."""
    addressee = addressee_or_404(request, public_id)
    try:
        draft = surveys.begin_answer(addressee=addressee, by=staff_of(request))
    except DomainError as error:
        tell(request, error)
        return redirect("applications:survey_answer", public_id=public_id)
    return first_page(draft)


@staff_only(FILE_AS_STAFF)
@never_cache
@require_safe
def survey_result(request: HttpRequest, public_id: str) -> HttpResponse:
    """The totals, where the owner shows them to those who were asked: counts and figures, nobody's words."""
    addressee = addressee_or_404(request, public_id)
    survey = addressee.survey
    if not (survey.shows_totals and survey.state == SurveyState.CLOSED):
        return redirect("applications:survey_answer", public_id=public_id)
    given = [
        Given("", form_of(revision.application.form_version), revision.answers) for _one, revision in answers_of(survey)
    ]
    context = {"addressee": addressee, "survey": survey, "totals": with_charts(totals(given)), "count": len(given)}
    return render(request, "applications/surveys/result.html", context)


def home_of(application: Application) -> SurveyAddressee | None:
    """The addressee whose draft or answer this is; None of a draft that was given up."""
    rows = SurveyAddressee.objects.filter(draft=application) | SurveyAddressee.objects.filter(application=application)
    return rows.first()


def to_home(application: Application) -> HttpResponse:
    """To the page of the survey as its addressee sees it."""
    addressee = home_of(application)
    if addressee is None:
        return redirect("applications:survey_list")
    return redirect("applications:survey_answer", public_id=addressee.public_id)


def send(request: HttpRequest, application: Application, draft_revision: int | None) -> HttpResponse:
    """Send what the check page showed; however often, it is one answer."""
    try:
        surveys.send_answer(application=application, by=staff_of(request), draft_revision=draft_revision)
    except Incomplete:
        # the check page itself lists what is missing
        return redirect("applications:draft_check", public_id=application.public_id)
    except DraftConflict:
        messages.warning(
            request, _("同じ課の方が入力内容を変更しました。変更後の内容をご確認のうえ、もう一度送信してください。")
        )
        return redirect("applications:draft_check", public_id=application.public_id)
    except DomainError as error:
        tell(request, error)
    else:
        messages.success(request, _("回答を送信しました。締切までは、回答し直すことができます。"))
    return to_home(application)
