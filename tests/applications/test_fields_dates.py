import datetime as dt

import pytest

from tests.applications.fieldkit import clean, refusal, wrong_parts


def _date(era, year, month, day):
    return {"era": era, "year": year, "month": month, "day": day}


@pytest.mark.parametrize(
    ("parts", "stored"),
    [
        (_date("heisei", "元", "1", "8"), "1989-01-08"),
        (_date("showa", "64", "1", "7"), "1989-01-07"),
        (_date("reiwa", "８", "１１", "２１"), "2026-11-21"),
        (_date("western", "2024", "2", "29"), "2024-02-29"),
        # the list still stands at 令和, but the year says it all
        (_date("reiwa", "1990", "4", "12"), "1990-04-12"),
        (_date("reiwa", "", "", ""), None),
    ],
)
@pytest.mark.django_db
def test_date_takes_eras_and_western_years(parts, stored):
    assert clean("date", parts) == stored


_NO_DATE = "この日付はありません。年号と年月日をご確認ください。"
_NO_YEAR = "年を数字で入力してください（元年は「元」か「1」）。"
_NO_MONTH = "月を1から12までの数字で入力してください。"
_NO_DAY = "日を1から31までの数字で入力してください。"


@pytest.mark.parametrize(
    ("parts", "mistakes"),
    [
        (_date("heisei", "31", "5", "1"), [(_NO_DATE, ("era", "year"))]),
        (_date("edo", "3", "1", "1"), [(_NO_DATE, ("era", "year"))]),
        (_date("western", "2023", "2", "29"), [(_NO_DATE, ("day",))]),
        (_date("reiwa", "8", "4", "31"), [(_NO_DATE, ("day",))]),
        (_date("western", "99999", "1", "1"), [(_NO_YEAR, ("year",))]),
        (_date("reiwa", "0", "1", "1"), [(_NO_YEAR, ("year",))]),
        (_date("reiwa", "八", "13", "1"), [(_NO_YEAR, ("year",)), (_NO_MONTH, ("month",))]),
        (_date("reiwa", "٣", "x", "32"), [(_NO_YEAR, ("year",)), (_NO_MONTH, ("month",)), (_NO_DAY, ("day",))]),
        (_date("reiwa", "", "13", ""), [("年・日を入力してください。", ("year", "day")), (_NO_MONTH, ("month",))]),
    ],
)
def test_date_that_does_not_exist_names_its_wrong_parts(parts, mistakes):
    assert wrong_parts("date", parts) == mistakes


def test_date_far_ahead_is_a_slip_of_the_finger():
    assert refusal("date", _date("reiwa", "99", "1", "1")) == ["この日付は先すぎます。年号と年をご確認ください。"]


def test_date_names_the_missing_parts():
    assert refusal("date", _date("reiwa", "8", "", "")) == ["月・日を入力してください。"]


def test_date_has_limits():
    assert refusal("date", _date("western", "2999", "1", "1"), max="today")[0].endswith(
        "以前の日付を入力してください。"
    )
    assert refusal("date", _date("western", "1999", "1", "1"), min="2000-04-01") == [
        "平成12年4月1日（2000年）以降の日付を入力してください。"
    ]


def test_date_of_today_is_not_in_the_future():
    from cityhall.days import today

    day = today()
    assert clean("date", _date("western", str(day.year), str(day.month), str(day.day)), max="today") == day.isoformat()
    tomorrow = day + dt.timedelta(days=1)
    refusal("date", _date("western", str(tomorrow.year), str(tomorrow.month), str(tomorrow.day)), max="today")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13:30", "13:30"),
        ("１３：３０", "13:30"),
        ("1330", "13:30"),
        ("930", "09:30"),
        ("9時", "09:00"),
        ("13時半", "13:30"),
        ("午後1時30分", "13:30"),
        ("午後 １時半", "13:30"),
        ("1:30 PM", "13:30"),
        ("9:05 a.m.", "09:05"),
        ("午前0時", "00:00"),
        ("正午", "12:00"),
        ("12:15", "12:15"),
        ("午後13時", "13:00"),
        ("", None),
    ],
)
def test_time_is_understood_as_people_write_it(typed, stored):
    assert clean("time", typed) == stored


@pytest.mark.parametrize("text", ["あした", "1", "午前9時AM", "::", "9時90", "9:5:5"])
def test_time_that_is_none_is_asked_again(text):
    (sentence,) = refusal("time", text)
    assert sentence.startswith(("時刻は「13:30」", "この時刻はありません。"))


def test_noon_and_midnight_are_asked_for_by_the_clock_of_24_hours():
    for text in ("午前12時", "午後12時30分", "12:00 pm"):
        assert refusal("time", text)[0].startswith("12時台の時刻は、正午なら「12:00」、夜中なら「0:00」")


def test_time_has_limits():
    assert clean("time", "17:15", min="08:30", max="17:15") == "17:15"
    assert refusal("time", "8:00", min="08:30") == ["8時30分以降の時刻を入力してください。"]
    assert refusal("time", "18:00", max="17:00") == ["17時以前の時刻を入力してください。"]


def test_date_and_time_are_one_answer():
    parts = _date("reiwa", "8", "12", "1")
    assert clean("date_time", parts | {"time": "午後1時半"}) == "2026-12-01T13:30"
    assert clean("date_time", _date("reiwa", "", "", "") | {"time": ""}) is None
    assert refusal("date_time", parts | {"time": ""}) == ["時刻を入力してください。"]
    assert refusal("date_time", _date("reiwa", "", "", "") | {"time": "9:00"}) == ["年・月・日を入力してください。"]
    assert wrong_parts("date_time", _date("reiwa", "8", "13", "1") | {"time": "25:00"}) == [
        (_NO_MONTH, ("month",)),
        ("この時刻はありません。0:00から23:59までの時刻を入力してください。", ("time",)),
    ]
    assert refusal("date_time", parts | {"time": "9:00"}, max="2026-11-30") == [
        "令和8年11月30日（2026年）以前の日付を入力してください。"
    ]
