import datetime as dt

import pytest
from django.db import DataError

from cityhall.db import is_postgresql
from cityhall.ids import public_id
from residents.bulk import insert_alike, insert_rows, next_ids, update_rows
from residents.models import Household, Resident

pytestmark = pytest.mark.django_db

ODD = ["\\", "\\N", "\\.", "a\tb\nc\r\nd", "'\"", "髙𠮷葛\U000e0100", "", " "]


def test_rows_alike_keep_every_character():
    ids = next_ids(Household, len(ODD))
    insert_alike(
        Household,
        {},
        ("id", "public_id", "number"),
        [(pk, public_id(), f"{pk}{odd}") for pk, odd in zip(ids, ODD, strict=True)],
    )
    assert dict(Household.objects.values_list("pk", "number")) == {
        pk: f"{pk}{odd}" for pk, odd in zip(ids, ODD, strict=True)
    }


def test_rows_alike_take_defaults_days_and_nothing():
    now = dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC)
    same = {"died_on": dt.date(2026, 1, 2), "user_id": None, "created_at": now, "town": "緑\t町"}
    names = [f"名{odd}" for odd in ODD]
    insert_alike(Resident, same, ("public_id", "full_name"), [(public_id(), name) for name in names])
    rows = Resident.objects.order_by("pk").values_list(
        "full_name", "died_on", "user_id", "created_at", "town", "street"
    )
    assert list(rows) == [(name, dt.date(2026, 1, 2), None, now, "緑\t町", "") for name in names]


@pytest.mark.skipif(not is_postgresql(), reason="SQLite takes U+0000 in a text")
def test_text_that_postgresql_has_not_is_refused_before_it_moves_a_column():
    with pytest.raises(ValueError, match=r"U\+0000|NUL|0x00"):
        insert_alike(Resident, {}, ("public_id", "full_name"), [(public_id(), "a\0b")])


def test_numbers_reserved_are_nobody_elses():
    insert_rows(Household, [{"public_id": public_id(), "number": "before"}])
    first = next_ids(Household, 3)
    insert_alike(Household, {}, ("id", "public_id", "number"), [(pk, public_id(), str(pk)) for pk in first])
    after = Household.objects.create(number="after").pk
    assert len({*first, *next_ids(Household, 3), after, Household.objects.get(number="before").pk}) == 8


def test_many_rows_are_changed_each_its_own_way():
    people = [Resident.objects.create(full_name=name) for name in "abc"]
    moment = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    rows = [
        ("x\\", dt.date(2026, 1, 1), moment, people[0].pk),
        ("y", None, moment, people[1].pk),
    ]
    update_rows(Resident, ("full_name", "died_on", "updated_at"), rows)
    found = Resident.objects.order_by("pk").values_list("full_name", "died_on")
    assert list(found) == [("x\\", dt.date(2026, 1, 1)), ("y", None), ("c", None)]


@pytest.mark.skipif(not is_postgresql(), reason="SQLite has no lengths")
def test_text_too_long_for_its_column_is_refused_and_never_cut():
    household = Household.objects.create(number="1")
    with pytest.raises(DataError):
        update_rows(Household, ("number",), [("x" * 31, household.pk)])
