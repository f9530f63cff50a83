"""The corner at the same moment twice, in threads on PostgreSQL."""

import pytest
from django.db import connection

from cityhall.errors import StaleState
from counter.bereavement.enums import Finding
from counter.models import Bereavement, BereavementRequest, BereavementSheet
from counter.services import bereavements
from counter.services.bereavements import Reply
from tests.applications.test_races import at_once
from tests.counter.bereavementkit import book, make_corner, prepared, sheet_of, staff_of, told

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def corner(municipality, department):
    return make_corner(department)[0]


def test_two_browsers_begin_with_one_booking(corner):
    reservation = book(corner)
    rows = at_once(*[lambda: bereavements.begin(reservation, corner, by=None)] * 2)
    assert len({row.pk for row in rows}) == 1
    assert Bereavement.objects.count() == 1


def test_the_button_and_the_task_prepare_once(corner):
    row = told(corner)
    seen = [Bereavement.objects.get(pk=row.pk) for _one in range(2)]
    results = at_once(*[lambda one=one: bereavements.prepare(one, by=None) for one in seen])
    assert sorted(results) == [False, True]
    assert (BereavementSheet.objects.count(), BereavementRequest.objects.count()) == (3, 3)


def test_of_two_colleagues_one_is_told(corner):
    sheet = sheet_of(prepared(corner), "hoken")
    [request] = sheet.requests.all()
    people = [staff_of("hoken"), staff_of("hoken")]

    def answer(by, found):
        replies = {request.pk: Reply(found, str(found))}
        return bereavements.reply(sheet, replies=replies, seen_revision=sheet.revision, by=by)

    results = at_once(lambda: answer(people[0], Finding.YES), lambda: answer(people[1], Finding.NO))
    assert len([one for one in results if isinstance(one, StaleState)]) == 1
    kept = BereavementRequest.objects.get(pk=request.pk)
    assert kept.note == kept.finding
    assert sheet.bereavement.events.filter(kind="answered").count() == 1
