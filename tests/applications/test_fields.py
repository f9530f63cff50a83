import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from applications.definition import Field, Option
from applications.enums import FieldType
from applications.fields import build


def _clean(kind, value, **settings):
    return build(Field(key="a", type=FieldType(kind), label="項目", **settings)).clean(value)


def _refusal(kind, value, **settings):
    with pytest.raises(ValidationError) as caught:
        _clean(kind, value, **settings)
    return caught.value.messages


# 12 digits that pass the check of the My Number (generated, nobody's)
MY_NUMBER = "123456789018"


@pytest.mark.parametrize("kind", ["text", "long_text", "kana", "number", "email", "phone", "choice", "yes_no"])
@pytest.mark.parametrize("value", ["", None])
def test_a_blank_is_none(kind, value):
    settings = {"options": (Option("a", "A"),)} if kind == "choice" else {}
    assert _clean(kind, value, **settings) is None


def test_a_required_blank_is_asked_for():
    assert _refusal("text", " 　", required=True) == ["入力してください。"]
    assert _refusal("yes_no", "", required=True) == ["選択してください。"]
    assert _refusal("file", None, required=True) == ["ファイルを添付してください。"]


def test_text_keeps_names_exactly_and_counts_them_as_people_do():
    name = "葛󠄀城 𠮷野👨‍👩‍👧"
    assert _clean("text", f"  {name}　", max_length=6) == name
    assert _refusal("text", name, max_length=5) == ["5文字以内で入力してください（今は6文字です）。"]


def test_text_of_ten_thousand_characters_is_a_sentence():
    assert _refusal("text", "あ" * 10_000, max_length=60) == ["60文字以内で入力してください（今は10,000文字です）。"]


def test_text_shorter_than_asked_is_refused_but_a_blank_is_not():
    assert _refusal("text", "あ", min_length=2) == ["2文字以上で入力してください。"]
    assert _clean("text", "", min_length=2) is None


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
@pytest.mark.parametrize("kind", ["text", "kana", "number", "email", "phone"])
def test_characters_that_cannot_be_stored_are_refused(kind, text):
    assert _refusal(kind, text) == ["使えない文字が含まれています。文字を削除して、入力し直してください。"]


@pytest.mark.parametrize("kind", ["text", "long_text", "number"])
def test_a_my_number_is_refused_with_the_reason(kind):
    (message,) = _refusal(kind, MY_NUMBER)
    assert message.startswith("マイナンバー（個人番号）と思われる12桁の数字があります。")


def test_a_my_number_in_an_address_is_refused():
    parts = {"postal_code": "1000013", "prefecture": "東京都", "city": "緑野市", "town": MY_NUMBER}
    (message,) = _refusal("address", parts | {"street": "", "building": ""})
    assert message.startswith("マイナンバー")


def test_long_text_keeps_its_lines():
    assert _clean("long_text", "一行目\r\n二行目") == "一行目\n二行目"


@pytest.mark.parametrize("text", ["たかはし　さくら", "ﾀｶﾊｼ ｻｸﾗ", "タカハシ　サクラ"])
def test_kana_of_any_kind_becomes_katakana(text):
    assert _clean("kana", text) == "タカハシ　サクラ"


def test_kana_joins_half_width_marks():
    assert _clean("kana", "ｶﾞｰﾄﾞﾅｰ") == "ガードナー"


def test_kana_refuses_kanji():
    assert _refusal("kana", "高橋") == ["「高」「橋」は使えません。フリガナは、ひらがなかカタカナで入力してください。"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0", "0"),
        ("０", "0"),
        ("１，２３４，５６７円", "1234567"),
        (" 1,234 円", "1234"),
        ("007", "7"),
        ("-5", "-5"),
        ("−５", "-5"),
        ("-0", "0"),
    ],
)
def test_number_is_kept_as_decimal_digits(typed, stored):
    assert _clean("number", typed, unit="円") == stored


def test_number_with_decimals_keeps_them_as_typed():
    assert _clean("number", "１．５０", decimals=2) == "1.50"
    assert _refusal("number", "1.555", decimals=2) == ["小数点以下は2桁までで入力してください。"]
    assert _refusal("number", "1.5") == ["小数点のない数字で入力してください。"]


@pytest.mark.parametrize("text", ["五", "1e5", "1/2", "NaN", "--1", "1.", "9" * 31, "٣"])
def test_number_refuses_what_is_no_number(text):
    assert _refusal("number", text, decimals=2) == ["数字で入力してください。"]


def test_number_has_limits():
    assert _clean("number", "5", min="5", max="6") == "5"
    assert _refusal("number", "4", min="5") == ["5以上の数字を入力してください。"]
    assert _refusal("number", "1001", max="1000") == ["1,000以下の数字を入力してください。"]


def _date(era, year, month, day):
    return {"era": era, "year": year, "month": month, "day": day}


