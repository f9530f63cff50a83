"""The postal code look-up of a page without JavaScript, for questions of a page and of a row."""

import pytest

from applications import definition
from applications.lookups import look_up

ADDRESS = {"postal_code": "", "prefecture": "", "city": "", "town": "", "street": "", "building": ""}


@pytest.fixture
def page():
    address = {"type": "resident_address", "label": "住所"}
    fields = [
        {"key": "home", **address},
        {"key": "note", "type": "text", "label": "備考"},
        {"key": "people", "type": "rows", "label": "世帯員", "fields": [{"key": "home", **address}]},
    ]
    return definition.parse({"schema": 1, "pages": [{"key": "a", "title": "A", "fields": fields}]}).pages[0]


def test_one_town_fills_the_blank_parts(page):
    values = {"home": ADDRESS | {"postal_code": "100-0013"}}
    assert look_up(page, values, "home") is None
    assert values["home"] == ADDRESS | {
        "postal_code": "100-0013",
        "prefecture": "東京都",
        "city": "千代田区",
        "town": "霞が関",
    }


def test_typed_text_is_kept_until_a_town_is_chosen(page):
    values = {"home": ADDRESS | {"postal_code": "1000013", "city": "緑野市"}}
    found = look_up(page, values, "home")
    assert [town.town for town in found.towns] == ["霞が関"]
    assert values["home"]["city"] == "緑野市"
    # a text of thousands of digits is no number for Python
    assert look_up(page, values, f"home:{'9' * 5000}").towns == found.towns
    assert look_up(page, values, "home:0") is None
    assert values["home"]["city"] == "千代田区"


def test_a_question_in_a_row_is_filled_in_its_row(page):
    rows = [{"id": "r1", "values": {}}, {"id": "r2", "values": {"home": ADDRESS | {"postal_code": "1000013"}}}]
    values = {"people": rows}
    assert look_up(page, values, "people.r2.home") is None
    assert values["people"][1]["values"]["home"]["town"] == "霞が関"
    assert values["people"][0] == {"id": "r1", "values": {}}


def test_an_unknown_code_says_so(page):
    found = look_up(page, {"home": ADDRESS | {"postal_code": "9999999"}}, "home")
    assert found.note.startswith("この郵便番号の住所は見つかりませんでした。")


@pytest.mark.parametrize("argument", ["", "nothing", "note", "people", "people.r1", "people.r1.name", "people.R1.home"])
def test_what_is_no_address_of_the_page_changes_nothing(page, argument):
    values = {}
    assert look_up(page, values, argument) is None
    assert values == {}


def test_a_row_that_is_gone_loses_nothing_else(page):
    values = {"people": [{"id": "r1"}]}
    assert look_up(page, values, "people.r9.home").note
    assert values == {"people": [{"id": "r1"}]}
