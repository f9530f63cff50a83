from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.answers import display_text
from applications.definition import CHARSETS, OTHER, Option
from applications.enums import FieldType
from applications.fields import build
from applications.typed import NOT_TYPED, PARTS, as_data, control_name, from_answer
from cityhall.text import clean_json
from tests.applications.fieldkit import MY_NUMBER, MY_NUMBER_REFUSED, clean, question, refusal


@pytest.mark.parametrize("kind", ["text", "long_text", "kana", "number", "email", "phone", "choice", "yes_no"])
@pytest.mark.parametrize("value", ["", None])
def test_a_blank_is_none(kind, value):
    settings = {"options": (Option("a", "A"),)} if kind == "choice" else {}
    assert clean(kind, value, **settings) is None


def test_a_required_blank_is_asked_for():
    assert refusal("text", " 　", required=True) == ["入力してください。"]
    assert refusal("yes_no", "", required=True) == ["選択してください。"]
    assert refusal("file", None, required=True) == ["ファイルを添付してください。"]


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
@pytest.mark.parametrize("kind", ["text", "kana", "number", "email", "phone"])
def test_characters_that_cannot_be_stored_are_refused(kind, text):
    assert refusal(kind, text) == ["使えない文字が含まれています。文字を削除して、入力し直してください。"]


ADDRESS = {"postal_code": "1000013", "prefecture": "東京都", "city": "緑野市", "town": "", "street": "", "building": ""}
NAME = {"family": "高橋", "given": "", "family_kana": "タカハシ", "given_kana": ""}
BANK = {
    "kind": "bank",
    "bank_name": "みずほ銀行",
    "branch_name": "新宿支店",
    "branch_code": "240",
    "account_type": "ordinary",
    "number": "1",
    "holder": "タカハシ",
}
OTHERS = {"options": (Option("a", "A"),), "other": True}
DATE_TIME = {"era": "reiwa", "year": "8", "month": "1", "day": "1", "time": "9:00"}


@pytest.mark.parametrize(
    ("kind", "value", "settings"),
    [
        ("text", f"番号は{MY_NUMBER}です", {}),
        ("text", "1234-5678-9018", {"charset": "digits", "max_length": 12}),
        ("text", "１２３４　５６７８　９０１８", {"charset": "ascii"}),
        ("long_text", f"一行目\n{MY_NUMBER}", {}),
        ("kana", MY_NUMBER, {}),
        ("number", MY_NUMBER, {}),
        ("money", f"{MY_NUMBER}円", {}),
        ("email", MY_NUMBER, {}),
        ("name", NAME | {"given": MY_NUMBER}, {}),
        ("name", NAME | {"family_kana": MY_NUMBER}, {}),
        ("address", ADDRESS | {"town": MY_NUMBER}, {}),
        ("resident_address", ADDRESS | {"building": MY_NUMBER}, {}),
        ("choice", {"chosen": "other", "other": MY_NUMBER}, OTHERS),
        ("checkboxes", {"chosen": ["other"], "other": MY_NUMBER}, OTHERS),
        ("bank_account", BANK | {"number": MY_NUMBER}, {}),
        ("bank_account", BANK | {"branch_name": MY_NUMBER}, {}),
        ("bank_account", BANK | {"holder": MY_NUMBER}, {}),
        ("bank_account", BANK | {"kind": "yucho", "symbol": "10170", "symbol_number": MY_NUMBER}, {}),
    ],
)
def test_a_my_number_is_refused_wherever_it_is_typed(kind, value, settings):
    (message,) = refusal(kind, value, **settings)
    assert message.startswith(MY_NUMBER_REFUSED)


def test_twelve_digits_are_taken_where_a_number_of_another_kind_is_asked_for():
    assert clean("text", MY_NUMBER, charset="digits", max_length=20) == MY_NUMBER


ANY_SETTINGS = {
    "choice": OTHERS,
    "checkboxes": OTHERS,
    "consent": {"consent_text": "同意します", "consent_version": "1"},
    "number": {"decimals": 2, "unit": "円", "min": "0", "max": "100"},
    "time": {"min": "08:30", "max": "17:15"},
    "rows": {"max_rows": 3},
}
TYPED_KINDS = sorted(set(FieldType) - set(NOT_TYPED) - {FieldType.ROWS})
KINDS_OF_TEXT = st.one_of(
    st.text(max_size=40),
    st.text("0123456789０１２３−ー‐,.，．¥円万千億年月日時分半午前午後:： 　", max_size=25),
    st.sampled_from(["𠮷", "葛󠄀", "👨‍👩‍👧", "\0", "\ud800", "か゚", "9" * 400, "٣", "1e9", "∞", "㍿", "元", "-0"]),
)


@pytest.mark.parametrize("kind", TYPED_KINDS)
@pytest.mark.parametrize("charset", ["", *CHARSETS])
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_whatever_is_typed_gives_an_answer_or_a_sentence(kind, charset, data):
    """Never an exception of another kind, and never an answer that cannot be stored or said in words."""
    field = replace(question(kind, **ANY_SETTINGS.get(kind, {})), charset=charset)
    names = [control_name(field, part) for part in ("", *PARTS.get(kind, ()), OTHER)]
    sent = MultiValueDict({name: data.draw(st.lists(KINDS_OF_TEXT, max_size=2)) for name in names})
    answer_field = build(field)
    cleaned, sentences = _cleaned(answer_field, sent, control_name(field))
    assert all(sentence.endswith(("。", "）", "」", "jp")) for sentence in sentences), sentences
    answers = clean_json(answer_field.answers(cleaned))
    if answers:
        assert display_text(field, answers["a"], answers.get("a__other", ""))
        # what was stored can be typed again, and gives the same answer
        again = as_data([field], {"a": from_answer(field, answers)})
        assert answer_field.answers(_cleaned(answer_field, again, "q-a")[0]) == answers


def _cleaned(field, sent, name):
    """The cleaned value, or None with the sentences of the refusal."""
    try:
        return field.clean(field.widget.value_from_datadict(sent, MultiValueDict(), name)), []
    except ValidationError as error:
        return None, error.messages
