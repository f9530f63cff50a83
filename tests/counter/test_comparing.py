"""What was entered beside the record: the same, another shape of a character, another person."""

import datetime as dt

import pytest

from applications.definition import parse
from counter.combined import Part, combine
from counter.comparing import MASK, Likeness, compare, entered_in, side_by_side
from residents.models import Resident

SAKURA = Resident(
    full_name="葛󠄀城　さくら",
    full_kana="カツラギ　サクラ",
    birth_year=1985,
    birth_month=4,
    birth_day=1,
    birth_date=dt.date(1985, 4, 1),
)
ADDRESS = "東京都緑野市中央二丁目3番1号"


def words(pieces):
    return "".join(piece.text for piece in pieces)


def one(entered, resident=SAKURA, address=ADDRESS):
    return compare(entered, resident, address=address)[0]


@pytest.mark.parametrize(
    ("entered", "likeness"),
    [
        ({"name": "葛󠄀城 さくら"}, Likeness.SAME),
        ({"name": "葛城　さくら"}, Likeness.ALIKE),
        ({"name": "葛󠄀城　さくらこ"}, Likeness.DIFFERS),
        ({"kana": "カツラギ サクラ"}, Likeness.SAME),
        ({"kana": "カヅラギ サクラ"}, Likeness.DIFFERS),
        ({"birth_date": "1985-04-01"}, Likeness.SAME),
        ({"birth_date": "1985-04-02"}, Likeness.DIFFERS),
        ({"address": "東京都緑野市中央二丁目３番１号"}, Likeness.ALIKE),
        ({"address": "東京都緑野市中央二丁目3番1号"}, Likeness.SAME),
        ({"address": "東京都緑野市中央二丁目3番2号"}, Likeness.DIFFERS),
    ],
)
def test_likeness_of_what_was_entered(entered, likeness):
    assert one(entered).likeness == likeness


def test_shapes_are_told_apart_by_their_code_points_and_the_rest_is_masked():
    found = one({"name": "葛城　さくら"})
    assert (words(found.entered), words(found.held)) == (f"葛{MASK * 4}", f"葛󠄀{MASK * 4}")
    assert [piece.points for piece in (found.entered[0], found.held[0])] == ["U+845B", "U+845B U+E0100"]


def test_only_the_difference_is_read_on_the_screen():
    found = one({"address": "東京都緑野市中央二丁目3番2号"})
    assert [piece.text for piece in found.held if piece.differs] == ["1"]
    assert "緑野" not in words(found.held) + words(found.entered)


def test_nothing_entered_is_nothing_to_compare():
    assert compare({}, SAKURA, address=ADDRESS) == []


def test_protected_address_gives_nothing_away():
    found = one({"address": "東京都緑野市中央一丁目1番1号"}, address="")
    assert (found.likeness, found.held, found.is_different) == (Likeness.UNKNOWN, (), False)


@pytest.mark.parametrize(
    ("parts", "likeness"),
    [
        ({"birth_year": 1985, "birth_month": 4, "birth_day": None}, Likeness.ALIKE),
        ({"birth_year": 1985, "birth_month": None, "birth_day": None}, Likeness.ALIKE),
        ({"birth_year": 1984, "birth_month": None, "birth_day": None}, Likeness.DIFFERS),
        ({"birth_year": None, "birth_month": None, "birth_day": None}, Likeness.UNKNOWN),
    ],
)
def test_unknown_parts_of_a_birth_date_are_not_held_against_anybody(parts, likeness):
    resident = Resident(full_name="不詳　太郎", **parts)
    found = one({"birth_date": "1985-04-01"}, resident)
    assert found.likeness == likeness
    if likeness == Likeness.ALIKE:
        assert "不詳" in words(found.held)


@pytest.mark.parametrize(
    ("entered", "parts", "likeness"),
    [
        ("1985-04", (1985, 4, None), Likeness.SAME),
        ("1985", (1985, None, None), Likeness.SAME),
        ("1985-04", (1985, 4, 1), Likeness.ALIKE),
        ("1985", (1985, 4, None), Likeness.ALIKE),
        ("1985-05", (1985, 4, None), Likeness.DIFFERS),
        ("1984", (1985, 4, 1), Likeness.DIFFERS),
    ],
)
def test_day_said_to_be_unknown_beside_the_record(entered, parts, likeness):
    names = ("birth_year", "birth_month", "birth_day")
    found = one({"birth_date": entered}, Resident(full_name="不詳", **dict(zip(names, parts, strict=True))))
    assert found.likeness == likeness
    if likeness == Likeness.ALIKE:
        assert "不詳" in words(found.entered)


def test_unknown_kana_is_no_difference():
    assert one({"kana": "フショウ"}, Resident(full_name="不詳")).likeness == Likeness.UNKNOWN


def test_typed_values_are_read_by_their_concepts():
    form = parse(
        {
            "schema": 1,
            "pages": [
                {
                    "key": "who",
                    "title": "申請者",
                    "fields": [
                        {"key": "name", "type": "name", "label": "氏名", "concept": "applicant.name"},
                        {"key": "born", "type": "date", "label": "生年月日", "concept": "applicant.birth_date"},
                        {"key": "home", "type": "address", "label": "住所", "concept": "applicant.address"},
                        {"key": "why", "type": "text", "label": "理由"},
                    ],
                }
            ],
        }
    )
    combined = combine([Part("one", form, title="手続")], at_desk=True)
    values = {
        "applicant_name": {"family": "高橋", "given": "さくら", "family_kana": "", "given_kana": ""},
        "applicant_birth_date": {"year": "昭和", "month": "", "day": ""},
        "applicant_address": {"prefecture": "東京都", "city": "緑野市", "town": "中央", "street": "1-1"},
    }
    entered = entered_in(combined, values)
    assert (entered["name"], entered["address"], "birth_date" in entered) == (
        "高橋　さくら",
        "東京都緑野市中央1-1",
        False,
    )


def test_what_was_brought_stands_side_by_side_and_contradictions_are_marked():
    entered = {"name": "葛城 さくら", "birth_date": "1985-04-01", "address": "緑野市中央2-3-1"}
    booked = {"name": "葛󠄀城　さくら", "kana": "カツラギ サクラ"}
    card = {"name": "葛󠄀城　さくら", "birth_date": "1985-04-02", "address": "緑野市中央二丁目3番1号"}
    lines = side_by_side([entered, booked, card])
    assert [(str(line.label), line.is_different) for line in lines] == [
        ("氏名", False),
        ("フリガナ", False),
        ("生年月日", True),
        ("住所", True),
    ]
    assert lines[2].texts == ("昭和60年4月1日", "", "昭和60年4月2日")
    # typed half: shown as it is
    assert side_by_side([{"birth_date": "1985-4"}])[0].texts == ("1985-4",)
    # the day, or month and day, said to be unknown
    assert side_by_side([{"birth_date": "1985"}, {"birth_date": "1985-04"}])[0].texts == (
        "昭和60年月日不詳",
        "昭和60年4月日不詳",
    )
    assert side_by_side([]) == []
