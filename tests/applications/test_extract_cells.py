"""Cells, characters and names of an extract, without a database."""

import datetime as dt
from decimal import Decimal

import pytest

from applications.definition import parse
from applications.extracts.entry_names import split_suffix, unique_name
from applications.extracts.parts import Reading, cells_of, parts_of
from applications.extracts.texts import as_text, csv_text, in_words
from applications.extracts.writing import Writing
from cityhall.cp932 import Replaced, to_cp932
from tests.applications import sample
from tests.applications.extractkit import ANSWERS, FIRST


def cells(key, answers=ANSWERS, document=FIRST, **writing):
    return cells_of(parse(document).by_key[key], answers, Reading(Writing(**writing), {}))


# --- answers ---------------------------------------------------------------------------------


def test_an_account_is_split_and_keeps_its_zeros():
    assert cells("account") == {
        "bank_code": "0001",
        "bank_name": "緑",
        "branch_code": "012",
        "branch_name": "中央",
        "account_type": "普通",
        "number": "0012345",
        "holder": "ﾀｶﾊｼ ｶｽﾞﾊ",
    }
    assert cells("account", choices="values")["account_type"] == "ordinary"


def test_numbers_and_days_keep_their_kind():
    assert cells("income") == {"": Decimal(-1200000)}
    assert cells("born") == {"": dt.date(1990, 4, 1)}
    assert cells("phone") == {"": "090-1234-5678"}


def test_a_choice_is_words_or_the_value_and_the_text_beside_it():
    assert cells("kind") == {"": "その他", "other": "再申請"}
    assert cells("kind", choices="values") == {"": "other", "other": "再申請"}
    assert cells("kind", {"kind": "new"}) == {"": "新規", "other": ""}


@pytest.mark.parametrize("answer", [12, ["x"], {"odd": 1}, "2026-13-45", None])
@pytest.mark.parametrize("key", ["name", "home", "income", "born", "kind", "account", "paper", "note"])
def test_no_shape_of_an_answer_breaks_a_file(key, answer):
    found = cells(key, {key: answer})
    assert set(found) <= {*parts_of(parse(FIRST).by_key[key])}
    assert all(isinstance(csv_text(cell), str) for cell in found.values())


def test_every_kind_of_question_has_cells_for_its_parts():
    form = parse(sample.all_types())
    for field in form.questions:
        if field.type != "rows":
            found = cells_of(field, {field.key: "x"}, Reading(Writing(), {}))
            assert set(found) <= set(parts_of(field)), field.key


# --- text ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+819012345678", "'+819012345678"),
        ("-5+3", "'-5+3"),
        ("@cmd", "'@cmd"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠x", "'＠x"),
        ("090-1234-5678", "090-1234-5678"),
        ("0312345678", "0312345678"),
        (Decimal(-1200000), "-1200000"),
        (Decimal("1E+3"), "1000"),
        (-5, "-5"),
        (dt.date(2026, 4, 1), "2026-04-01"),
        (dt.datetime(2026, 4, 1, 9, 5), "2026-04-01 09:05"),
        (None, ""),
    ],
)
def test_nothing_is_a_formula_and_numbers_stay_numbers(cell, text):
    assert csv_text(cell) == text


def test_days_in_the_era_calendar():
    assert in_words(dt.date(2019, 5, 1), "wareki") == "令和元年5月1日"
    assert in_words(dt.datetime(2026, 4, 1, 9, 5), "wareki") == "令和8年4月1日 09:05"
    assert as_text(in_words(dt.date(2026, 4, 1), "iso")) == "2026-04-01"


@pytest.mark.parametrize(
    ("text", "held", "lost"),
    [
        ("髙橋 﨑山 ①～ｶﾅ㈱", "髙橋 﨑山 ①～ｶﾅ㈱", []),
        ("9〜10 −5 ‖ ¥", "9～10 －5 ∥ ￥", []),
        ("が", "が", []),
        ("か\u3099ぎ", "がぎ", []),
        ("𠮷田", "〓田", ["𠮷"]),
        ("葛\U000e0100城", "葛城", ["\U000e0100"]),
        ("森鷗外", "森〓外", ["鷗"]),
        ("\U0001f600は", "〓は", ["\U0001f600"]),
        ("\U0001f469\u200d\U0001f467", "〓〓", ["\U0001f469", "\u200d", "\U0001f467"]),
        ("\ufa19と\u2764", "\ufa19と〓", ["\u2764"]),
        ("👍🏽", "〓〓", ["👍", "🏽"]),
    ],
)
def test_cp932_holds_what_it_can_and_tells_the_rest(text, held, lost):
    assert to_cp932(text) == (held, lost)
    assert held.encode("cp932").decode("cp932") == held


def test_the_report_names_case_column_and_code_points():
    replaced = Replaced()
    replaced.note("12345", "name.family", ["𠮷", "𠮷"])
    assert replaced.stored() == {
        "replaced": 2,
        "characters": [["U+20BB7", 2]],
        "places": [["12345", "name.family", "U+20BB7 U+20BB7"]],
    }


# --- names in a ZIP --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("通帳.pdf", "1_紙_通帳.pdf"),
        ("../../etc/passwd", "1_紙__.._etc_passwd"),
        ("a\\b:c*?.jpg", "1_紙_a_b_c__.jpg"),
        ("\u202egpj.exe", "1_紙__gpj.exe"),
        ("", "1_紙"),
        (".", "1_紙"),
        ("x.", "1_紙_x"),
        ("か\u3099.png", "1_紙_が.png"),
    ],
)
def test_hostile_names_become_harmless(name, entry):
    stem, suffix = split_suffix(name)
    found = unique_name(["1", "紙", stem], suffix, set())
    assert found == entry
    assert "/" not in found
    assert "\\" not in found


def test_names_are_unique_for_systems_that_know_no_capitals():
    taken = set()
    names = [unique_name([name], ".PDF", taken) for name in ["ａ", "A", "a", "con"]]
    assert names == ["ａ.PDF", "A (2).PDF", "a (3).PDF", "_con.PDF"]


def test_long_names_are_cut_in_characters_and_bytes():
    name = unique_name(["1" * 11, "問" * 40, "長" * 300], ".pdf", set())
    assert len(name.encode()) <= 200
    assert name.endswith(".pdf")
    taken = {name.casefold()}
    assert unique_name(["x" * 300], ".pdf", taken).endswith("x.pdf")
