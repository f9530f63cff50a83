"""Finding people, and what may be shown of them."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from cityhall.enums import Role
from cityhall.pages import keyset_page
from residents.dates import parse_birth
from residents.enums import ExternalIdKind
from residents.models import ExternalId, Household, Resident
from residents.queries import (
    age_of,
    household_of,
    is_protected,
    resident_of,
    residents_matching,
    search_residents,
    visible_address,
)
from residents.services.profiles import birth_columns, name_columns
from tests import factories

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 11, 21)


def make(family, given, family_kana, given_kana, *, number=None, birth="1990-04-12", **fields):
    row = Resident.objects.create(
        source="register",
        **name_columns(family, given, family_kana, given_kana),
        **birth_columns(parse_birth(birth)),
        **fields,
    )
    if number:
        ExternalId.objects.create(resident=row, kind=ExternalIdKind.RESIDENT_NUMBER, value=number)
    return row


@pytest.fixture
def city(db):
    return [
        make("髙橋", "一郎", "タカハシ", "イチロウ", number="12345678"),
        make("高橋", "さくら", "タカハシ", "サクラ", birth="1985-04-01", phone="+81312345678"),
        make("齋藤", "次郎", "サイトウ", "ジロウ", birth="1985-04-00"),
        make("Müller", "Anna", "ミュラー", "アンナ"),
    ]


def names(people):
    return [person.full_name for person in people]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("高橋", ["髙橋\u3000一郎", "高橋\u3000さくら"]),
        ("髙橋 一郎", ["髙橋\u3000一郎"]),
        ("ｻｲﾄｳ", ["齋藤\u3000次郎"]),
        ("さいとう じろう", ["齋藤\u3000次郎"]),
        ("斎藤", ["齋藤\u3000次郎"]),
        ("MÜLLER", ["Müller\u3000Anna"]),
        ("03-1234-5678", ["高橋\u3000さくら"]),
        ("１２３４５６７８", ["髙橋\u3000一郎"]),
        ("1985-04-01", ["高橋\u3000さくら"]),
        ("S60.4.1", ["高橋\u3000さくら"]),
        ("高橋 昭和60年4月1日", ["高橋\u3000さくら"]),
        ("1985-04-00", ["齋藤\u3000次郎"]),
        ("橋", []),
        ("%", []),
        ("", []),
        ("  ", []),
        ("・", []),
    ],
)
def test_search_finds_in_the_order_of_kana(city, text, found):
    assert names(search_residents(text)) == found


def test_search_leaves_merged_rows_out(city):
    Resident.objects.filter(pk=city[0].pk).update(merged_into=city[1])
    assert names(search_residents("高橋")) == ["高橋\u3000さくら"]


def test_search_goes_on_page_by_page(city):
    order = ("search_kana", "id")
    first = keyset_page(residents_matching("タカハシ"), order=order, size=1)
    second = keyset_page(residents_matching("タカハシ"), order=order, size=1, after=first.next_cursor)
    assert names(first.rows) + names(second.rows) == ["髙橋\u3000一郎", "高橋\u3000さくら"]
    assert second.next_cursor == ""


@pytest.mark.parametrize(("text", "queries"), [("高橋", 1), ("たかはし", 1), ("1985-04-01", 1), ("12345678", 2)])
def test_search_costs_a_constant_number_of_queries(city, text, queries, django_assert_num_queries):
    with django_assert_num_queries(queries):
        search_residents(text)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads so small a table as a whole")
@pytest.mark.parametrize(("text", "index"), [("高橋", "resident_by_name"), ("たかはし", "resident_by_kana")])
def test_search_reads_a_range_of_an_index(city, text, index):
    assert f"{index} (" in residents_matching(text).explain()


def test_protected_address_is_for_the_person_and_few_others(department):
    user = factories.make_user("a@example.jp")
    person = factories.make_resident(user=user, street="1-1", protected_until=DAY)
    clerk = factories.make_staff(role=Role.CLERK, department=department)
    administrator = factories.make_staff(role=Role.ADMINISTRATOR)
    assert is_protected(person, on=DAY)
    for viewer in (clerk, factories.make_user(), AnonymousUser(), None):
        assert visible_address(person, to=viewer, on=DAY) == ""
    for viewer in (user, administrator):
        assert visible_address(person, to=viewer, on=DAY) == person.address
    assert visible_address(person, to=None, on=DAY + dt.timedelta(days=1)) == person.address


def test_resident_of_is_none_for_staff_and_strangers(db):
    resident = factories.make_resident(user=factories.make_user("a@example.jp"))
    assert resident_of(resident.user) == resident
    assert resident_of(factories.make_user()) is None
    assert resident_of(factories.make_user(is_staff=True)) is None
    assert resident_of(AnonymousUser()) is None


def test_household_has_those_who_live_there(db):
    household = Household.objects.create(number="1")
    mother = factories.make_resident(household=household, birth_date=dt.date(1980, 1, 1))
    child = factories.make_resident(household=household, birth_date=dt.date(2010, 1, 1))
    factories.make_resident(household=household, died_on=DAY)
    alone = factories.make_resident()
    assert list(household_of(child)) == [mother, child]
    assert list(household_of(alone)) == [alone]


def test_age_needs_the_whole_birth_date(db):
    assert age_of(factories.make_resident(birth_date=dt.date(1985, 4, 1)), on=DAY) == 41
    assert age_of(factories.make_resident(birth_date=None), on=DAY) is None
