"""The four attributes out of the bytes of a card: read strictly, kept as they are."""

import pytest

from cardbridge import attributes, tlv
from cardbridge.errors import BadData
from tests.cardbridge.virtual_card import attributes_file
from tests.cardbridge.virtual_card import tlv as packed


def test_attributes_are_read_as_they_stand():
    found = attributes.parse(attributes_file())
    assert found.as_json() == {
        "name": "高橋　さくら",
        "address": "東京都青梅市東青梅１丁目１１番地の１",
        "birth_date": "1990-01-15",
        "sex": "female",
    }


@pytest.mark.parametrize("name", ["髙﨑　𠮷子", "渡邉󠄀　葛󠄀", "\ue000　外字", "SMITH JOHN"])
def test_unknown_characters_and_variation_selectors_are_kept(name):
    assert attributes.parse(attributes_file(name=name)).name == name


def test_long_texts_need_two_bytes_of_length():
    address = "東京都青梅市" + "長" * 120
    assert attributes.parse(attributes_file(address=address)).address == address


@pytest.mark.parametrize(("code", "sex"), [("1", "male"), ("2", "female"), ("9", ""), ("", "")])
def test_sex_by_code(code, sex):
    assert attributes.parse(attributes_file(sex=code)).sex == sex


@pytest.mark.parametrize("birth", ["19900000", "19900100", "00000000"])
def test_birth_day_that_nobody_knows_is_no_date(birth):
    assert attributes.parse(attributes_file(birth=birth)).birth_date == ""


@pytest.mark.parametrize("birth", ["19900230", "1990011", "H0201150", "１９９００１１５", ""])
def test_birth_date_that_is_none_is_refused(birth):
    with pytest.raises(BadData):
        attributes.parse(attributes_file(birth=birth))


def test_objects_the_layout_does_not_know_are_left_alone():
    assert attributes.parse(attributes_file(after=packed("DF2A", b"new"))).sex == "female"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"\xff\x20",
        # another file
        packed("FF10", b"123456789018"),
        # something behind the object
        attributes_file() + b"\0",
        # cut off
        attributes_file()[:-1],
        # twice the same
        attributes_file(after=packed("DF25", b"1")),
        # one missing
        packed("FF20", packed("DF22", "名".encode()) + packed("DF24", b"19900115") + packed("DF25", b"1")),
        # no name
        attributes_file(name=""),
        attributes_file(name="改\n行"),
        packed(
            "FF20",
            packed("DF22", b"\x82\xa0") + packed("DF23", b"") + packed("DF24", b"19900115") + packed("DF25", b"1"),
        ),
    ],
)
def test_what_is_odd_is_refused(content):
    with pytest.raises(BadData):
        attributes.parse(content)


@pytest.mark.parametrize(
    "content",
    [
        b"\xdf\x22\x81\x05hello",  # not the shortest form
        b"\xdf\x22\x82\x00\x90" + bytes(144),
        b"\xdf\x22\x80hello\0\0",  # until an end mark
        b"\xdf\x22\x83\x00\x00\x01x",
        b"\xdf\x22\x05hell",
        b"\xff\xa0\x01x",  # three bytes of tag
        b"\xdf",
    ],
)
def test_lengths_are_in_their_shortest_form_and_inside(content):
    with pytest.raises(BadData):
        tlv.objects(content)


def test_nothing_of_a_person_is_in_the_words_of_an_object():
    found = attributes.parse(attributes_file())
    assert "高橋" not in repr(found)
    assert "高橋" not in repr(tlv.objects(attributes_file()))