@pytest.mark.parametrize(
    ("parts", "stored"),
    [
        (_date("heisei", "元", "1", "8"), "1989-01-08"),
        (_date("showa", "64", "1", "7"), "1989-01-07"),
        (_date("reiwa", "８", "１１", "２１"), "2026-11-21"),
        (_date("western", "2024", "2", "29"), "2024-02-29"),
        # the list still stands at 令和, but the year says it all
        (_date("reiwa", "1990", "4", "12"), "1990-04-12"),
        (_date("reiwa", "", "", ""), None),
    ],
)
@pytest.mark.django_db
def test_date_takes_eras_and_western_years(parts, stored):
    assert _clean("date", parts) == stored


@pytest.mark.parametrize(
    "parts",
    [
        _date("heisei", "31", "5", "1"),
        _date("western", "2023", "2", "29"),
        _date("western", "99999", "1", "1"),
        _date("reiwa", "0", "1", "1"),
        _date("reiwa", "八", "1", "1"),
        _date("edo", "3", "1", "1"),
        _date("reiwa", "٣", "x", "1"),
    ],
)
def test_date_that_does_not_exist_is_refused(parts):
    assert _refusal("date", parts) == ["この日付はありません。年号と年月日をご確認ください。"]


def test_date_far_ahead_is_a_slip_of_the_finger():
    assert _refusal("date", _date("reiwa", "99", "1", "1")) == ["この日付は先すぎます。年号と年をご確認ください。"]


def test_date_names_the_missing_parts():
    assert _refusal("date", _date("reiwa", "8", "", "")) == ["月・日を入力してください。"]


def test_date_has_limits():
    assert _refusal("date", _date("western", "2999", "1", "1"), max="today")[0].endswith(
        "以前の日付を入力してください。"
    )
    assert _refusal("date", _date("western", "1999", "1", "1"), min="2000-04-01") == [
        "平成12年4月1日（2000年）以降の日付を入力してください。"
    ]


def test_date_of_today_is_not_in_the_future():
    from cityhall.days import today

    day = today()
    assert _clean("date", _date("western", str(day.year), str(day.month), str(day.day)), max="today") == day.isoformat()
    tomorrow = day + dt.timedelta(days=1)
    _refusal("date", _date("western", str(tomorrow.year), str(tomorrow.month), str(tomorrow.day)), max="today")


ADDRESS = {
    "postal_code": "〒１００－００１３",
    "prefecture": "東京都",
    "city": " 緑野市 ",
    "town": "",
    "street": "",
    "building": "",
}


def test_address_keeps_its_parts_and_the_digits_of_the_code():
    assert _clean("address", ADDRESS) == ADDRESS | {"postal_code": "1000013", "city": "緑野市"}
    assert _clean("address", dict.fromkeys(ADDRESS, "")) is None


def test_address_says_what_is_missing_or_wrong():
    assert _refusal("address", ADDRESS | {"postal_code": "123"}) == ["郵便番号は7桁の数字で入力してください。"]
    assert _refusal("address", ADDRESS | {"prefecture": "", "city": ""}) == ["都道府県・市区町村を入力してください。"]
    assert _refusal("address", ADDRESS | {"town": "町" * 121}) == ["町名は120文字以内で入力してください。"]


def test_email_in_full_width_is_converted():
    assert _clean("email", "ｓａｋｕｒａ＠ｅｘａｍｐｌｅ．ｊｐ") == "sakura@example.jp"
    assert _refusal("email", "sakura") == ["メールアドレスを確認してください。例: name@example.jp"]


def test_phone_is_kept_as_entered_in_half_width():
    assert _clean("phone", "０９０−１２３４−５６７８") == "090-1234-5678"
    assert len(_refusal("phone", "123")) == 1


OPTIONS = (Option("a", "あ"), Option("b", "い"))


def test_choice_must_be_an_option():
    assert _clean("choice", "b", options=OPTIONS) == "b"
    assert _refusal("choice", "c", options=OPTIONS) == ["選択肢から選んでください。"]
    assert _clean("yes_no", "yes") == "yes"
    assert _refusal("yes_no", "maybe") == ["選択肢から選んでください。"]


def test_checkboxes_are_stored_in_the_order_of_the_form():
    assert _clean("checkboxes", ["b", "a", "b"], options=OPTIONS) == ["a", "b"]
    assert _clean("checkboxes", [], options=OPTIONS) is None
    assert _refusal("checkboxes", ["c"], options=OPTIONS) == ["選択肢から選んでください。"]
    assert _refusal("checkboxes", [], options=OPTIONS, required=True) == ["一つ以上選択してください。"]


def test_consent_is_stored_with_its_version():
    settings = {"consent_text": "同意します", "consent_version": "2"}
    assert _clean("consent", True, **settings) == {"given": True, "version": "2"}
    assert _clean("consent", False, **settings) is None
    assert _refusal("consent", False, required=True, **settings) == ["お手続きには同意が必要です。"]
