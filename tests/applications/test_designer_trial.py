"""The preview and the test run."""

import pytest
from django.test import Client

from applications.models import Application, FormDesign
from tests.applications.designkit import in_work, make_procedure, small_form, text_of, url


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department)


def test_trial_runs_to_the_check_page_and_makes_no_case(login, handler, procedure):
    client = login(handler)
    wrong = client.post(url("design_trial", 1), {"action": "next"})
    assert wrong.context["problems"]
    on = client.post(
        url("design_trial", 1),
        {
            "action": "next",
            "q-kind": "new",
            "q-birth.era": "heisei",
            "q-birth.year": "2",
            "q-birth.month": "4",
            "q-birth.day": "1",
        },
    )
    assert on.url == url("design_trial", 2)
    row = client.post(url("design_trial", 2), {"action": "row-add:child"})
    assert 'name="q-child"' in text_of(row)
    end = client.post(url("design_trial", 2), {"action": "next"})
    assert end.url == url("design_trial_check")
    check = text_of(client.get(url("design_trial_check")))
    assert "試しの入力はここまでです" in check
    assert "新規" in check
    assert not Application.objects.exists()
    assert not FormDesign.objects.exists()
    client.post(url("design_trial_clear"))
    assert client.get(url("design_trial_check")).context["problems"]


def test_trial_of_one_person_is_not_that_of_another(login, handler, approver, procedure):
    login(handler).post(url("design_trial", 2), {"action": "next", "q-note": "試しに書いた文"})
    assert "試しに書いた文" in text_of(login(handler).get(url("design_trial", 2)))
    assert "試しに書いた文" not in text_of(login(approver, Client()).get(url("design_trial", 2)))


def test_form_that_is_still_wrong_is_shown_without_what_is_wrong(login, handler, procedure):
    form = small_form()
    form["pages"][0]["fields"][0]["options"] = []
    form["pages"][0]["fields"][1]["visible_when"] = {"filled": {"answer": "gone"}}
    form["pages"].append({"key": "page_9", "title": "", "fields": []})
    in_work(procedure, form, handler)
    client = login(handler)
    first = text_of(client.get(url("design_trial", 1)))
    assert "生年月日" in first
    assert "区分" not in first
    assert "まだ表示できる項目がありません" in text_of(client.get(url("design_trial", 3)))


def test_settings_being_typed_are_previewed_and_not_saved(login, handler, procedure):
    page = login(handler).post(url("design_field_preview", "note"), {"revision": "0", "label": "書きかけの質問"})
    assert "書きかけの質問" in text_of(page)
    assert not FormDesign.objects.exists()


def test_preview_stands_in_a_frame_of_our_own_pages_only(login, handler, procedure):
    client = login(handler)
    response = client.get(url("design_trial", 1) + "?frame=1")
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    overview = client.get(url("design_overview"))
    assert "frame-ancestors 'none'" in overview["Content-Security-Policy"]


@pytest.mark.parametrize("number", [0, 99])
def test_pages_that_are_not_there_lead_to_the_first(login, handler, procedure, number):
    assert login(handler).get(url("design_trial", number)).url == url("design_trial", 1)
