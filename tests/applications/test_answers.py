import pytest

from applications.answers import FileLink, display_address, display_date, display_rows, display_text, group_digits
from applications.definition import Field
from applications.enums import FieldType
from tests.applications.sample import form

ANSWERS = {
    "name": "葛󠄀城 𠮷野",
    "kana": "カツラギ　ヨシノ",
    "birth": "1989-01-08",
    "address": {
        "postal_code": "1000013",
        "prefecture": "東京都",
        "city": "緑野市",
        "town": "緑町",
        "street": "3-30-8",
        "building": "郵便ビル",
    },
    "income": "1234567",
    "kind": "change",
    "reasons": ["work", "care"],
    "single": "no",
    "proof": ["file1", "file2"],
    "consent": {"given": True, "version": "2026-04"},
    "registered": {"postal_code": "", "prefecture": "", "city": "緑野市", "town": "", "street": "1", "building": ""},
    "spouse": {"family": "葛󠄀城", "given": "𠮷男", "family_kana": "カツラギ", "given_kana": "ヨシオ"},
    "spouse_home": {"postal_code": "", "city": "緑野市", "municipality_code": "131016", "town_code": ""},
    "found_by": ["paper", "other"],
    "found_by__other": "知人から",
    "rent": "85000",
    "total": "1319567",
    "call_at": "09:00",
    "visit": "2026-12-01T13:30",
    "account": {
        "bank_code": "0001",
        "bank_name": "みずほ銀行",
        "branch_code": "240",
        "branch_name": "新宿支店",
        "account_type": "ordinary",
        "number": "0123456",
        "holder": "ｶﾂﾗｷﾞ ﾖｼﾉ",
    },
    "invitation": "A-12",
}


def _texts(answers):
    return {row.key: row.text for section in display_rows(form(), answers) for row in section.rows}


def test_display_rows_says_every_answer_in_words():
    assert _texts(ANSWERS) == {
        "name": "葛󠄀城 𠮷野",
        "kana": "カツラギ　ヨシノ",
        "birth": "平成元年1月8日（1989年）",
        "address": "〒100-0013 東京都緑野市緑町3-30-8 郵便ビル",
        "phone": "",
        "email": "",
        "income": "1,234,567円",
        "kind": "変更",
        "reasons": "就労、介護",
        "single": "いいえ",
        "note": "",
        "proof": "",
        "consent": "同意します",
        "registered": "緑野市1",
        "spouse": "葛󠄀城　𠮷男（カツラギ　ヨシオ）",
        "spouse_home": "緑野市",
        "found_by": "広報紙、その他（知人から）",
        "rent": "85,000円",
        "total": "1,319,567円",
        "call_at": "9時",
        "visit": "令和8年12月1日（2026年） 13時30分",
        "scene": "",
        "sign": "",
        "spot": "",
        "account": "みずほ銀行（0001） 新宿支店（240）\n普通 0123456\nｶﾂﾗｷﾞ ﾖｼﾉ",
        "children": "",
        "invitation": "A-12",
    }


def test_display_rows_keeps_the_order_and_numbers_the_pages():
    sections = display_rows(form(), ANSWERS)
    assert [(section.number, section.title) for section in sections] == [
        (1, "申請者"),
        (2, "申請の内容"),
        (3, "添付と同意"),
    ]
    assert [row.label for row in sections[2].rows][:3] == ["証明書類", "同意", "現場の写真"]


def test_display_rows_names_files():
    row = display_rows(form(), ANSWERS, file_names={"file1": "課税証明書.pdf"})[2].rows[0]
    assert row.files == (FileLink("file1", "課税証明書.pdf"), FileLink("file2", "添付ファイル"))
    assert not row.is_blank


def test_a_heading_stands_above_the_next_answer_only():
    rows = {row.key: row.heading for row in display_rows(form(), ANSWERS)[1].rows}
    assert rows.pop("rent") == "費用と日時"
    assert set(rows.values()) == {""}


def test_answers_of_another_shape_are_shown_as_they_stand():
    answers = {"spouse": "高橋", "account": "1234567", "address": ["緑野市"], "visit": "someday", "call_at": "later"}
    texts = _texts(answers)
    assert {key: texts[key] for key in answers} == answers | {"address": "['緑野市']"}


def test_an_attribute_of_the_sex_is_said_in_words():
    field = Field(key="a", type=FieldType.ATTRIBUTE, label="性別", concept="applicant.sex")
    assert [display_text(field, value) for value in ("female", "male", "x")] == ["女", "男", "x"]


def test_a_calculated_text_or_date_is_no_number():
    field = Field(key="a", type=FieldType.CALCULATED, label="計算", unit="円")
    assert [display_text(field, value) for value in ("-1234.5", "2026-12-01", "対象", "007")] == [
        "-1,234.5円",
        "令和8年12月1日（2026年）",
        "対象",
        "007",
    ]


def test_blank_is_not_zero():
    assert _texts({"income": "0"})["income"] == "0円"
    blank = display_rows(form(), {})[1].rows[0]
    assert (blank.text, blank.is_blank) == ("", True)


def test_an_option_that_is_gone_is_shown_as_stored():
    assert _texts({"kind": "old"})["kind"] == "old"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("1850-01-01", "1850年1月1日（1850年）"), ("2019-05-01", "令和元年5月1日（2019年）"), ("someday", "someday")],
)
def test_display_date_has_both_calendars(value, shown):
    assert display_date(value) == shown


@pytest.mark.parametrize(("value", "shown"), [("1234567.50", "1,234,567.50"), ("-1000", "-1,000"), ("多数", "多数")])
def test_group_digits_never_rounds(value, shown):
    assert group_digits(value) == shown


def test_display_address_without_a_postal_code():
    assert display_address({"city": "緑野市", "street": "1"}) == "緑野市1"
