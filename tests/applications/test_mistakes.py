"""Which boxes of a question in parts are marked, and where the page says what is wrong with them."""

import re

from applications import definition, typed
from applications.form_pages import PageForm

DOCUMENT = {
    "schema": 1,
    "pages": [
        {
            "key": "page",
            "title": "ページ",
            "fields": [
                {"key": "account", "type": "bank_account", "label": "口座", "required": True},
                {"key": "visit", "type": "date_time", "label": "来庁", "required": True},
            ],
        }
    ],
}
ACCOUNT = {
    "kind": "bank",
    "bank_name": "みずほ銀行",
    "branch_name": "本店",
    "branch_code": "1",
    "account_type": "ordinary",
    "number": "1234567",
    "holder": "",
}
VISIT = {"era": "reiwa", "year": "8", "month": "13", "day": "1", "time": "9:00"}


def _page(**values):
    page = definition.parse(DOCUMENT).pages[0]
    return PageForm(page, data=typed.as_data(page.fields, {"account": ACCOUNT, "visit": VISIT} | values))


def _invalid(html):
    """Names of the marked controls."""
    return [re.search(r'name="([^"]+)"', tag)[1] for tag in re.findall(r"<[^>]*aria-invalid[^>]*>", html)]


def test_just_the_wrong_boxes_are_marked():
    html = _page()["account"].as_field_group()
    assert _invalid(html) == ["q-account.branch_code", "q-account.holder"]


def test_each_message_stands_in_the_list_its_box_is_described_by():
    html = _page()["account"].as_field_group()
    described = re.search(r'name="q-account\.holder"[^>]*aria-describedby="([^"]+)"', html)[1]
    (said,) = re.findall(rf'<ul class="errorlist" id="{described}">(.*?)</ul>', html)
    assert "口座名義（カナ）を入力してください。" in said
    assert html.count("errorlist") == 2


def test_links_lead_to_the_wrong_box_of_a_question():
    found = [(one.key, one.anchor, one.place) for one in _page().problems()]
    assert found == [
        ("account", "id_q-account_4", "id_q-account_4_error"),
        ("account", "id_q-account_9", "id_q-account_9_error"),
        ("visit", "id_q-visit_2", "id_q-visit_error"),
    ]


def test_boxes_on_one_line_share_the_message_below_them():
    html = _page()["visit"].as_field_group()
    assert _invalid(html) == ["q-visit.month"]
    assert re.search(r'<ul class="errorlist" id="id_q-visit_error">.*月を1から12', html)


def test_a_mistake_in_the_whole_answer_marks_all_boxes():
    page = _page(visit={})
    assert [(one.anchor, one.controls) for one in page.problems()][-1] == ("id_q-visit_group", ())
    assert len(_invalid(page["visit"].as_field_group())) == 5


def test_a_page_without_mistakes_marks_nothing():
    page = _page(account=ACCOUNT | {"branch_code": "001", "holder": "ミドリ"}, visit=VISIT | {"month": "12"})
    assert list(page.problems()) == []
    assert _invalid(page["account"].as_field_group() + page["visit"].as_field_group()) == []
