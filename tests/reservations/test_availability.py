"""What is free: the document, what it hides, and that booking does not rely on it."""

import datetime as dt
import json
import time

import pytest
from django.utils import timezone

from reservations.errors import SlotGone
from reservations.models import Slot
from reservations.months import Room
from reservations.queries import availability
from tests.reservations import kit

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def place(municipality):
    return kit.make_place()


@pytest.fixture
def group(department):
    return kit.make_group(department)


@pytest.fixture
def service(group, place):
    return kit.make_service(group, place)


def look(service, place, minutes=20, **fields):
    day = timezone.localdate()
    values = {"from_day": day, "until_day": day + dt.timedelta(days=30), "now": timezone.now()}
    return availability.month(group=service.group, place=place, service=service, minutes=minutes, **values | fields)


def rooms(document):
    return [time.room for day in document.days for time in day.times]


def test_times_say_how_much_room_there_is(service, group, place):
    free, few, full, _staff = kit.make_slots(group, place, 4, capacity=5)
    Slot.objects.filter(pk=few.pk).update(taken=3, taken_public=3)
    Slot.objects.filter(pk=full.pk).update(taken=5, taken_public=5)
    Slot.objects.filter(pk=_staff.pk).update(opens_at=None)
    document = look(service, place)
    assert rooms(document) == [Room.FREE, Room.FEW, Room.FULL, Room.CLOSED]
    day = document.day(free.business_day)
    assert (day.room, day.times[0].starts_at) == (Room.FEW, free.starts_at)
    assert document.rooms()[free.business_day].room == Room.FEW


def test_day_without_room_says_why(service, group, place):
    slot, opening = kit.make_slot(group, place), timezone.now() + 90 * MINUTE
    kit.make_reservation(service, slot)
    assert look(service, place).days[0].room == Room.FULL
    Slot.objects.update(opens_at=opening)
    day = look(service, place).days[0]
    assert (day.room, day.opens_at) == (Room.NOT_YET, opening)
    Slot.objects.update(closed_at=timezone.now())
    assert look(service, place).days == ()


def test_longer_visits_begin_where_slots_in_a_row_are_free(service, group, place):
    slots = kit.make_slots(group, place, 4)
    kit.make_reservation(service, slots[2])
    document = look(service, place, minutes=40)
    assert rooms(document) == [Room.FREE, Room.FULL, Room.FULL]
    found = availability.free_slots(group=group, place=place, minutes=40, day=slots[0].business_day)
    assert found == [slots[:2]]
    assert availability.slots_at(group=group, place=place, starts_at=slots[1].starts_at, minutes=40) == slots[1:3]
    assert availability.slots_at(group=group, place=place, starts_at=slots[3].starts_at, minutes=40) == []


def test_gap_between_slots_is_no_visit(service, group, place):
    one, _two, three = kit.make_slots(group, place, 3)
    _two.delete()
    assert rooms(look(service, place, minutes=40)) == []
    assert [one.pk, three.pk] == [
        chain[0].pk for chain in availability.free_slots(group=group, place=place, minutes=20, day=one.business_day)
    ]


def test_people_count_where_they_take_seats(service, group, place):
    type(group).objects.update(counts_people=True)
    group.refresh_from_db()
    service.refresh_from_db()
    kit.make_slot(group, place, capacity=3)
    assert [rooms(look(service, place, people=people)) for people in (1, 3, 4)] == [
        [Room.FREE],
        [Room.FREE],
        [Room.FULL],
    ]


def test_staff_see_what_is_held_back(service, group, place):
    slot = kit.make_slot(group, place, capacity=2, public_capacity=1)
    kit.make_reservation(service, slot)
    found = {
        is_public: availability.free_slots(
            group=group, place=place, minutes=20, day=slot.business_day, is_public=is_public
        )
        for is_public in (True, False)
    }
    assert found == {True: [], False: [[slot]]}


def test_lead_time_hides_what_begins_too_soon(service, group, place):
    now = timezone.now()
    type(group).objects.update(lead_minutes=60)
    service = type(service).objects.select_related("group").get()
    kit.make_slot(group, place, now + 59 * MINUTE)
    late = kit.make_slot(group, place, now + 61 * MINUTE)
    document = look(service, place, now=now)
    assert [time.starts_at for day in document.days for time in day.times] == [late.starts_at]


def test_document_has_no_numbers_of_rows_and_a_steady_etag(service, group, place):
    slot = kit.make_slot(group, place)
    first, second = look(service, place), look(service, place)
    assert (first.body, first.etag) == (second.body, second.etag)
    content = json.loads(first.body)
    assert content["days"] == [
        {
            "date": slot.business_day.isoformat(),
            "room": "free",
            "opens_at": None,
            "times": [{"from": "09:00", "until": "09:20", "room": "free"}],
        }
    ]
    kit.make_reservation(service, slot)
    assert look(service, place).etag != first.etag


def test_document_is_kept_for_two_seconds_and_booking_does_not_rely_on_it(
    service, group, place, monkeypatch, django_assert_num_queries
):
    slot = kit.make_slot(group, place)
    with django_assert_num_queries(1):
        assert rooms(look(service, place, now=None)) == [Room.FREE]
    kit.make_reservation(service, slot)
    with django_assert_num_queries(0):
        assert rooms(look(service, place, now=None)) == [Room.FREE]
    with pytest.raises(SlotGone):
        kit.hold(service, slot)
    later = time.monotonic() + availability.SECONDS
    monkeypatch.setattr(availability.time, "monotonic", lambda: later)
    assert rooms(look(service, place, now=None)) == [Room.FULL]


def test_queries_do_not_grow_with_the_days(service, group, place, django_assert_num_queries):
    for days in range(1, 4):
        kit.make_slots(group, place, 3, kit.at(kit.next_week(days), 9))
        with django_assert_num_queries(1):
            look(service, place)
