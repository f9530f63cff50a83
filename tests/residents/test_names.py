"""Search keys: what must be found by what, and what folding may never do."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residents import names
from residents.names import KEY_LENGTH, fold_kana, fold_name, is_kana, join_name, split_name

TEXT = st.text(max_size=60)
KATAKANA = st.text(st.characters(min_codepoint=0x30A1, max_codepoint=0x30F6), max_size=30)


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("髙橋", "高橋"),
        ("山﨑", "山崎"),
        ("𠮷野", "吉野"),
        ("渡邉", "渡辺"),
        ("渡邊", "渡邉"),
        ("齋藤", "斉藤"),
        ("齊藤", "斎藤"),
        ("大澤", "大沢"),
        ("濵田", "浜田"),
        ("廣瀨", "広瀬"),
        ("國分", "国分"),
        ("中嶋", "中島"),
        ("葛\U000e0100城", "葛城"),
        ("Ｍｕｌｌｅｒ", "muller"),
        ("高橋　さくら", "高橋さくら"),
        ("O'Brien", "OBRIEN"),
    ],
)
def test_fold_name_finds(stored, typed):
    assert fold_name(stored) == fold_name(typed)


def test_fold_name_keeps_different_names_apart():
    assert fold_name("高橋") != fold_name("高端")
    assert fold_name("吉田") != fold_name("𠮷野")


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("ｻｲﾄｳ", "サイトウ"),
        ("サイトウ", "さいとう"),
        ("ｷﾞﾝｼﾞ", "ぎんじ"),
        ("ジヨウジ", "じょうじ"),
        ("シヤルロツト", "シャルロット"),
        ("サトー", "サト"),
        ("カヅオ", "カズヲ"),
        ("タカハシ　サクラ", "たかはしさくら"),
    ],
)
def test_fold_kana_finds(stored, typed):
    assert fold_kana(stored) == fold_kana(typed)


def test_variants_lead_to_one_form_in_one_step():
    assert all(ord(target) not in names._VARIANT_TABLE for target in names._VARIANT_TABLE.values())


@given(TEXT)
def test_fold_name_is_stable_and_short(text):
    once = fold_name(text)
    assert fold_name(once) == once
    assert len(once) <= KEY_LENGTH


@given(TEXT)
def test_fold_kana_is_stable_and_short(text):
    once = fold_kana(text)
    assert fold_kana(once) == once
    assert len(once) <= KEY_LENGTH


@given(TEXT)
def test_fold_name_ignores_width_and_selectors(text):
    assert fold_name(unicodedata.normalize("NFKC", text)) == fold_name(text)
    assert fold_name(f"{text}\U000e0101") == fold_name(text)


@given(KATAKANA)
def test_fold_kana_ignores_hiragana(text):
    hiragana = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)
    assert fold_kana(hiragana) == fold_kana(text)


def test_longest_expansion_is_cut_to_the_column():
    assert len(fold_name("\ufdfa" * 60)) == KEY_LENGTH


def test_split_name_is_undone_by_join_name():
    assert split_name("髙橋\u3000さくら") == ("髙橋", "さくら")
    assert split_name("マリア") == ("マリア", "")
    assert join_name("髙橋", "さくら") == "髙橋\u3000さくら"
    assert join_name("", "マリア") == "マリア"


def test_is_kana_tells_readings_from_names():
    assert is_kana("さいとう")
    assert is_kana("ｻｲﾄｳ ｼﾞﾛｰ")
    assert not is_kana("斉藤")
    assert not is_kana("Smith")
    assert not is_kana("")
