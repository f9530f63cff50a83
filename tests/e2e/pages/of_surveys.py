"""Pages of internal surveys: for who asks, and for those who are asked."""

import datetime as dt

from django.urls import reverse

from applications.enums import SurveyState
from applications.models import Survey, SurveyAddressee
from applications.services import surveys
from cityhall.days import today


def pages_of_surveys(asking):
    """For who asks: a survey in preparation, one that is open, one that is closed."""
    source = Survey.objects.filter(state=SurveyState.CLOSED).first()
    texts = surveys.Texts(title="来年度の調査", answer_by_on=today() + dt.timedelta(days=30))
    surveys.create_survey(texts=texts, department=source.department, by=asking, source=source)
    for survey in Survey.objects.all():
        names = ["survey", "survey_edit", "survey_addressees", "survey_copy", "survey_totals"]
        names += ["survey_open", "survey_delete"] if survey.state == SurveyState.DRAFT else []
        yield from (reverse(f"applications:{name}", args=[survey.public_id]) for name in names)
        answered = survey.addressees.filter(application__isnull=False).select_related("application").first()
        if answered is not None:
            yield reverse("applications:survey_read", args=[survey.public_id, answered.application.public_id])
        yield reverse("applications:design_overview", args=[survey.procedure.key])


def pages_of_surveys_asked():
    """For a member of a department that was asked: unanswered, begun, answered, and the totals."""
    yield from (reverse(f"applications:{name}") for name in ("survey_list", "survey_own_list", "survey_new"))
    for addressee in SurveyAddressee.objects.filter(department__code__in=["kosodate", "gakudo", "bosai"]):
        yield reverse("applications:survey_answer", args=[addressee.public_id])
        if addressee.survey.state == SurveyState.CLOSED:
            yield reverse("applications:survey_result", args=[addressee.public_id])
