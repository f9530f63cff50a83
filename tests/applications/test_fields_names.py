import pytest

from tests.applications.fieldkit import clean, refusal, wrong_parts


def _name(family="", given="", family_kana="", given_kana=""):
    return {"family": family, "given": given, "family_kana": family_kana, "given_kana": given_kana}


def test_name_is_kept_exactly_and_its_reading_becomes_katakana():
    assert clean("name", _name(" 葛󠄀城 ", "𠮷男", "かつらぎ", "ﾖｼｵ")) == _name("葛󠄀城", "𠮷男", "カツラギ", "ヨシオ")
    assert clean("name", _name()) is None


def test_a_whole_name_in_the_first_box_is_taken_apart():
    assert clean("name", _name("高橋　さくら", "", "たかはし さくら", "")) == _name(
        "高橋", "さくら", "タカハシ", "サクラ"
    )


def test_a_name_in_latin_letters_keeps_its_blanks():
    assert clean("name", _name("SANTOS MARIA", "", "サントス", "")) == _name("SANTOS MARIA", "", "サントス", "")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (_name("高橋"), "姓のフリガナを入力してください。"),
        (_name("高橋", "さくら", "タカハシ"), "名のフリガナを入力してください。"),
        (
            _name("高橋", "", "高橋"),
            "姓のフリガナ: 「高」「橋」は使えません。フリガナは、ひらがなかカタカナで入力してください。",
        ),
        (_name("高" * 61, "", "タカ"), "姓は60文字以内で入力してください。"),
    ],
)
def test_name_says_what_is_missing_or_wrong(typed, sentence):
    assert refusal("name", typed) == [sentence]


def test_every_missing_part_of_a_name_has_its_sentence_and_its_box():
    assert wrong_parts("name", _name("", "さくら")) == [
        ("姓を入力してください。", ("family",)),
        ("姓のフリガナを入力してください。", ("family_kana",)),
        ("名のフリガナを入力してください。", ("given_kana",)),
    ]


def test_a_name_for_print_names_characters_that_cannot_be_printed():
    (sentence,) = refusal("name", _name("髙橋", "", "タカハシ"), charset="jis_x_0208")
    assert sentence.startswith("姓: 「髙」は使えません。")
    assert sentence.endswith("「髙」→「高」")


def test_a_required_name_is_asked_for():
    assert refusal("name", _name(), required=True) == ["氏名とフリガナを入力してください。"]
