"""住所不定: somebody without a fixed address, from the box to the print."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from applications import typed
from applications.answers import display_text
from applications.conditions import facts
from applications.definition import Field, Page
from applications.enums import FieldType
from applications.fields import build
from applications.form_pages import PageForm

BLANK = dict.fromkeys(("postal_code", "prefecture", "city", "town", "street", "building"), "")
HOME = BLANK | {"postal_code": "1000001", "prefecture": "東京都", "city": "千代田区"}
UNSETTLED = BLANK | {"town": "住所不定", "unsettled": "yes"}


def address(kind="address", concept="applicant.address", **settings):
    return Field(key="home", type=FieldType(kind), label="住所", concept=concept, required=True, **settings)


@pytest.mark.parametrize("concept", ["applicant.address", "subject.address"])
def test_who_lives_nowhere_can_say_so(concept):
    field = address(concept=concept)
    assert build(field).clean({"unsettled": "yes"}) == UNSETTLED
    said = {"unsettled": "yes", "stay": "緑野公園", "reach": "支援員の田中さん 042-000-1111"}
    answer = build(field).clean(said)
    assert answer == UNSETTLED | said
    assert display_text(field, answer) == "住所不定（居所：緑野公園、連絡：支援員の田中さん 042-000-1111）"
    with translation.override("en"):
        assert display_text(field, answer).startswith("No fixed address (staying at: 緑野公園")
    assert typed.from_answer(field, {"home": answer}) == BLANK | said


def test_address_with_codes_has_none_of_them():
    answer = build(address("resident_address")).clean({"unsettled": "yes"})
    assert answer == UNSETTLED | {"municipality_code": "", "town_code": ""}
    assert display_text(address("resident_address"), answer) == "住所不定"


def test_mark_goes_before_what_stands_in_the_boxes():
    assert build(address()).clean(HOME | {"unsettled": "yes"}) == UNSETTLED
    assert build(address()).clean(HOME | {"unsettled": ""}) == HOME


@pytest.mark.parametrize("concept", ["applicant.new_address", "spouse.address", ""])
def test_other_addresses_have_to_be_somewhere(concept):
    field = address(concept=concept)
    with pytest.raises(ValidationError):
        build(field).clean({"unsettled": "yes"})
    assert "unsettled" not in PageForm(Page("one", "t", "", (field,))).as_div()


def test_what_is_told_is_checked_like_the_rest():
    with pytest.raises(ValidationError, match="120文字以内") as caught:
        build(address()).clean({"unsettled": "yes", "stay": "あ" * 121})
    assert [error.parts for error in caught.value.error_list] == [("stay",)]
    # a My Number has no place here either
    with pytest.raises(ValidationError):
        build(address()).clean({"unsettled": "yes", "reach": "123456789018"})


def test_disclosure_is_open_where_it_was_said_or_an_address_is_missing():
    field, one = address(), "<details"
    closed = PageForm(Page("one", "t", "", (field,)), initial={"home": HOME}).as_div()
    assert one in closed
    assert 'class="parts__more" open' not in closed
    said = PageForm(Page("one", "t", "", (field,)), initial={"home": {"unsettled": "yes"}}).as_div()
    assert 'class="parts__more" open' in said
    data = typed.as_data([field], {"home": {"street": "1"}})
    assert 'class="parts__more" open' in PageForm(Page("one", "t", "", (field,)), data=data).as_div()


def test_draft_keeps_the_mark_only_where_it_was_made():
    field = address()
    kept = typed.read([field], typed.as_data([field], {"home": {"unsettled": "yes"}}))
    assert kept == {"home": BLANK | {"unsettled": "yes"}}
    assert typed.read([field], typed.as_data([field], {"home": HOME})) == {"home": HOME}


def test_conditions_take_it_for_an_answer():
    found = facts.facts_of([address()], {"home": UNSETTLED})
    assert found == {"home": {"town": "住所不定"}, "home.town": "住所不定"}
