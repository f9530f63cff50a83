import base64
import datetime as dt
import itertools
import json

import pytest

from cityhall.models import ClosedDay, StaffRole
from cityhall.pages import keyset_page
from tests import factories

pytestmark = pytest.mark.django_db


def walk(queryset, **options):
    """Every page to the end, as lists of primary keys."""
    pages, after = [], ""
    while True:
        page = keyset_page(queryset, after=after, **options)
        pages.append([row.pk for row in page.rows])
        after = page.next_cursor
        if not after:
            return pages


def whole(queryset, **options):
    return list(itertools.chain.from_iterable(walk(queryset, **options)))


@pytest.fixture
def closed_days(db):
    start = dt.date(2026, 1, 1)
    return [ClosedDay.objects.create(date=start + dt.timedelta(days=n), name=f"{n % 3}") for n in range(10)]


def test_pages_follow_each_other_without_gaps_or_repeats(closed_days):
    keys = [day.pk for day in sorted(closed_days, key=lambda day: (day.name, day.pk))]
    assert walk(ClosedDay.objects.all(), order=("name", "id"), size=4) == [keys[:4], keys[4:8], keys[8:]]


def test_a_page_that_ends_exactly_is_the_last(closed_days):
    assert [len(rows) for rows in walk(ClosedDay.objects.all(), order=("date", "id"), size=5)] == [5, 5]
    assert walk(ClosedDay.objects.none(), order=("date", "id")) == [[]]


def test_directions_can_be_mixed(closed_days):
    keys = [day.pk for day in sorted(closed_days, key=lambda day: (-int(day.name), day.pk))]
    assert whole(ClosedDay.objects.all(), order=("-name", "id"), size=3) == keys
    keys = [day.pk for day in sorted(closed_days, key=lambda day: (int(day.name), -day.pk))]
    assert whole(ClosedDay.objects.all(), order=("name", "-id"), size=3) == keys


@pytest.mark.parametrize("order", [("active_until", "id"), ("-active_until", "-id")])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_rows_without_a_value_come_last_on_both_databases(department, order, size):
    made = [
        factories.make_staff(
            role="handler", department=department, active_until=dt.date(2030, 1, day) if day else None
        ).roles.get()
        for day in (2, 0, 1, 0, 2, 3)
    ]
    sign = -1 if order[0].startswith("-") else 1
    dated = sorted((r for r in made if r.active_until), key=lambda r: (sign * r.active_until.toordinal(), sign * r.pk))
    empty = sorted((r for r in made if not r.active_until), key=lambda r: sign * r.pk)
    assert whole(StaffRole.objects.all(), order=order, size=size) == [row.pk for row in dated + empty]


def test_a_row_that_appears_meanwhile_shifts_nothing(closed_days):
    first = keyset_page(ClosedDay.objects.all(), order=("date", "id"), size=3)
    ClosedDay.objects.create(date=dt.date(2025, 1, 1), name="new")
    second = keyset_page(ClosedDay.objects.all(), order=("date", "id"), size=3, after=first.next_cursor)
    assert [row.date.day for row in second.rows] == [4, 5, 6]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%%%",
        "日本語",
        base64.urlsafe_b64encode(b"[1]").decode(),
        base64.urlsafe_b64encode(b'["nonsense", 1]').decode(),
        base64.urlsafe_b64encode(b'{"a": 1}').decode(),
        base64.urlsafe_b64encode(json.dumps(["2026-01-01", [1]]).encode()).decode(),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    ],
)
def test_a_cursor_that_is_not_ours_shows_the_first_page(closed_days, cursor):
    page = keyset_page(ClosedDay.objects.all(), order=("date", "id"), size=3, after=cursor)
    assert [row.date.day for row in page.rows] == [1, 2, 3]


def test_a_page_is_one_query(closed_days, django_assert_num_queries):
    after = keyset_page(ClosedDay.objects.all(), order=("date", "id"), size=3).next_cursor
    with django_assert_num_queries(1) as captured:
        keyset_page(ClosedDay.objects.all(), order=("date", "id"), size=3, after=after)
    assert "COUNT" not in captured[0]["sql"]
    assert "OFFSET" not in captured[0]["sql"]
