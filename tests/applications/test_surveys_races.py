"""Two people of one department at the same moment, in threads on PostgreSQL."""

import pytest
from django.db import connection

from applications.enums import ApplicationState
from applications.models import Application, ApplicationRevision, Survey, SurveyAddressee
from applications.services import surveys
from applications.surveys import new_key
from cityhall.days import today
from notices.models import OutgoingMail
from tests.applications import surveykit
from tests.applications.test_races import at_once

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def asked(municipality, departments, handler):
    survey = surveykit.open_survey(departments["kosodate"], handler, asked=[departments["kaigo"]])
    return survey.addressees.get()


@pytest.fixture
def people(departments):
    return [surveykit.member(departments["kaigo"], name=name) for name in ("甲", "乙", "丙", "丁")]


def begin(asked, person):
    return lambda: surveys.begin_answer(addressee=SurveyAddressee.objects.get(pk=asked.pk), by=person)


def send(draft, person):
    return lambda: surveys.send_answer(application=Application.objects.get(pk=draft.pk), by=person)


def test_all_who_begin_at_once_get_one_draft(asked, people):
    drafts = at_once(*[begin(asked, person) for person in people])
    assert len({draft.pk for draft in drafts}) == 1
    assert Application.objects.count() == 1


def test_all_who_send_at_once_make_one_answer_and_the_others_are_told(asked, people):
    draft = surveykit.fill(surveykit.begin(asked, people[0]))
    results = at_once(*[send(draft, person) for person in people])
    told = [one for one in results if isinstance(one, surveys.AnsweredMeanwhile)]
    assert (len(told), len(results) - len(told)) == (3, 1)
    row = SurveyAddressee.objects.get(pk=asked.pk)
    assert (row.application.state, row.draft) == (ApplicationState.COMPLETED, None)
    assert ApplicationRevision.objects.count() == 1
    # everybody is told the name of the one who was faster
    assert {str(one).partition("さん")[0] for one in told} == {row.application.applicant_name}


def test_two_who_remind_at_once_send_one_mail_a_person(asked, people, handler, departments):
    surveykit.member(departments["kaigo"], "handler", "担当")
    OutgoingMail.objects.all().delete()
    counts = at_once(*[lambda: surveys.remind(survey=asked.survey, by=handler) for _n in range(4)])
    assert sorted(counts) == [0, 0, 0, 1]
    assert OutgoingMail.objects.count() == 1


def test_two_workers_remind_before_the_deadline_once(asked, departments):
    surveykit.member(departments["kaigo"], "handler", "担当")
    type(asked.survey).objects.update(remind_days=30)
    OutgoingMail.objects.all().delete()
    assert sorted(at_once(*[surveys.remind_before_deadlines] * 3)) == [0, 0, 1]
    assert OutgoingMail.objects.count() == 1


def test_two_clicks_at_once_make_one_survey(municipality, departments, handler):
    texts, key = surveys.Texts(title="照会", answer_by_on=today()), new_key()

    def make():
        return surveys.create_survey(texts=texts, department=departments["kosodate"], by=handler, key=key)

    assert len({survey.pk for survey in at_once(*[make] * 4)}) == 1
    assert Survey.objects.count() == 1
