"""Internal surveys: made, sent, answered by departments, reminded of, closed."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from applications import tasks
from applications.definition import parse
from applications.enums import ApplicationState, SurveyState
from applications.models import Application, Attachment, DepartmentGroup, Procedure, Survey, SurveyAddressee
from applications.queries import surveys as reads
from applications.queries.mine import own_applications, own_drafts
from applications.queries.procedures import internal
from applications.queries.scope import may_read, visible_cases
from applications.queries.worklist import WorkListFilter, work_list
from applications.services import surveys, sweeping, uploads
from applications.services.drafts import DraftConflict, NotEditable
from applications.services.procedures import SettingsRefused, set_state
from applications.services.submission import Incomplete
from cityhall.days import today
from cityhall.enums import FileState, Role
from cityhall.models import AuditEvent, StaffRole, StoredFile
from notices.models import OutgoingMail
from tests import factories
from tests.applications import sample, surveykit

pytestmark = pytest.mark.django_db


@pytest.fixture
def kaigo(departments):
    return departments["kaigo"]


@pytest.fixture
def shimin(departments):
    return departments["shimin"]


@pytest.fixture
def helper(kaigo):
    """Anybody of the department that is asked."""
    return surveykit.member(kaigo)


@pytest.fixture
def colleague(kaigo):
    return surveykit.member(kaigo, Role.HANDLER, "審査 太郎")


@pytest.fixture
def survey(municipality, department, handler, kaigo, shimin, colleague):
    return surveykit.open_survey(department, handler, asked=[kaigo, shimin])


@pytest.fixture
def asked(survey, kaigo):
    return surveykit.asked_of(survey, kaigo)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


# --- made ---------------------------------------------------------------------------------------------


def test_a_survey_brings_a_form_that_no_list_shows(survey):
    procedure = survey.procedure
    assert (procedure.applicant_kinds, procedure.name) == (["staff"], "窓口の調査")
    assert list(internal()) == []
    # even when somebody gets it published: it is a survey's
    Procedure.objects.filter(pk=procedure.pk).update(state="published")
    assert list(internal()) == []


def test_the_form_is_not_opened_as_a_procedure(survey, handler):
    with pytest.raises(SettingsRefused):
        set_state(procedure=fresh(survey.procedure), expected="draft", state="published", by=handler)


def test_a_double_click_makes_one(department, handler):
    texts = surveykit.texts()
    made = [surveys.create_survey(texts=texts, department=department, by=handler, key="shokai-k") for _n in range(2)]
    assert made[0] == made[1]


def test_a_title_that_changes_is_that_of_the_form(survey, handler):
    surveys.change_survey(survey=survey, texts=surveykit.texts(title="新しい件名"), by=handler)
    assert (fresh(survey).title, fresh(survey.procedure).name) == ("新しい件名", "新しい件名")


def test_last_years_survey_is_copied_with_questions_and_addressees(survey, department, handler, kaigo, shimin):
    type(kaigo).objects.filter(pk=shimin.pk).update(is_active=False)
    copy = surveys.create_survey(texts=surveykit.texts(title="今年"), department=department, by=handler, source=survey)
    assert copy.procedure.design.document["pages"][0]["fields"][0]["label"] == "方式"
    assert [one.department for one in copy.addressees.all()] == [kaigo]
    assert (copy.state, copy.procedure.current_version) == (SurveyState.DRAFT, None)


def test_a_draft_is_deleted_with_its_form(department, handler, kaigo):
    survey = surveykit.make_survey(department, handler, asked=[kaigo], document=None)
    surveys.delete_survey(survey=survey, by=handler)
    assert not Survey.objects.exists()
    assert not Procedure.objects.filter(pk=survey.procedure_id).exists()


def test_frozen_versions_stay_and_nobody_files_them(department, handler, kaigo):
    survey = surveykit.make_survey(department, handler, asked=[kaigo])
    surveys.delete_survey(survey=survey, by=handler)
    left = Procedure.objects.get(pk=survey.procedure_id)
    assert (left.state, left.name) == ("closed", "（削除した照会）窓口の調査")


def test_what_was_sent_is_not_deleted(survey, handler):
    with pytest.raises(surveys.SurveySent):
        surveys.delete_survey(survey=survey, by=handler)


# --- addressees and sending out ---------------------------------------------------------------------------


def test_what_is_missing_is_said(department, handler, kaigo):
    survey = surveykit.make_survey(department, handler, document=None)
    Survey.objects.filter(pk=survey.pk).update(answer_by_on=today() - dt.timedelta(days=1))
    with pytest.raises(surveys.NotReady) as refused:
        surveys.open_survey(survey=survey, by=handler)
    assert len(refused.value.problems) == 3
    empty = {
        "schema": 1,
        "pages": [{"key": "p", "title": "p", "fields": [{"key": "h", "type": "heading", "label": "h"}]}],
    }
    other = surveykit.make_survey(department, handler, document=empty, asked=[kaigo])
    assert [one.text for one in surveys.missing(other, today=today())] == [
        "質問が一つもありません。「質問を作る」で質問を追加し、新しい版にしてください。"
    ]


def test_sending_mails_everybody_once_and_says_nothing_of_it(
    municipality, department, handler, kaigo, shimin, colleague
):
    both = factories.make_staff("both@city.example.jp", role=Role.APPROVER, department=kaigo, name="両方")
    StaffRole.objects.create(user=both, role=Role.HANDLER, department=shimin, active_from=dt.date(2020, 1, 1))
    gone = surveykit.member(shimin, Role.HANDLER, active_until=today() - dt.timedelta(days=1))
    survey = surveykit.make_survey(department, handler, asked=[kaigo, shimin], staff=[both])
    assert surveys.open_survey(survey=survey, by=handler) == 2
    mails = OutgoingMail.objects.all()
    assert {mail.to for mail in mails} == {"both@city.example.jp", colleague.email}
    assert gone.email not in {mail.to for mail in mails}
    assert not any("窓口の調査" in mail.body + mail.subject for mail in mails)
    # pressed twice
    assert surveys.open_survey(survey=survey, by=handler) == 0
    assert OutgoingMail.objects.count() == 2


def test_a_department_without_handlers_hears_in_its_mailbox(municipality, department, handler):
    empty = factories.make_department("empty", "空の課", email="empty@city.example.jp")
    survey = surveykit.make_survey(department, handler, asked=[empty])
    surveys.open_survey(survey=survey, by=handler)
    assert [mail.to for mail in OutgoingMail.objects.all()] == ["empty@city.example.jp"]


def test_later_addressees_are_mailed_and_nobody_else(survey, handler, departments):
    OutgoingMail.objects.all().delete()
    digital = departments["digital"]
    new = surveykit.member(digital, Role.HANDLER)
    assert surveys.add_addressees(survey=survey, departments=[digital, departments["kaigo"]], by=handler) == 1
    assert [mail.to for mail in OutgoingMail.objects.all()] == [new.email]


def test_addressees_leave_before_the_sending_only(survey, asked, handler, department, shimin):
    with pytest.raises(surveys.SurveySent):
        surveys.remove_addressees(survey=survey, addressees=[asked.public_id], by=handler)
    draft = surveykit.make_survey(department, handler, asked=[shimin])
    only = draft.addressees.get()
    assert surveys.remove_addressees(survey=draft, addressees=[only.public_id], by=handler) == 1


# --- answering ----------------------------------------------------------------------------------------


def test_an_answer_is_complete_at_once_and_never_a_case(survey, asked, helper, handler, approver, administrator):
    sent = surveykit.answer(asked, helper)
    row = fresh(asked)
    assert (sent.state, row.application, row.draft) == (ApplicationState.COMPLETED, sent, None)
    assert (sent.applicant_name, sent.keep_until, sent.due_on) == ("窓口 花子", None, None)
    assert sent.revisions.get().answers == {"kind": "online", "count": "12"}
    for user in (handler, approver, administrator):
        assert not visible_cases(user).exists()
        assert not may_read(user, sent)
        for wanted in (WorkListFilter(state=ApplicationState.COMPLETED), WorkListFilter(text="窓口")):
            assert work_list(user=user, wanted=wanted, today=today()).rows == ()
    assert not own_applications(helper).exists()


def test_one_draft_for_the_department_and_who_began_is_seen(asked, helper, colleague):
    draft = surveykit.begin(asked, helper)
    assert surveykit.begin(asked, colleague) == draft
    assert fresh(asked).draft.filed_by == helper
    assert list(reads.drafts_for(colleague)) == [draft]
    assert list(own_drafts(helper)) == []
    # whoever sends it has answered
    assert surveys.send_answer(application=surveykit.fill(draft), by=colleague).filed_by == colleague


def test_others_do_not_answer_and_see_nothing(asked, helper, resident, clerk):
    draft = surveykit.begin(asked, helper)
    for user in (clerk, resident.user):
        with pytest.raises(surveys.NotAsked):
            surveykit.begin(asked, user)
        with pytest.raises(surveys.NotAsked):
            surveys.send_answer(application=draft, by=user)
        assert not reads.addressed_to(user).filter(pk=asked.pk).exists()


def test_a_survey_in_preparation_does_not_exist_for_those_asked(department, handler, kaigo, helper):
    surveykit.make_survey(department, handler, asked=[kaigo])
    assert not reads.addressed_to(helper).exists()


def test_who_moves_department_leaves_the_draft_and_finds_the_new_ones(survey, asked, helper, shimin, colleague):
    draft = surveykit.begin(asked, helper)
    StaffRole.objects.filter(user=helper).update(active_until=today() - dt.timedelta(days=1))
    StaffRole.objects.create(user=helper, role=Role.CLERK, department=shimin, active_from=today())
    moved = fresh(helper)
    assert [one.department for one in reads.addressed_to(moved)] == [shimin]
    with pytest.raises(surveys.NotAsked):
        surveys.send_answer(application=surveykit.fill(draft), by=moved)
    # the work goes on with those who stayed
    assert surveykit.begin(asked, colleague) == draft


def test_a_person_is_asked_without_their_department(municipality, department, handler, helper, colleague):
    survey = surveykit.open_survey(department, handler, staff=[helper])
    only = survey.addressees.get()
    with pytest.raises(surveys.NotAsked):
        surveykit.begin(only, colleague)
    assert surveykit.answer(only, helper).applicant_department is None


def test_an_incomplete_answer_stays_a_draft(asked, helper):
    draft = surveykit.begin(asked, helper)
    with pytest.raises(Incomplete):
        surveys.send_answer(application=draft, by=helper)
    assert fresh(asked).answered_at is None


def test_what_a_colleague_changed_is_looked_at_before_it_is_sent(asked, helper):
    draft = surveykit.fill(surveykit.begin(asked, helper))
    with pytest.raises(DraftConflict):
        surveys.send_answer(application=draft, by=helper, draft_revision=draft.draft_revision + 1)


def test_twice_by_one_is_one_and_the_slower_colleague_is_told(asked, helper, colleague):
    draft = surveykit.fill(surveykit.begin(asked, helper))
    first = surveys.send_answer(application=draft, by=helper)
    assert surveys.send_answer(application=draft, by=helper) == first
    with pytest.raises(surveys.AnsweredMeanwhile) as told:
        surveys.send_answer(application=draft, by=colleague)
    assert "窓口 花子さんが、先に" in str(told.value)
    assert isinstance(told.value, NotEditable)
    assert first.revisions.count() == 1


def test_answering_anew_replaces_and_the_earlier_stays(survey, asked, helper, colleague):
    first = surveykit.answer(asked, helper)
    again = surveykit.begin(asked, colleague)
    assert again.draft_answers["count"] == "12"
    # until it is sent the first one counts
    assert fresh(asked).application == first
    second = surveys.send_answer(application=surveykit.fill(again, count="20"), by=colleague)
    assert fresh(asked).application == second
    assert list(reads.all_answers(fresh(asked))) == [second, first]
    assert [revision.answers["count"] for _one, revision in reads.answers_of(survey)] == ["20"]
    assert reads.addressee_of(survey, first) == asked


def test_files_come_along_when_one_answers_anew(asked, helper):
    draft = surveykit.begin(asked, helper)
    field = parse(surveykit.DOCUMENT).by_key["paper"]
    uploads.attach(application=draft, field=field, upload=sample.png(), by=helper)
    StoredFile.objects.update(state=FileState.CLEAN)
    first = surveys.send_answer(application=surveykit.fill(draft), by=helper)
    again = surveykit.begin(asked, helper)
    (copied,) = Attachment.objects.filter(application=again)
    (kept,) = Attachment.objects.filter(application=first)
    assert copied.file != kept.file
    assert copied.file.sha256 == kept.file.sha256


def test_late_answers_are_taken_and_marked_until_it_is_closed(survey, asked, helper, handler, shimin):
    surveykit.answer(asked, helper, now=surveykit.late(survey))
    assert reads.is_late(fresh(asked), survey)
    surveys.close_survey(survey=survey, by=handler)
    surveys.close_survey(survey=survey, by=handler)
    with pytest.raises(surveys.SurveyOver):
        surveykit.begin(surveykit.asked_of(survey, shimin), surveykit.member(shimin))
    surveys.reopen_survey(survey=survey, by=handler)
    assert (fresh(survey).state, fresh(survey).closed_at) == (SurveyState.OPEN, None)
    assert surveykit.begin(surveykit.asked_of(survey, shimin), surveykit.member(shimin)).pk


def test_a_draft_of_a_closed_survey_is_not_sent(survey, asked, helper, handler):
    draft = surveykit.fill(surveykit.begin(asked, helper))
    surveys.close_survey(survey=survey, by=handler)
    with pytest.raises(surveys.SurveyOver):
        surveys.send_answer(application=draft, by=helper)


def test_the_sweep_of_old_drafts_frees_the_addressee(asked, helper):
    draft = surveykit.begin(asked, helper)
    long_ago = timezone.now() - dt.timedelta(days=200)
    Application.objects.filter(pk=draft.pk).update(
        created_at=long_ago, draft_saved_at=long_ago, expiry_warned_at=long_ago + dt.timedelta(days=150)
    )
    assert sweeping.sweep_drafts() == 1
    assert fresh(asked).draft is None
    assert surveykit.begin(asked, helper).pk != draft.pk


# --- reminding ----------------------------------------------------------------------------------------


def test_only_those_without_an_answer_are_reminded_once_a_day(survey, asked, helper, handler, shimin):
    other = surveykit.member(shimin, Role.HANDLER, "市民 係長")
    surveykit.answer(asked, helper)
    OutgoingMail.objects.all().delete()
    noon = timezone.now()
    assert surveys.remind(survey=survey, by=handler, now=noon) == 1
    assert surveys.remind(survey=survey, by=handler, now=noon) == 0
    assert [mail.to for mail in OutgoingMail.objects.all()] == [other.email]
    assert surveys.remind(survey=survey, by=handler, now=noon + dt.timedelta(days=1)) == 1


def test_the_task_reminds_once_before_the_deadline(survey, handler):
    OutgoingMail.objects.all().delete()
    tasks.remind_of_surveys()
    assert not OutgoingMail.objects.exists()
    Survey.objects.filter(pk=survey.pk).update(answer_by_on=today() + dt.timedelta(days=3))
    tasks.remind_of_surveys()
    sent = OutgoingMail.objects.count()
    assert sent == 1
    tasks.remind_of_surveys()
    assert OutgoingMail.objects.count() == sent
    # a deadline that moves is a new one
    surveys.change_survey(survey=survey, texts=surveykit.texts(answer_by_on=today() + dt.timedelta(days=1)), by=handler)
    assert fresh(survey).auto_reminded_at is None


def test_zero_days_mean_no_reminder(survey):
    Survey.objects.filter(pk=survey.pk).update(answer_by_on=today(), remind_days=0)
    assert surveys.remind_before_deadlines() == 0


# --- what the database keeps --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"application": None, "answered_at": timezone.now()}, "survey_answered_has_answer"),
        ({"answered_at": None}, "survey_answer_has_time"),
        ({"department": None}, "survey_addressee_is_one"),
    ],
)
def test_an_addressee_is_whole(asked, helper, columns, name):
    surveykit.answer(asked, helper)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        SurveyAddressee.objects.filter(pk=asked.pk).update(**columns)


def test_a_draft_is_never_the_answer(asked, helper):
    sent = surveykit.answer(asked, helper)
    with pytest.raises(IntegrityError, match="survey_draft_is_no_answer"), transaction.atomic():
        SurveyAddressee.objects.filter(pk=asked.pk).update(draft=sent)


def test_nobody_is_asked_twice(survey, kaigo):
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyAddressee.objects.create(survey=survey, department=kaigo)


def test_a_closed_survey_has_its_time(survey):
    with pytest.raises(IntegrityError, match="survey_closed_has_time"), transaction.atomic():
        Survey.objects.filter(pk=survey.pk).update(state=SurveyState.CLOSED)


def test_every_step_is_audited(survey, asked, helper, handler):
    surveykit.answer(asked, helper)
    surveys.remind(survey=survey, by=handler)
    surveys.close_survey(survey=survey, by=handler)
    events = AuditEvent.objects.filter(target_type="applications.survey", action="state").order_by("pk")
    words = [event.detail.split()[0] for event in events]
    assert words == ["open", "answer", "remind", "close"]


def test_a_group_counts_its_departments(survey, asked, kaigo, helper):
    group = DepartmentGroup.objects.create(name="福祉部")
    group.departments.add(kaigo)
    surveykit.answer(asked, helper)
    assert (reads.count_asked(survey, group.pk), len(reads.answers_of(survey, group=group.pk))) == (1, 1)
    empty = DepartmentGroup.objects.create(name="支所")
    assert (reads.count_asked(survey, empty.pk), reads.answers_of(survey, group=empty.pk)) == (0, [])
