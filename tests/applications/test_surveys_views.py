"""Pages of internal surveys: who sees what, the whole way in a browser, nothing lost between colleagues."""

import datetime as dt
import io
import re
import zipfile

import pytest
from django.urls import reverse

from applications.definition import parse
from applications.enums import SurveyState
from applications.models import Application, DepartmentGroup, Survey, SurveyAddressee
from applications.services import surveys, uploads
from applications.services.publishing import publish
from applications.surveys import is_key, new_key
from cityhall.days import today
from cityhall.enums import FileState, Role
from cityhall.models import StoredFile
from cityhall.registry import navigation
from tests import factories
from tests.applications import filing, sample, surveykit

pytestmark = pytest.mark.django_db


@pytest.fixture
def kaigo(departments):
    return departments["kaigo"]


@pytest.fixture
def helper(kaigo):
    return surveykit.member(kaigo)


@pytest.fixture
def colleague(kaigo):
    return surveykit.member(kaigo, Role.HANDLER, "審査 太郎")


@pytest.fixture
def survey(municipality, department, handler, kaigo, departments, colleague):
    return surveykit.open_survey(department, handler, asked=[kaigo, departments["shimin"]], request_text="**至急**")


@pytest.fixture
def asked(survey, kaigo):
    return surveykit.asked_of(survey, kaigo)


def at(name, row, *more):
    return reverse(f"applications:{name}", args=[row.public_id, *more])


def text(response):
    return response.content.decode()


OWNERS = (
    "survey",
    "survey_edit",
    "survey_addressees",
    "survey_copy",
    "survey_delete",
    "survey_totals",
    "survey_export",
)


@pytest.mark.parametrize("name", OWNERS)
def test_only_handlers_and_approvers_of_the_department_look_after_it(
    login, client, survey, name, handler, approver, clerk, colleague, administrator, auditor
):
    for user, status in (
        (handler, 200),
        (approver, 200),
        (clerk, 404),
        (colleague, 404),
        (administrator, 404),
        (auditor, 404),
    ):
        assert (name, user.name, login(user).get(at(name, survey)).status_code) == (name, user.name, status)


def test_those_asked_see_theirs_and_nobody_elses(login, survey, asked, helper, clerk, handler, resident, departments):
    other = surveykit.asked_of(survey, departments["shimin"])
    assert "至急" in text(login(helper).get(at("survey_answer", asked)))
    assert login(helper).get(at("survey_answer", other)).status_code == 404
    for user in (clerk, handler, resident):
        assert login(user).get(at("survey_answer", asked)).status_code == 404
        assert login(user).post(at("survey_begin", asked)).status_code == 404


def test_the_menu_counts_what_waits(login, survey, asked, helper, clerk, rf):
    (item,) = [one for one in navigation if one.url_name == "applications:survey_list"]
    request = rf.get("/")
    for user, count in ((helper, 1), (clerk, 0)):
        request.user = user
        assert item.count(request) == count
    page = text(login(helper).get(reverse("applications:survey_list")))
    assert "side-nav__count" in page
    assert at("survey_answer", asked) in page
    assert "side-nav__count" not in text(login(clerk).get(reverse("applications:survey_list")))


