import datetime as dt

import pytest

from cityhall import days
from cityhall.days import NoSuchDate, add_business_days, age_on, closed_between, from_wareki, is_business_day, wareki
from cityhall.models import ClosedDay


@pytest.mark.parametrize(
    ("date", "text"),
    [
        (dt.date(2026, 11, 21), "令和8年11月21日"),
        (dt.date(2019, 5, 1), "令和元年5月1日"),
        (dt.date(2019, 4, 30), "平成31年4月30日"),
        (dt.date(1989, 1, 8), "平成元年1月8日"),
        (dt.date(1989, 1, 7), "昭和64年1月7日"),
        (dt.date(1926, 12, 25), "昭和元年12月25日"),
        (dt.date(1926, 12, 24), "大正15年12月24日"),
        (dt.date(1912, 7, 30), "大正元年7月30日"),
        (dt.date(1912, 7, 29), "明治45年7月29日"),
        (dt.date(1867, 12, 31), "1867年12月31日"),
    ],
)
def test_wareki(date, text):
    assert wareki(date) == text


def test_wareki_may_write_the_first_year_as_a_number():
    assert wareki(dt.date(2019, 5, 1), first_year="1") == "令和1年5月1日"


@pytest.mark.parametrize(
    ("era", "parts", "date"),
    [
        ("令和", (8, 11, 21), dt.date(2026, 11, 21)),
        ("reiwa", (1, 5, 1), dt.date(2019, 5, 1)),
        ("H", (31, 4, 30), dt.date(2019, 4, 30)),
        ("昭和", (64, 1, 7), dt.date(1989, 1, 7)),
        # the day of change belongs to both eras
        ("明治", (45, 7, 30), dt.date(1912, 7, 30)),
        ("大正", (1, 7, 30), dt.date(1912, 7, 30)),
        ("大正", (15, 12, 25), dt.date(1926, 12, 25)),
        ("昭和", (1, 12, 25), dt.date(1926, 12, 25)),
    ],
)
def test_from_wareki(era, parts, date):
    assert from_wareki(era, *parts) == date


@pytest.mark.parametrize(
    ("era", "parts"),
    [
        ("平成", (31, 5, 1)),
        ("令和", (1, 4, 30)),
        ("昭和", (64, 1, 8)),
        ("令和", (0, 1, 1)),
        ("令和", (8, 2, 29)),
        ("令和", (99999, 1, 1)),
        ("慶応", (3, 1, 1)),
    ],
)
def test_from_wareki_refuses_dates_outside_the_era(era, parts):
    with pytest.raises(NoSuchDate):
        from_wareki(era, *parts)


def test_every_day_reads_back():
    day = dt.date(1873, 1, 1)
    while day < dt.date(2030, 1, 1):
        era = days.era_of(day)
        assert from_wareki(era.name, day.year - era.first_day.year + 1, day.month, day.day) == day
        day += dt.timedelta(days=17)


def test_business_days_leave_out_weekends_holidays_and_closed_days(db):
    ClosedDay.objects.create(date=dt.date(2026, 12, 29), name="年末年始")
    assert is_business_day(dt.date(2026, 11, 20))
    assert not is_business_day(dt.date(2026, 11, 21))
    assert not is_business_day(dt.date(2026, 11, 23))
    assert not is_business_day(dt.date(2026, 12, 29))


def test_the_day_after_receipt_counts_as_one(db):
    # Friday; Monday 23 November is a holiday
    assert add_business_days(dt.date(2026, 11, 20), 1) == dt.date(2026, 11, 24)
    assert add_business_days(dt.date(2026, 11, 20), 4) == dt.date(2026, 11, 27)
    assert add_business_days(dt.date(2026, 11, 20), 0) == dt.date(2026, 11, 20)


def test_business_days_over_the_turn_of_the_year(db, django_assert_num_queries):
    for day in (29, 30, 31):
        ClosedDay.objects.create(date=dt.date(2026, 12, day), name="年末年始")
    for day in (1, 2, 3):
        ClosedDay.objects.create(date=dt.date(2027, 1, day), name="年末年始")
    with django_assert_num_queries(1):
        assert add_business_days(dt.date(2026, 12, 28), 1) == dt.date(2027, 1, 4)


def test_business_days_are_not_counted_backwards(db):
    with pytest.raises(ValueError, match="forward"):
        add_business_days(dt.date(2026, 1, 1), -1)


@pytest.mark.parametrize(
    ("birth", "on", "age"),
    [
        (dt.date(1990, 4, 12), dt.date(2026, 4, 11), 35),
        (dt.date(1990, 4, 12), dt.date(2026, 4, 12), 36),
        (dt.date(2000, 2, 29), dt.date(2026, 2, 28), 25),
        (dt.date(2000, 2, 29), dt.date(2026, 3, 1), 26),
        (dt.date(2000, 2, 29), dt.date(2028, 2, 29), 28),
    ],
)
def test_age_on(birth, on, age):
    assert age_on(birth, on) == age


def test_local_date_is_the_date_in_tokyo():
    assert days.local_date(dt.datetime(2026, 3, 31, 15, 0, tzinfo=dt.UTC)) == dt.date(2026, 4, 1)


@pytest.mark.parametrize(
    ("date", "open_day"),
    [
        (dt.date(2026, 11, 20), dt.date(2026, 11, 20)),
        # Saturday, Sunday, Labour Thanksgiving Day
        (dt.date(2026, 11, 21), dt.date(2026, 11, 24)),
        # closed by the city itself, on a Friday
        (dt.date(2026, 11, 27), dt.date(2026, 11, 30)),
    ],
)
def test_last_day_on_a_closed_day_is_the_next_open_one(date, open_day):
    assert days.first_open_day(date, {dt.date(2026, 11, 27)}) == open_day


@pytest.mark.django_db
def test_closed_between_names_holidays_and_closed_days_but_no_weekends():
    ClosedDay.objects.create(date=dt.date(2026, 12, 29), name="年末の閉庁日")
    ClosedDay.objects.create(date=dt.date(2027, 1, 5), name="区間の外")
    assert closed_between(dt.date(2026, 11, 21), dt.date(2027, 1, 4)) == {
        dt.date(2026, 11, 23): "勤労感謝の日",
        dt.date(2026, 12, 29): "年末の閉庁日",
        dt.date(2027, 1, 1): "元日",
    }
    assert closed_between(dt.date(2026, 11, 23), dt.date(2026, 11, 22)) == {}
