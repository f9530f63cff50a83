"""Two people at one row of the inventory, in threads on PostgreSQL; next to a control without the guard."""

import threading

import pytest
from django.db import connection, transaction

from applications.enums import InventoryChannel
from applications.models import InventoryItem, InventoryVolume
from applications.queries.inventory import counts_of
from applications.services.inventory import ItemChanged, save_item, seen_of
from cityhall.enums import Role
from cityhall.models import User
from tests import factories
from tests.applications.test_races import at_once

ONLINE, COUNTER = InventoryChannel.ONLINE, InventoryChannel.COUNTER
YEAR = 2026

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def people(department):
    return [factories.make_staff(role=Role.HANDLER, department=department) for _number in range(2)]


@pytest.fixture
def item(department):
    item = InventoryItem.objects.create(code="1", name="転入届", department=department)
    InventoryVolume.objects.create(item=item, fiscal_year=YEAR, channel=ONLINE, count=1)
    return item


def saving(item, person, count):
    """Everything of one person: the row as their page showed it, and one number for each channel."""
    row = InventoryItem.objects.select_related("department").get(pk=item.pk)
    values = {"name": row.name, "department": row.department}
    counts = {(YEAR, ONLINE): count, (YEAR, COUNTER): count}
    seen = seen_of(row)
    return lambda: save_item(item=row, values=values, counts=counts, seen=seen, by=User.objects.get(pk=person.pk))


def test_volumes_are_those_of_one_of_two_who_save(item, people):
    for _round in range(5):
        results = at_once(*[saving(item, person, count) for person, count in zip(people, (100, 200), strict=True)])
        assert [type(one) for one in results].count(ItemChanged) == 1
        written = counts_of(item)
        assert written in ({(YEAR, ONLINE): count, (YEAR, COUNTER): count} for count in (100, 200))
        InventoryVolume.objects.filter(item=item).update(count=1)


def test_control_without_the_stamp_the_volumes_are_mixed(item, people):
    turns = {100: (ONLINE, COUNTER), 200: (COUNTER, ONLINE)}
    between = threading.Barrier(2)

    def write(count):
        for channel in turns[count]:
            with transaction.atomic():
                InventoryVolume.objects.update_or_create(
                    item=item, fiscal_year=YEAR, channel=channel, defaults={"count": count}
                )
            between.wait(timeout=60)

    assert at_once(lambda: write(100), lambda: write(200)) == [None, None]
    assert sorted(counts_of(item).values()) == [100, 200]
