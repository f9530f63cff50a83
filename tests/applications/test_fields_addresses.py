from cityhall.codes import is_municipality_code
from tests.applications.fieldkit import clean, refusal, wrong_parts

ADDRESS = {
    "postal_code": "〒１００－００１３",
    "prefecture": "東京都",
    "city": " 緑野市 ",
    "town": "",
    "street": "",
    "building": "",
}


def test_address_keeps_its_parts_and_the_digits_of_the_code():
    assert clean("address", ADDRESS) == ADDRESS | {"postal_code": "1000013", "city": "緑野市"}
    assert clean("address", dict.fromkeys(ADDRESS, "")) is None


def test_address_says_what_is_missing_or_wrong():
    assert refusal("address", ADDRESS | {"postal_code": "123"}) == ["郵便番号は7桁の数字で入力してください。"]
    assert refusal("address", ADDRESS | {"prefecture": "", "city": ""}) == [
        "都道府県を入力してください。",
        "市区町村を入力してください。",
    ]
    assert wrong_parts("address", ADDRESS | {"postal_code": "12", "city": "", "building": "\0"}) == [
        ("使えない文字が含まれています。文字を削除して、入力し直してください。", ("building",)),
        ("郵便番号は7桁の数字で入力してください。", ("postal_code",)),
        ("市区町村を入力してください。", ("city",)),
    ]
    assert refusal("address", ADDRESS | {"town": "町" * 121}) == ["町名は120文字以内で入力してください。"]


CHIYODA = ADDRESS | {"city": "千代田区", "town": "霞が関", "street": "1-1-2"}


def test_resident_address_has_the_code_of_its_municipality():
    stored = clean("resident_address", CHIYODA)
    assert (stored["municipality_code"], stored["town_code"]) == ("131016", "")
    assert is_municipality_code(stored["municipality_code"])


def test_resident_address_loses_the_code_when_the_words_were_changed():
    assert clean("resident_address", CHIYODA | {"city": "緑野市"})["municipality_code"] == ""
    assert clean("resident_address", CHIYODA | {"postal_code": "9999999"})["municipality_code"] == ""


def test_codes_are_never_taken_from_the_page():
    sent = CHIYODA | {"city": "緑野市", "municipality_code": "999999", "town_code": "0001000"}
    assert clean("resident_address", sent) == ADDRESS | {
        "postal_code": "1000013",
        "city": "緑野市",
        "town": "霞が関",
        "street": "1-1-2",
        "municipality_code": "",
        "town_code": "",
    }