def test_a_survey_from_its_title_to_the_sending(login, municipality, department, handler, departments, colleague):
    browser = login(handler)
    page = browser.get(reverse("applications:survey_new"))
    form = {
        "title": "備品の調査",
        "request_text": "お願いします。",
        "department": department.pk,
        "answer_by_on": str(today() + dt.timedelta(days=5)),
        "remind_days": "3",
        "drawn_key": page.context["form"]["drawn_key"].value(),
    }
    twice = [browser.post(reverse("applications:survey_new"), form).url for _n in range(2)]
    survey = Survey.objects.get()
    assert twice == [at("survey", survey)] * 2
    assert "照会を始める前に必要なこと" in text(browser.get(at("survey", survey)))
    # questions are built in the designer, and one finds back
    overview = reverse("applications:design_overview", args=[survey.procedure.key])
    assert overview in text(browser.get(at("survey", survey)))
    assert at("survey", survey) in text(browser.get(overview))
    assert survey.procedure.key not in text(browser.get(reverse("applications:design_list")))
    publish(procedure=survey.procedure, form=parse(surveykit.DOCUMENT))
    assert browser.post(at("survey_addressees", survey), {"every": "on"}).status_code == 302
    assert survey.addressees.count() == 4
    found = text(browser.get(at("survey_addressees", survey), {"staff": "審査 太郎"}))
    assert f'value="{colleague.pk}"' in found
    browser.post(at("survey_addressees", survey), {"action": "staff", "people": [colleague.pk]})
    gone = survey.addressees.get(department=departments["digital"])
    browser.post(at("survey_addressees", survey), {"action": "remove", "addressee": [gone.public_id]})
    assert survey.addressees.count() == 4
    assert browser.get(at("survey_open", survey)).status_code == 200
    browser.post(at("survey_open", survey))
    survey.refresh_from_db()
    assert survey.state == SurveyState.OPEN
    assert browser.get(at("survey_open", survey)).url == at("survey", survey)


def test_nothing_chosen_is_said(login, survey, handler):
    page = login(handler).post(at("survey_addressees", survey), {"action": "departments"})
    assert "追加する照会先を選んでください。" in text(page)
    page = login(handler).post(at("survey_addressees", survey), {"action": "staff"}, follow=True)
    assert "追加する職員を選んでください。" in text(page)


def test_groups_are_asked_together(login, department, handler, departments):
    survey = surveykit.make_survey(department, handler)
    group = DepartmentGroup.objects.create(name="福祉部")
    group.departments.add(departments["kaigo"], departments["shimin"])
    login(handler).post(
        at("survey_addressees", survey), {"groups": [group.pk], "departments": [departments["kaigo"].pk]}
    )
    assert survey.addressees.count() == 2


def test_the_deadline_lies_ahead(login, department, handler):
    form = {"title": "a", "department": department.pk, "answer_by_on": "2020-01-01", "remind_days": "3"}
    assert "回答期限は、今日より後" in text(login(handler).post(reverse("applications:survey_new"), form))
    assert not Survey.objects.exists()


def test_changed_copied_and_deleted(login, survey, department, handler):
    browser = login(handler)
    form = {"title": "新しい件名", "answer_by_on": str(today() + dt.timedelta(days=9)), "remind_days": "0"}
    assert browser.post(at("survey_edit", survey), form).url == at("survey", survey)
    survey.refresh_from_db()
    assert (survey.title, survey.remind_days) == ("新しい件名", 0)
    copied = browser.post(at("survey_copy", survey), form | {"department": department.pk, "drawn_key": "shokai-x"})
    copy = Survey.objects.get(state=SurveyState.DRAFT)
    assert copied.url == at("survey", copy)
    assert browser.post(at("survey_delete", copy)).url == reverse("applications:survey_own_list")
    assert Survey.objects.get() == survey
    assert browser.post(at("survey_delete", survey)).url == at("survey", survey)


def fill(browser, draft, count="5"):
    first = {"q-kind": "online", "q-count": count, "action": "next"}
    assert browser.post(filing.url("draft_page", draft, 1), first).url == filing.url("draft_page", draft, 2)
    assert browser.post(filing.url("draft_page", draft, 2), {"action": "next"}).url == filing.url("draft_check", draft)


def begin(browser, asked):
    answer = browser.post(at("survey_begin", asked))
    draft = SurveyAddressee.objects.get(pk=asked.pk).draft
    assert answer.url == filing.url("draft_page", draft, 1)
    return draft


