import json

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from cityhall.text import BadText, clean_json, clean_text, grapheme_length, graphemes, has_my_number


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x\udfff"])
def test_clean_text_refuses_what_postgresql_cannot_store(text):
    with pytest.raises(BadText):
        clean_text(text)


@pytest.mark.parametrize("text", ["", "髙橋", "葛\U000e0100飾区", "𠮷田", "👨‍👩‍👧", "一\n二\t三"])
def test_clean_text_keeps_the_rest_as_it_is(text):
    assert clean_text(text) == text


@pytest.mark.parametrize(
    "value",
    [
        {"a": ["\0"]},
        {"a\0": 1},
        {"a": {"b": "\ud83d"}},
        [float("nan")],
        [float("inf")],
        {1: "key is no text"},
        {"a": b"bytes"},
        {"a": 10**400_000},
    ],
)
def test_clean_json_refuses(value):
    with pytest.raises(BadText):
        clean_json(value, max_bytes=100_000)


def nested(depth):
    value = "x"
    for _level in range(depth):
        value = [value]
    return value


def test_clean_json_depth_counts_every_level():
    assert clean_json(nested(19)) == nested(19)
    with pytest.raises(BadText):
        clean_json(nested(20))


def test_clean_json_of_endless_depth_is_refused_without_using_the_stack():
    with pytest.raises(BadText):
        clean_json(nested(100_000))


def test_clean_json_counts_bytes_not_characters():
    assert clean_json(["あ" * 300], max_bytes=1000) == ["あ" * 300]
    with pytest.raises(BadText):
        clean_json(["あ" * 400], max_bytes=1000)


_storable = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(), parts, max_size=4),
    max_leaves=12,
)


@settings(derandomize=True, deadline=None)
@given(_storable)
def test_clean_json_passes_exactly_what_encodes(value):
    encoded = json.dumps(value, ensure_ascii=False)
    storable = "\\u0000" not in encoded.replace("\\\\", "") and not any("\ud800" <= c <= "\udfff" for c in encoded)
    if storable:
        assert clean_json(value, max_depth=100) is value
    else:
        with pytest.raises(BadText):
            clean_json(value, max_depth=100)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("高橋", 2),
        ("𠮷", 1),
        ("葛\U000e0100", 1),
        ("ｶﾞ", 1),
        ("か\u3099", 1),
        ("👨‍👩‍👧", 1),
        ("👍🏽", 1),
        ("🇯🇵🇫🇷", 2),
        ("a\r\nb", 3),
        ("한", 1),
    ],
)
def test_grapheme_length(text, length):
    assert grapheme_length(text) == length


_pieces = st.sampled_from(
    ["あ", "葛\U000e0101", "𠮷", "が", "か\u3099", "ﾊﾟ", "a", "é", "\r\n", "\n", "🇯🇵", "👩‍🚀", "👍🏿", "　", "1"]
)


@settings(derandomize=True, deadline=None)
@given(st.lists(_pieces, max_size=20).map("".join))
def test_graphemes_agree_with_the_unicode_rules(text):
    assert list(graphemes(text)) == regex.findall(r"\X", text)


VALID = "123456789018"


@pytest.mark.parametrize(
    "text",
    [
        VALID,
        f"番号は{VALID}です",
        "1234 5678 9018",
        "1234-5678-9018",
        "１２３４５６７８９０１８",
        "１２３４　５６７８　９０１８",
    ],
)
def test_has_my_number_finds_a_stand_alone_run(text):
    assert has_my_number(text)


@pytest.mark.parametrize(
    "text", ["123456789012", f"1{VALID}", f"{VALID}1", "1234-5678-901", f"{VALID}-1", "090-1234-5678", ""]
)
def test_has_my_number_leaves_other_numbers_alone(text):
    assert not has_my_number(text)
