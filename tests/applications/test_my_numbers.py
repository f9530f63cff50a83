"""A My Number (個人番号) is refused, and is not kept anywhere meanwhile."""

import pytest
from django.urls import reverse

from applications import typed
from applications.prefill import given_answers
from tests.applications import filing, household, sample
from tests.applications.fieldkit import MY_NUMBER_REFUSED

pytestmark = pytest.mark.django_db
MY_NUMBER = "123456789018"


@pytest.fixture
def draft(municipality, department, resident):
    return sample.start(filing.make_procedure(department=department), resident)


@pytest.fixture
def browser(login, resident):
    return login(resident)


def test_a_draft_does_not_keep_it_and_the_page_still_shows_it(browser, draft):
    values = {"action": "next", "q-name": f"高橋 {MY_NUMBER}", "q-firm": "緑野商店"}
    page = browser.post(filing.url("draft_page", draft, 1), values)
    assert MY_NUMBER_REFUSED in page.text
    assert MY_NUMBER in page.text
    draft.refresh_from_db()
    assert "name" not in draft.draft_answers
    assert draft.draft_answers["firm"] == "緑野商店"


def test_saving_on_the_way_does_not_keep_it(browser, draft):
    path = reverse("api_draft_save", args=[draft.public_id]) + "?page=1"
    values = {"q-firm": "１２３４-5678-9018", "q-agent": "緑野 太郎"}
    headers = {"X-Draft-Revision": "0"}
    assert browser.post(path, values, content_type="application/json", headers=headers).status_code == 200
    draft.refresh_from_db()
    assert "firm" not in draft.draft_answers
    assert draft.draft_answers["agent"] == "緑野 太郎"


def test_a_row_does_not_keep_it_and_is_shown_open(browser, department, resident, municipality):
    draft = household.start(department, resident)
    ids = [f"r{number}" for number in range(12)]
    values = {"q-has_children": "yes", "q-children": ids, "q-children.open": ids, "action": "next"}
    for row_id in ids:
        values |= household.row(row_id, name="一葉", amount="1000")
    values |= household.row("r5", name="二葉", amount="123,456,789,018")
    page = browser.post(filing.url("draft_page", draft, 1), values)
    assert MY_NUMBER_REFUSED in page.text
    assert "123,456,789,018" in page.text
    draft.refresh_from_db()
    kept = {row["id"]: row["values"] for row in draft.draft_answers["children"]}
    assert kept["r5"] == {"name": "二葉"}
    assert kept["r6"] == {"name": "一葉", "amount": "1000"}


@pytest.mark.parametrize(
    ("question", "value", "is_kept"),
    [
        ({"type": "text"}, MY_NUMBER, False),
        ({"type": "text", "charset": "digits", "max_length": 12}, MY_NUMBER, False),
        ({"type": "text", "charset": "digits", "max_length": 20}, MY_NUMBER, True),
        ({"type": "phone"}, MY_NUMBER, True),
        ({"type": "choice", "options": [{"value": MY_NUMBER, "label": "甲"}]}, MY_NUMBER, True),
        ({"type": "text"}, "123456789012", True),
    ],
)
def test_drafts_leave_out_what_the_check_of_the_question_refuses(question, value, is_kept):
    document = {
        "schema": 1,
        "pages": [{"key": "a", "title": "A", "fields": [{"key": "one", "label": "一"} | question]}],
    }
    fields = sample.definition.parse(document).pages[0].fields
    data = typed.as_data(fields, {"one": value})
    assert typed.read(fields, data) == ({"one": value} if is_kept else {})


def test_coordinates_are_no_my_number():
    document = {
        "schema": 1,
        "pages": [{"key": "a", "title": "A", "fields": [{"key": "one", "label": "一", "type": "place"}]}],
    }
    fields = sample.definition.parse(document).pages[0].fields
    place = {"latitude": f"35.{MY_NUMBER}", "longitude": "139.7", "note": ""}
    assert typed.read(fields, typed.as_data(fields, {"one": place})) == {"one": place}
    noted = place | {"note": MY_NUMBER}
    assert typed.read(fields, typed.as_data(fields, {"one": noted})) == {}


def test_a_link_brings_none_along(client, municipality):
    procedure = filing.guest_procedure()
    draft = filing.begin(client, procedure, query=f"?source={MY_NUMBER}")
    assert draft.link_values == {}
    draft.link_values = {"source": MY_NUMBER}
    assert given_answers(draft, filing.form()) == {}
