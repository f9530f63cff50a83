import pytest

from tests.applications.fieldkit import clean, refusal

LEVELS_1_2 = "この項目には、JIS第1・第2水準の文字だけを使えます。"


def test_text_keeps_names_exactly_and_counts_them_as_people_do():
    name = "葛󠄀城 𠮷野👨‍👩‍👧"
    assert clean("text", f"  {name}　", max_length=6) == name
    assert refusal("text", name, max_length=5) == ["5文字以内で入力してください（今は6文字です）。"]


def test_text_of_ten_thousand_characters_is_a_sentence():
    assert refusal("text", "あ" * 10_000, max_length=60) == ["60文字以内で入力してください（今は10,000文字です）。"]


def test_text_shorter_than_asked_is_refused_but_a_blank_is_not():
    assert refusal("text", "あ", min_length=2) == ["2文字以上で入力してください。"]
    assert clean("text", "", min_length=2) is None


def test_long_text_keeps_its_lines():
    assert clean("long_text", "一行目\r\n二行目") == "一行目\n二行目"


@pytest.mark.parametrize("text", ["たかはし　さくら", "ﾀｶﾊｼ ｻｸﾗ", "タカハシ　サクラ"])
def test_kana_of_any_kind_becomes_katakana(text):
    assert clean("kana", text) == "タカハシ　サクラ"


def test_kana_joins_half_width_marks():
    assert clean("kana", "ｶﾞｰﾄﾞﾅｰ") == "ガードナー"


def test_email_in_full_width_is_converted():
    assert clean("email", "ｓａｋｕｒａ＠ｅｘａｍｐｌｅ．ｊｐ") == "sakura@example.jp"
    assert refusal("email", "sakura") == ["メールアドレスを確認してください。例: name@example.jp"]


def test_phone_is_kept_as_entered_in_half_width():
    assert clean("phone", "０９０−１２３４−５６７８") == "090-1234-5678"
    assert len(refusal("phone", "123")) == 1


@pytest.mark.parametrize(
    ("charset", "typed", "stored"),
    [
        ("", "葛󠄀城𠮷野ｶﾞ", "葛󠄀城𠮷野ｶﾞ"),
        ("jis_x_0208", "高橋　ｶﾞｰﾄﾞ～－", "高橋　ガード～－"),
        # the code point stands for both shapes
        ("jis_x_0208", "葛󠄀城", "葛城"),
        ("jis_x_0213", "か゚俱鄧", "か゚俱鄧"),
        ("katakana", "たかはし ｻｸﾗ", "タカハシ　サクラ"),
        ("hiragana", "タカハシ ｻｸﾗ", "たかはし　さくら"),
        ("ascii", "Ａｐｔ．１－２", "Apt.1-2"),
        ("digits", "１２３ー４５ 67", "1234567"),
    ],
)
def test_width_and_script_are_converted_and_not_demanded(charset, typed, stored):
    assert clean("text", typed, charset=charset) == stored


@pytest.mark.parametrize(
    ("charset", "typed", "sentence"),
    [
        (
            "jis_x_0208",
            "𠮷田と髙橋",
            f"「𠮷」「髙」は使えません。{LEVELS_1_2}次のように置き換えて入力してください: 「𠮷」→「吉」、「髙」→「高」",
        ),
        (
            "jis_x_0213",
            "👨‍👩‍👧です",
            "「👨‍👩‍👧」は使えません。この項目には、JIS第1〜第4水準の文字だけを使えます。似た字か、ひらがなに置き換えて入力してください。",
        ),
        ("katakana", "高橋", "「高」「橋」は使えません。フリガナは、ひらがなかカタカナで入力してください。"),
        ("hiragana", "abc", "「a」「b」「c」は使えません。ひらがなかカタカナで入力してください。"),
        ("ascii", "緑", "「緑」は使えません。英字・数字・記号で入力してください。"),
        ("digits", "12ab", "「a」「b」は使えません。数字で入力してください。"),
        ("digits", "一二三四五六", "「一」「二」「三」「四」「五」などは使えません。数字で入力してください。"),
    ],
)
def test_characters_without_a_place_are_named_with_what_to_do(charset, typed, sentence):
    assert refusal("text", typed, charset=charset) == [sentence]


def test_length_is_counted_after_the_conversion():
    assert clean("text", "ｶﾞｷﾞｸﾞ", charset="katakana", max_length=3) == "ガギグ"


def test_a_kana_question_names_what_is_no_kana():
    assert refusal("kana", "高橋") == ["「高」「橋」は使えません。フリガナは、ひらがなかカタカナで入力してください。"]