def test_the_answer_in_the_browser(login, survey, asked, helper, colleague, handler):
    browser = login(helper)
    draft = begin(browser, asked)
    page = text(browser.get(filing.url("draft_page", draft, 1)))
    assert "庁内照会への介護保険課の回答です。" in page
    assert browser.post(filing.url("draft_page", draft, 1), {"action": "save"}).url == reverse(
        "applications:survey_list"
    )
    # a colleague sees who began and goes on
    other = login(colleague)
    assert "窓口 花子さんが" in text(other.get(at("survey_answer", asked)))
    fill(other, draft)
    draft.refresh_from_db()
    assert "この内容で回答する" in text(other.get(filing.url("draft_check", draft)))
    for _twice in range(2):
        sent = other.post(filing.url("application_submit", draft), {"draft_revision": draft.draft_revision})
        assert sent.url == at("survey_answer", asked)
    page = text(other.get(sent.url))
    assert "先にこの照会" not in page
    assert "審査 太郎さんが送信しました。" in page
    # it is no application: its pages lead back to the survey
    for name in ("application_detail", "draft_check", "application_copy"):
        assert login(helper).get(filing.url(name, draft)).url == at("survey_answer", asked)
    assert login(handler).get(reverse("applications:case_detail", args=[draft.public_id])).status_code == 404


def test_what_is_typed_after_a_colleague_sent_goes_into_a_new_draft(login, asked, helper, colleague):
    draft = surveykit.begin(asked, helper)
    browser = login(helper)
    mark = browser.get(filing.url("draft_page", draft, 1)).context["mark"]
    sent = surveys.send_answer(application=surveykit.fill(draft), by=colleague)
    late = {"q-kind": "online", "q-count": "77", "q-note": "私の意見", "action": "next", "mark": mark}
    page = browser.post(filing.url("draft_page", draft, 1), late, follow=True)
    assert "審査 太郎さんが、先にこの照会の回答を送信しました。あなたが入力した内容は" in text(page)
    row = SurveyAddressee.objects.get(pk=asked.pk)
    assert row.application == sent
    assert row.draft is not None
    # the page had changed under them: shown once more with what they typed, nothing overwritten
    assert 'value="77"' in text(page)
    assert "私の意見" in text(page)
    assert row.draft.draft_answers["count"] == "12"
    again = {"q-kind": "online", "q-count": "77", "q-note": "私の意見", "action": "next"}
    again["mark"] = page.context["mark"]
    browser.post(filing.url("draft_page", row.draft, 1), again)
    assert Application.objects.get(pk=row.draft_id).draft_answers["count"] == "77"


def test_the_same_page_once_more_begins_nothing(login, asked, helper, colleague):
    draft = surveykit.begin(asked, helper)
    browser = login(helper)
    browser.post(filing.url("draft_page", draft, 1), {"q-kind": "online", "q-count": "12", "action": "next"})
    surveys.send_answer(application=Application.objects.get(pk=draft.pk), by=colleague)
    same = {"q-kind": "online", "q-count": "12", "action": "next"}
    page = browser.post(filing.url("draft_page", draft, 1), same)
    assert page.url == at("survey_answer", asked)
    assert SurveyAddressee.objects.get(pk=asked.pk).draft is None


def test_a_closed_survey_takes_nothing_more(login, survey, asked, helper, handler):
    draft = surveykit.fill(surveykit.begin(asked, helper))
    login(handler).post(at("survey_act", survey), {"action": "close"})
    page = login(helper).post(filing.url("application_submit", draft), follow=True)
    assert "この照会は締め切られています。" in text(page)
    assert "続きを入力する" not in text(login(helper).get(at("survey_answer", asked)))
    login(handler).post(at("survey_act", survey), {"action": "reopen"})
    assert "続きを入力する" in text(login(helper).get(at("survey_answer", asked)))


def test_reminding_by_button(login, survey, handler):
    browser = login(handler)
    assert "未回答の照会先に催促する" in text(browser.get(at("survey", survey)))
    page = browser.post(at("survey_act", survey), {"action": "remind"}, follow=True)
    assert "まだ回答していない2件の照会先に" in text(page)
    assert "未回答の照会先に催促する" not in text(page)
    page = browser.post(at("survey_act", survey), {"action": "remind"}, follow=True)
    assert "催促する照会先はありません。" in text(page)


