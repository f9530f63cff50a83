import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.form_pages import check
from applications.models import Application
from applications.services.submission import submit
from tests.applications import household, sample

pytestmark = pytest.mark.django_db

CHILD = ("r1", {"name": "みお", "amount": "5000"})


@pytest.fixture
def draft(department, resident):
    return household.start(department, resident)


@pytest.fixture
def browser(login, resident):
    return login(resident)


def _url(draft, number=1):
    return reverse("applications:draft_page", args=[draft.public_id, number])


def _post(browser, draft, number=1, **data):
    return browser.post(_url(draft, number), {"action": "next"} | data)


def _seen(page):
    return re.search(r'name="seen" value="([^"]*)"', page)[1].split()


def _logic(page):
    return json.loads(re.search(r'<script id="form-logic" type="application/json">(.+?)</script>', page)[1])


def _hidden(page):
    return re.findall(r'data-question="([^"]+)"[^>]* hidden', page)


def _steps(page):
    return re.findall(r'steps__item--(\w+)".*?steps__label">(?:<a[^>]*>)?([^<]+)<', page, re.DOTALL)


def test_what_depends_on_a_missing_answer_is_out_of_sight(browser, draft):
    page = browser.get(_url(draft)).content.decode()
    assert _hidden(page.split("<template")[0])[:1] == ["children"]
    assert _seen(page) == []
    assert "学校" not in [label for _state, label in _steps(page)]


def test_a_question_that_has_just_come_up_is_shown_before_going_on(browser, draft):
    page = _post(browser, draft, **{"q-has_children": "yes", "seen": ""}).content.decode()
    assert "次の質問が加わりました：「お子さま」" in page
    assert "children" in _seen(page)
    # and nothing on it is called a mistake before anybody could answer
    assert "data-error-summary" not in page
    draft.refresh_from_db()
    assert draft.page_states == {"family": "problem"}


def test_the_button_shows_new_questions_without_going_on(browser, draft):
    page = _post(browser, draft, action="refresh", **{"q-has_children": "yes", "seen": ""}).content.decode()
    assert "children" not in _hidden(page)
    assert "data-error-summary" not in page


def test_whoever_saw_the_question_goes_on_or_is_told_what_is_missing(browser, draft):
    seen = "children total"
    page = _post(browser, draft, **household.page(), seen=seen).content.decode()
    assert "お子さま：1件以上入力してください。" in page
    assert _post(browser, draft, **household.page(CHILD), seen=seen)["Location"] == _url(draft, 2)


def test_a_hidden_page_is_passed_by_and_keeps_its_number(browser, draft):
    assert _post(browser, draft, **{"q-has_children": "no", "seen": ""})["Location"] == _url(draft, 3)
    assert browser.get(_url(draft, 2))["Location"] == _url(draft, 3)
    page = browser.get(_url(draft, 3)).content.decode()
    assert [label for _state, label in _steps(page)] == ["世帯", "そのほか", "内容の確認"]
    back = _post(browser, draft, 3, action="previous", **{"q-wants_call": "no"})
    assert back["Location"] == _url(draft, 1)


def test_hidden_answers_stay_in_the_draft_and_are_never_stored(browser, draft, resident, municipality):
    _post(browser, draft, **household.page(CHILD), seen="children total")
    _post(browser, draft, 2, **{"q-school_name": "緑野小学校"})
    _post(browser, draft, **household.page(CHILD) | {"q-has_children": "no"}, seen="children total")
    _post(browser, draft, 3, **{"q-wants_call": "no"})
    draft.refresh_from_db()
    assert draft.draft_answers["school_name"] == "緑野小学校"
    assert draft.draft_answers["children"][0]["values"]["name"] == "みお"
    sent = submit(application=draft, by=resident.user)
    assert sent.revisions.get().answers == {"has_children": "no", "wants_call": "no"}


def test_calculated_values_are_the_servers_and_are_stored(browser, draft, resident, municipality):
    two = ("r2", {"name": "蓮", "amount": "７，０００"})
    _post(browser, draft, **household.page(CHILD, two, **{"q-total": "1"}), seen="children total")
    page = browser.get(_url(draft)).content.decode()
    assert re.search(r'data-calculated="total"[^>]*>12,000円<', page)
    _post(browser, draft, 2, **{"q-school_name": "緑野小学校"})
    sent = submit(application=draft, by=resident.user)
    assert sent.revisions.get().answers["total"] == "12000"


def test_tampered_controls_of_hidden_questions_are_not_answers():
    draft = {"has_children": "no", "school_name": "x" * 9, "children": [{"id": "r1", "values": {"name": "y"}}]}
    checked = check(household.form(), draft, {})
    assert (checked.answers, checked.problems) == ({"has_children": "no"}, ())


def test_required_when_is_asked_on_the_page_and_at_the_check(browser, draft):
    page = _post(browser, draft, 3, **{"q-wants_call": "yes"}).content.decode()
    assert re.findall(r'<li [^>]*><a href="#[^"]+">(.+?)</a>', page) == ["希望の時間帯：入力してください。"]
    problems = check(household.form(), {"has_children": "no", "wants_call": "yes"}, {}).problems
    assert [(problem.page_number, problem.key) for problem in problems] == [(3, "call_time")]
    assert _post(browser, draft, 3, **{"q-wants_call": "no"})["Location"].endswith("/check/")


