"""Birth dates of registers: eras, digits, and parts nobody knows."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residents.dates import DateInvalid, PartialDate, parse_birth, parse_day, partial_date

APRIL_FIRST = PartialDate(1985, 4, 1)


@pytest.mark.parametrize(
    "text",
    [
        "1985-04-01",
        "1985/4/1",
        "1985.4.1",
        "19850401",
        "1985年4月1日",
        "昭和60年4月1日",
        "S60.4.1",
        "s60/04/01",
        "S600401",
        "3600401",
        "１９８５－０４－０１",
    ],
)
def test_parse_birth_reads(text):
    assert parse_birth(text) == APRIL_FIRST


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1985-04-00", PartialDate(1985, 4)),
        ("19850000", PartialDate(1985)),
        ("1985年4月不詳日", PartialDate(1985, 4)),
        ("1985年不詳月不詳日", PartialDate(1985)),
        ("昭和60年4月日不詳", PartialDate(1985, 4)),
        ("不詳", PartialDate()),
        ("", PartialDate()),
        ("令和元年5月1日", PartialDate(2019, 5, 1)),
    ],
)
def test_parse_birth_knows_unknown_parts(text, expected):
    assert parse_birth(text) == expected


@pytest.mark.parametrize(
    "text", ["1985-02-30", "S65.1.8", "H31.5.1", "85-04-01", "1985-13-01", "yesterday", "0000-01-01", "1985-00-01"]
)
def test_parse_birth_refuses(text):
    with pytest.raises(DateInvalid):
        parse_birth(text)


def test_parse_day_wants_the_whole_date():
    assert parse_day("2026-11-01") == dt.date(2026, 11, 1)
    assert parse_day("") is None
    with pytest.raises(DateInvalid):
        parse_day("2026-11-00")


def test_partial_date_names_what_is_unknown():
    assert str(APRIL_FIRST) == "昭和60年4月1日"
    assert str(PartialDate(1985, 4)) == "1985年4月日不詳"
    assert str(PartialDate(1985)) == "1985年月不詳日不詳"
    assert str(PartialDate()) == "不詳"


def test_partial_date_of_an_era_with_unknown_day():
    assert partial_date(era="昭和", year=60, month=4, day=None) == PartialDate(1985, 4)
    assert partial_date(era="", year=1985, month=None, day=None) == PartialDate(1985)


@given(st.dates(min_value=dt.date(1873, 1, 1), max_value=dt.date(2100, 1, 1)))
def test_parse_birth_reads_what_str_writes(day):
    partial = PartialDate(day.year, day.month, day.day)
    assert parse_birth(str(partial)) == partial
    assert parse_birth(day.isoformat()).date == day