@pytest.fixture
def answered(survey, asked, helper):
    """An answer with a file."""
    draft = surveykit.begin(asked, helper)
    uploads.attach(application=draft, field=parse(surveykit.DOCUMENT).by_key["paper"], upload=sample.png(), by=helper)
    StoredFile.objects.update(state=FileState.CLEAN)
    late = surveykit.late(survey)
    return surveys.send_answer(application=surveykit.fill(draft, note="=1+1"), by=helper, now=late)


def test_who_answered_and_when(login, survey, answered, handler):
    browser = login(handler)
    page = text(browser.get(at("survey", survey)))
    assert "遅れ" in page
    assert at("survey_read", survey, answered.public_id) in page
    open_only = text(browser.get(at("survey", survey), {"show": "open"}))
    assert ("市民課" in open_only, at("survey_read", survey, answered.public_id) in open_only) == (True, False)


def test_one_answer_with_its_files_for_the_owner_only(login, survey, answered, handler, helper, clerk, colleague):
    (attachment,) = answered.attachments.all()
    file = at("survey_file", survey, attachment.public_id)
    assert file in text(login(handler).get(at("survey_read", survey, answered.public_id)))
    shown = login(handler).get(file)
    assert (shown["Content-Type"], lines(shown)[:4]) == ("image/png", b"\x89PNG")
    for user in (clerk, helper):
        assert login(user).get(file).status_code == 404
    # those asked read their own, a clerk of the owner does not
    own = reverse("applications:attachment", args=[attachment.public_id])
    assert lines(login(colleague).get(own))[:4] == b"\x89PNG"
    assert login(clerk).get(own).status_code == 404


def test_a_replaced_answer_is_still_read(login, survey, asked, answered, handler, colleague):
    newer = surveykit.answer(SurveyAddressee.objects.get(pk=asked.pk), colleague)
    page = text(login(handler).get(at("survey_read", survey, newer.public_id)))
    assert at("survey_read", survey, answered.public_id) in page
    assert "前の回答です。集計には入りません。" in text(
        login(handler).get(at("survey_read", survey, answered.public_id))
    )


def test_totals_of_all_and_of_a_group(login, survey, answered, handler, departments):
    group = DepartmentGroup.objects.create(name="支所")
    group.departments.add(departments["shimin"])
    page = text(login(handler).get(at("survey_totals", survey)))
    assert '<svg class="survey-chart"' in page
    assert "照会先2件のうち、1件の回答を集計しています。" in page
    assert "証明書.png" in page
    page = text(login(handler).get(at("survey_totals", survey), {"group": group.pk}))
    assert "照会先1件のうち、0件の回答を集計しています。" in page
    assert login(handler).get(at("survey_totals", survey), {"group": "9" * 40}).status_code == 200


def test_totals_for_those_asked_show_nobodys_words(login, survey, asked, answered, helper, handler, departments):
    at_totals = at("survey_result", asked)
    assert login(helper).get(at_totals).url == at("survey_answer", asked)
    Survey.objects.update(shows_totals=True)
    assert login(helper).get(at_totals).url == at("survey_answer", asked)
    surveys.close_survey(survey=survey, by=handler)
    other = surveykit.asked_of(survey, departments["shimin"])
    page = text(login(surveykit.member(departments["shimin"])).get(at("survey_result", other)))
    assert "オンライン" in page
    assert "=1+1" not in page
    assert "介護保険課" not in page


def lines(response):
    return b"".join(response.streaming_content)


def test_a_line_for_every_addressee_and_no_formula(login, survey, answered, handler):
    browser = login(handler)
    content = lines(browser.get(at("survey_export", survey), {"format": "csv"}))
    assert content.startswith(b"\xef\xbb\xbf")
    table = content.decode("utf-8-sig").splitlines()
    assert len(table) == 3
    assert "'=1+1" in content.decode()
    assert "未回答" in table[1] + table[2]
    content = lines(browser.get(at("survey_export", survey), {"format": "cp932"}))
    assert "介護保険課" in content.decode("cp932")


def test_a_character_that_cp932_lacks_is_seen_to_be_missing(login, survey, answered, handler):
    factories.Department.objects.filter(code="kaigo").update(name="介護𠮷課")
    content = lines(login(handler).get(at("survey_export", survey), {"format": "cp932"}))
    assert "介護〓課" in content.decode("cp932")