def test_a_condition_in_a_row_looks_at_its_own_row():
    rows = [
        {"id": "r1", "values": {"name": "みお", "works": "no", "employer": "前の勤務先"}},
        {"id": "r2", "values": {"name": "蓮", "works": "yes"}},
    ]
    checked = check(household.form(), {"has_children": "yes", "children": rows, "school_name": "緑野"}, {})
    assert checked.answers["children"][0] == {"id": "r1", "name": "みお", "works": "no"}
    assert [problem.key for problem in checked.problems] == ["children.r2.employer"]


def test_an_answer_that_cannot_be_understood_counts_as_blank():
    rows = [
        {"id": "r1", "values": {"name": "みお", "amount": "五千"}},
        {"id": "r2", "values": {"name": "蓮", "amount": "7"}},
    ]
    checked = check(household.form(), {"has_children": "yes", "children": rows}, {})
    assert checked.answers["total"] == "7"


def test_the_page_carries_what_scripts_need_and_no_words(browser, draft):
    _post(browser, draft, **household.page(CHILD), seen="children total")
    logic = _logic(browser.get(_url(draft)).content.decode())
    assert logic["answers"] == {"has_children": "yes", "children": [{"id": "r1", "amount": "5000"}]}
    assert logic["units"] == {"total": "円", "children.amount": "円"}
    assert [page["key"] for page in logic["form"]["pages"]] == ["family", "school", "rest"]
    assert "お子さま" not in json.dumps(logic, ensure_ascii=False)


def test_a_form_without_conditions_carries_no_logic(browser, department, resident):
    fields = [{"key": "note", "type": "text", "label": "備考"}]
    document = {"schema": 1, "pages": [{"key": "only", "title": "備考", "fields": fields}]}
    draft = sample.start(sample.make_procedure(department=department, document=document), resident)
    page = browser.get(_url(draft)).content.decode()
    assert 'id="form-logic"' not in page
    assert 'name="seen"' not in page


# --- steps --------------------------------------------------------------------------------------


def test_steps_tell_how_each_page_was_left(browser, draft):
    _post(browser, draft, **household.page(CHILD), seen="children total")
    _post(browser, draft, 2, action="previous", **{"q-school_name": ""})
    page = browser.get(_url(draft, 3)).content.decode()
    assert _steps(page) == [("done", "世帯"), ("error", "学校"), ("current", "そのほか"), ("todo", "内容の確認")]
    assert f'href="{_url(draft, 2)}"' in page


def test_pages_nobody_has_been_to_have_no_link(browser, draft):
    page = browser.get(_url(draft)).content.decode()
    assert f'href="{_url(draft, 3)}"' not in page


def test_the_number_of_queries_of_a_page_is_constant(browser, draft, django_assert_num_queries):
    with CaptureQueriesContext(connection) as blank:
        browser.get(_url(draft))
    rows = [{"id": f"r{number}", "values": {"name": "みお", "amount": "1"}} for number in range(9)]
    Application.objects.update(draft_answers={"has_children": "yes", "children": rows})
    with django_assert_num_queries(len(blank)):
        browser.get(_url(draft))
    assert len(blank) <= 12


# --- two windows --------------------------------------------------------------------------------


def _mark(page):
    return re.search(r'name="mark" value="(\w+)"', page)[1]


def test_a_page_changed_in_another_window_is_not_overwritten_unseen(browser, draft):
    mark = _mark(browser.get(_url(draft, 3)).content.decode())
    _post(browser, draft, 3, mark=mark, action="previous", **{"q-wants_call": "yes", "q-call_time": "午前"})
    page = _post(browser, draft, 3, mark=mark, **{"q-wants_call": "yes", "q-call_time": "午後"}).content.decode()
    assert "別の画面で、このページが書き換えられています" in page
    assert "「希望の時間帯」" in page
    # what was typed here stands in the page, what was saved there in the draft
    assert 'value="午後"' in page
    draft.refresh_from_db()
    assert draft.draft_answers["call_time"] == "午前"
    # and pressing the button again is the choice
    _post(browser, draft, 3, mark=_mark(page), **{"q-wants_call": "yes", "q-call_time": "午後"})
    draft.refresh_from_db()
    assert draft.draft_answers["call_time"] == "午後"


def test_another_page_saved_in_another_window_is_no_conflict(browser, draft):
    mark = _mark(browser.get(_url(draft, 3)).content.decode())
    _post(browser, draft, **{"q-has_children": "no", "seen": ""})
    assert _post(browser, draft, 3, mark=mark, **{"q-wants_call": "no"}).status_code == 302


def test_a_stale_page_that_says_the_same_is_no_conflict(browser, draft):
    mark = _mark(browser.get(_url(draft, 3)).content.decode())
    for _window in range(2):
        assert _post(browser, draft, 3, mark=mark, **{"q-wants_call": "no"}).status_code == 302


def test_mark_of_a_question_that_another_answer_requires_is_true_before_and_after(browser, draft):
    number = next(at for at, page in enumerate(household.document()["pages"], 1) if page["key"] == "rest")

    def marks():
        page = browser.get(_url(draft, number)).content.decode().partition('id="form-logic"')[0]
        return re.findall(r'class="field__mark[^>]*>([^<]+)', page)

    assert marks() == ["※任意", "※条件により必須"]
    Application.objects.filter(pk=draft.pk).update(draft_answers={"wants_call": "yes"})
    assert marks() == ["※任意", "※必須"]
