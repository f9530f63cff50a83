"""Editor, job and booking at the same moment, in threads on PostgreSQL; the guard next to a control without it."""

import datetime as dt
import threading

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import F

from cityhall.enums import Role
from cityhall.errors import StaleState
from reservations.enums import ReservationState
from reservations.errors import HoldOver, SlotGone
from reservations.models import OpeningRule, Reservation, Slot
from reservations.services import slots as door
from reservations.services import supply
from tests import factories
from tests.applications.test_races import at_once
from tests.reservations import kit

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
NOW = kit.at(dt.date(2026, 11, 19), 8)
MONDAY = dt.date(2026, 11, 30)
ROUNDS = 5


@pytest.fixture
def group(municipality):
    return kit.make_group(horizon_days=14, cooling_minutes=0)


@pytest.fixture
def place():
    return kit.make_place()


def test_control_bare_updates_in_opposite_orders_deadlock(group, place):
    """Two writers of the same rows without an order between them: the database has to kill one."""
    one, other = kit.make_slots(group, place, 2, capacity=9)
    has_first = threading.Barrier(2)

    def change(first, second):
        with transaction.atomic():
            Slot.objects.filter(pk=first.pk).update(taken=F("taken") + 1)
            has_first.wait(timeout=60)
            Slot.objects.filter(pk=second.pk).update(taken=F("taken") + 1)

    results = at_once(lambda: change(one, other), lambda: change(other, one))
    killed = [result for result in results if isinstance(result, OperationalError)]
    assert len(killed) == 1
    assert "deadlock detected" in str(killed[0])


def test_ordered_locks_take_the_same_rows_without_a_deadlock(group, place):
    """The same two writers, each asking for the rows in the opposite order of the other."""
    rows = kit.make_slots(group, place, 6, capacity=2 * ROUNDS)
    ids = [row.pk for row in rows]

    def take(wanted):
        for _round in range(ROUNDS):
            with transaction.atomic():
                door.take(wanted, places=1, is_public=True, now=kit.timezone.now())

    def edit(wanted):
        for _round in range(ROUNDS):
            with transaction.atomic():
                for slot in door.lock_slots(wanted):
                    Slot.objects.filter(pk=slot.pk).update(closed_at=None)

    backwards = ids[::-1]
    assert (
        at_once(*[lambda: take(ids), lambda: take(backwards), lambda: edit(ids), lambda: edit(backwards)]) == [None] * 4
    )
    assert set(Slot.objects.values_list("taken", flat=True)) == {2 * ROUNDS}


def make_rule(group, place):
    rule = OpeningRule(
        group=group,
        place=place,
        weekdays=[0],
        from_time=dt.time(9),
        until_time=dt.time(12),
        valid_from=dt.date(2026, 1, 5),
        slot_minutes=20,
        capacity=3,
        public_capacity=3,
    )
    supply.save_rule(rule=rule, by=None, now=NOW)
    return rule


def edit_again_and_again(rule):
    for number in range(ROUNDS):
        row = OpeningRule.objects.get(pk=rule.pk)
        row.capacity = row.public_capacity = 1 + number % 3
        supply.save_rule(rule=row, by=None, now=NOW)
    return "edited"


def rebuild_again_and_again():
    for _round in range(ROUNDS):
        supply.rebuild(now=NOW)
    return "rebuilt"


def close_and_open_again(place, group):
    for _round in range(2):
        supply.close_day(place=place, group=group, day=MONDAY, reason="点検", by=None, now=NOW)
        supply.reopen_day(place=place, group=group, day=MONDAY, by=None, now=NOW)
    return "reopened"


def book_one_after_another(service, chains):
    """How many of these visits of an hour were to be had."""
    booked = 0
    for chain in chains:
        try:
            kit.make_reservation(service, chain, now=NOW)
        except (SlotGone, HoldOver):
            continue
        booked += 1
    return booked


def test_editor_job_closing_and_booking_side_by_side(group, place):
    """Nobody is killed, nothing is overbooked, and the slots end as the last settings say."""
    rule = make_rule(group, place)
    service = kit.make_service(group, place, minutes=60)
    day = list(Slot.objects.filter(business_day=MONDAY).order_by("starts_at"))
    chains = [day[number : number + 3] for number in (0, 3, 6, 1, 4)]
    results = at_once(
        lambda: edit_again_and_again(rule),
        rebuild_again_and_again,
        lambda: close_and_open_again(place, group),
        lambda: book_one_after_another(service, chains),
        lambda: book_one_after_another(service, chains[::-1]),
    )
    assert results[:3] == ["edited", "rebuilt", "reopened"]
    booked = Reservation.objects.filter(state=ReservationState.BOOKED).count()
    assert results[3] + results[4] == booked
    kit.assert_counts_agree()
    supply.rebuild(now=NOW)
    assert supply.rebuild(now=NOW).changed == 0
    last = 1 + (ROUNDS - 1) % 3
    assert {slot.capacity for slot in Slot.objects.filter(wanted_capacity__isnull=True)} == {last}
    assert not Slot.objects.filter(wanted_capacity__isnull=True, closed_at__isnull=False).exists()


def test_two_jobs_at_once_make_each_slot_once(group, place):
    rule = make_rule(group, place)
    Slot.objects.all().delete()
    results = at_once(*[lambda: supply.rebuild(now=NOW)] * 4)
    assert sum(result.made for result in results) >= Slot.objects.count() > 0
    expected = Slot.objects.count()
    Slot.objects.all().delete()
    assert supply.rebuild(group=rule.group, now=NOW).made == expected


def test_one_of_two_editors_of_a_rule_is_told(group, place, department):
    rule = make_rule(group, place)
    people = [factories.make_staff(role=Role.HANDLER, department=department) for _number in range(2)]

    def change(capacity, by):
        row = OpeningRule.objects.get(pk=rule.pk)
        row.capacity = capacity
        seen.wait(timeout=60)
        return supply.save_rule(rule=row, by=by, now=NOW)

    seen = threading.Barrier(2)
    results = at_once(lambda: change(5, people[0]), lambda: change(7, people[1]))
    assert sum(isinstance(result, StaleState) for result in results) == 1
    stored = OpeningRule.objects.get(pk=rule.pk)
    assert set(Slot.objects.values_list("capacity", flat=True)) == {stored.capacity}


def test_closing_twice_at_once_tells_everybody_once(group, place):
    make_rule(group, place)
    service = kit.make_service(group, place)
    slot = Slot.objects.filter(business_day=MONDAY).earliest("starts_at")
    for _number in range(3):
        kit.make_reservation(service, slot, now=NOW)

    def close():
        return supply.close_day(place=place, group=group, day=MONDAY, reason="点検", by=None, now=NOW)

    results = at_once(close, close)
    assert sum(len(result.told.mailed) for result in results) == 3
    assert sum(result.slots for result in results) == 9