def test_the_workbook_holds_texts(login, survey, answered, handler):
    response = login(handler).get(at("survey_export", survey), {"format": "xlsx"})
    with zipfile.ZipFile(io.BytesIO(response.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert ">=1+1<" in sheet
    assert "<f>" not in sheet


def test_the_files_of_all_answers_in_one_archive(login, survey, answered, handler):
    content = lines(login(handler).get(at("survey_files", survey)))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["介護保険課/001_証明書.png"]


def grow(survey, handler, number):
    """One more department that has answered."""
    department = factories.make_department(f"more{number}", f"課{number}")
    surveys.add_addressees(survey=survey, departments=[department], by=handler)
    surveykit.answer(surveykit.asked_of(survey, department), surveykit.member(department))


@pytest.mark.parametrize("name", ["survey", "survey_totals", "survey_export"])
def test_owners_pages_cost_the_same_for_one_and_five_answers(
    login, survey, handler, name, django_assert_max_num_queries, django_assert_num_queries
):
    browser = login(handler)
    grow(survey, handler, 0)
    with django_assert_max_num_queries(20) as first:
        b"".join(browser.get(at(name, survey)))
    for number in range(1, 5):
        grow(survey, handler, number)
    with django_assert_num_queries(len(first)):
        b"".join(browser.get(at(name, survey)))


def test_lists_cost_the_same_for_one_and_three_surveys(
    login, department, handler, kaigo, helper, municipality, django_assert_num_queries
):
    for count in (1, 3):
        while Survey.objects.count() < count:
            survey = surveykit.open_survey(department, handler, asked=[kaigo])
            surveykit.begin(survey.addressees.get(), helper)
        browser = login(helper)
        with django_assert_num_queries(9):
            browser.get(reverse("applications:survey_list"))
        browser = login(handler)
        with django_assert_num_queries(8):
            browser.get(reverse("applications:survey_own_list"))


@pytest.mark.parametrize("group", ["9" * 5000, "00000000000" + "9" * 20, "-1", "x", "²"])
def test_a_group_that_cannot_be_is_none(login, handler, survey, group):
    page = login(handler).get(at("survey_totals", survey), {"group": group})
    assert (page.status_code, page.context["group"]) == (200, None)


@pytest.mark.parametrize("key", ["../x", "児童", "jido-teate", "shokai-" + "a" * 80])
def test_a_key_that_no_page_has_drawn_is_drawn_anew(login, municipality, handler, department, key):
    form = {"title": "照会", "answer_by_on": today().isoformat(), "remind_days": "3", "department": department.pk}
    assert login(handler).post(reverse("applications:survey_new"), form | {"drawn_key": key}).status_code == 302
    assert is_key(Survey.objects.get().procedure.key)


def test_a_key_of_somebody_elses_survey_is_refused_with_a_sentence(login, municipality, handler, approver, department):
    form = {"title": "照会", "answer_by_on": today().isoformat(), "remind_days": "3", "department": department.pk}
    key = {"drawn_key": new_key()}
    assert login(handler).post(reverse("applications:survey_new"), form | key).status_code == 302
    page = login(approver).post(reverse("applications:survey_new"), form | key)
    assert "このキーは、ほかの手続で使われています" in text(page)
    assert Survey.objects.count() == 1


def test_each_thing_that_is_missing_leads_to_where_it_is_made(login, department, handler):
    row = surveykit.make_survey(department, handler, document=None)
    Survey.objects.filter(pk=row.pk).update(answer_by_on=today() - dt.timedelta(days=1))
    page = login(handler).get(reverse("applications:survey", args=[row.public_id])).content.decode()
    banner = page.partition('id="missing-title"')[2].partition("</section>")[0]
    assert re.findall(r'<a href="([^"]+)"', banner) == [
        reverse("applications:design_overview", args=[row.procedure.key]),
        reverse("applications:survey_edit", args=[row.public_id]),
        reverse("applications:survey_addressees", args=[row.public_id]),
    ]
