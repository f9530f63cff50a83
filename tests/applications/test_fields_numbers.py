import pytest

from tests.applications.fieldkit import clean, refusal


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
    assert clean("number", typed, unit="円") == stored


def test_number_with_decimals_keeps_them_as_typed():
    assert clean("number", "１．５０", decimals=2) == "1.50"
    assert refusal("number", "1.555", decimals=2) == ["小数点以下は2桁までで入力してください。"]
    assert refusal("number", "1.5") == ["小数点のない数字で入力してください。"]


@pytest.mark.parametrize("text", ["五", "1e5", "1/2", "NaN", "--1", "1.", "9" * 31, "٣"])
def test_number_refuses_what_is_no_number(text):
    assert refusal("number", text, decimals=2) == ["数字で入力してください。"]


def test_number_has_limits():
    assert clean("number", "5", min="5", max="6") == "5"
    assert refusal("number", "4", min="5") == ["5以上の数字を入力してください。"]
    assert refusal("number", "1001", max="1000") == ["1,000以下の数字を入力してください。"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("85000", "85000"),
        ("８５，０００円", "85000"),
        ("¥85,000", "85000"),
        ("￥８５０００", "85000"),
        ("8万5千円", "85000"),
        ("８．５万円", "85000"),
        ("1億2,000万", "120000000"),
        ("3万500", "30500"),
        ("5千", "5000"),
        ("0円", "0"),
        ("", None),
    ],
)
def test_money_is_understood_as_people_write_it(typed, stored):
    assert clean("money", typed) == stored


@pytest.mark.parametrize("text", ["五千円", "12千3万", "1千2千", "万", "1.5円5", "1万円くらい", "1億億", "1e5"])
def test_money_that_is_not_certain_is_asked_again(text):
    assert refusal("money", text) == ["数字で入力してください。"]


def test_money_is_whole_and_has_limits():
    assert refusal("money", "1.5") == ["小数点のない数字で入力してください。"]
    assert refusal("money", "-1") == ["0円以上の金額を入力してください。"]
    assert clean("money", "▲５００円", min="-1000") == "-500"
    assert refusal("money", "101万", max="1000000") == ["1,000,000以下の数字を入力してください。"]
    assert refusal("money", "1" + "0" * 15) == ["金額の桁数が多すぎます。金額をご確認ください。"]
