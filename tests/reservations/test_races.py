"""Many people at the same moment, in threads on PostgreSQL; each guard next to a control without it."""

import datetime as dt
import random
import threading
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from cityhall.errors import StaleState
from notices.models import OutgoingMail
from reservations.enums import ReservationState as S
from reservations.enums import WaitlistState as W
from reservations.errors import HoldOver, NotBooked, SlotGone, TooManyBookings
from reservations.models import FreedPlace, Reservation, Slot, WaitlistEntry
from reservations.services import bookings, limits, offers, sweeping, waitlist
from reservations.services import slots as door
from tests.applications.test_races import at_once
from tests.reservations import kit

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]

PEOPLE = 50
CAPACITY = 7
MINUTE = dt.timedelta(minutes=1)
# seconds a thread waits for the others: a busy machine is no failure
WAIT = 60


@pytest.fixture
def place(municipality):
    return kit.make_place()


@pytest.fixture
def group(department):
    return kit.make_group(department)


@pytest.fixture
def service(group, place):
    return kit.make_service(group, place)


def booking(service, slots, **fields):
    """One person's way through: hold, then confirm."""
    return lambda: kit.make_reservation(service, slots, **fields)


def kinds(results):
    return sorted({type(found).__name__ for found in results})


def booked(results):
    return [found for found in results if isinstance(found, Reservation)]


# --- one hot slot


def test_fifty_want_seven_places_and_seven_get_one(service, group, place):
    slot = kit.make_slot(group, place, capacity=CAPACITY)
    results = at_once(*[booking(service, slot) for _number in range(PEOPLE)])
    assert kinds(results) == ["Reservation", "SlotGone"]
    assert len(booked(results)) == CAPACITY
    assert Reservation.objects.filter(state=S.BOOKED).count() == OutgoingMail.objects.count() == CAPACITY
    kit.assert_counts_agree()


def check_then_insert(slot_id, capacity, all_have_looked):
    """What well-known systems do: look, then write."""
    with transaction.atomic():
        slot = Slot.objects.get(pk=slot_id)
        is_free = kit.used(slot) < capacity
        all_have_looked.wait()
        if not is_free:
            raise SlotGone
        kit.bare_reservation(slot, state=S.HELD)


def test_control_without_the_guard_is_overbooked(service, group, place):
    slot = kit.make_slot(group, place, capacity=CAPACITY)
    all_have_looked = threading.Barrier(PEOPLE, timeout=WAIT)
    at_once(*[partial(check_then_insert, slot.pk, CAPACITY, all_have_looked) for _number in range(PEOPLE)])
    assert kit.used(slot) > CAPACITY


def test_book_in_one_step_is_as_safe(service, group, place):
    slot = kit.make_slot(group, place, capacity=CAPACITY)

    def book(number):
        return bookings.book(
            group=group, place=place, service=service, slots=[slot],
            contact=kit.make_contact(), request_key=str(number),
        ).reservation  # fmt: skip

    results = at_once(*[partial(book, number) for number in range(PEOPLE)])
    assert len(booked(results)) == CAPACITY == Reservation.objects.count() == OutgoingMail.objects.count()
    kit.assert_counts_agree()


# --- the same thing twice


def test_one_button_pressed_many_times_holds_and_books_once(service, group, place):
    slot = kit.make_slot(group, place, capacity=CAPACITY)
    held = at_once(*[partial(kit.hold, service, slot, holder="a", request_key="k")] * 8)
    assert len({row.pk for row in held}) == 1
    results = at_once(*[partial(kit.confirm, held[0], kit.make_contact(1))] * 8)
    assert len({row.number for row in results}) == 1
    assert OutgoingMail.objects.count() == 1
    kit.assert_counts_agree()


def test_tabs_of_one_browser_hold_one_time(service, group, place):
    slots = kit.make_slots(group, place, 6)
    results = at_once(*[partial(kit.hold, service, slot, holder="a") for slot in slots])
    assert Reservation.objects.filter(state=S.HELD).count() == 1
    assert sum(slot.taken for slot in Slot.objects.all()) == 1
    assert {type(found).__name__ for found in results} <= {"Reservation", "IntegrityError"}
    kit.assert_counts_agree()


def test_one_person_in_many_windows_gets_no_more_than_they_may(service, group, place):
    type(group).objects.update(max_open_per_contact=2)
    slot = kit.make_slot(group, place, capacity=20)
    contact = kit.make_contact()
    results = at_once(*[booking(service, slot, contact=contact) for _number in range(10)])
    assert (len(booked(results)), kinds(results)) == (2, ["Reservation", "TooManyBookings"])


def test_control_without_the_lock_on_the_person_lets_them_have_more(service, group, place, monkeypatch):
    type(group).objects.update(max_open_per_contact=2)
    slot = kit.make_slot(group, place, capacity=20)
    # the count still happens, before anybody has booked
    monkeypatch.setattr(limits, "lock_person", lambda group, contact: None)
    count, all_have_counted = limits.count_of, threading.Barrier(6, timeout=WAIT)

    def together(**fields):
        found = count(**fields)
        all_have_counted.wait()
        return found

    monkeypatch.setattr(limits, "count_of", together)
    results = at_once(*[booking(service, slot, contact=kit.make_contact(1)) for _number in range(6)])
    assert TooManyBookings not in {type(found) for found in results}
    assert len(booked(results)) > 2


# --- several slots


def test_visits_that_cross_neither_overbook_nor_stop_each_other(group, place):
    service = kit.make_service(group, place, minutes=60)
    slots = kit.make_slots(group, place, 8, capacity=3)
    windows = [slots[number : number + 3] for number in range(6)] * 6
    random.Random(5).shuffle(windows)
    results = at_once(*[booking(service, window) for window in windows])
    assert kinds(results) == ["Reservation", "SlotGone"]
    kit.assert_counts_agree()


def bare_update(ids, both_have_one):
    """Rows locked one after the other, in whatever order the caller has them."""
    with transaction.atomic():
        for number, pk in enumerate(ids):
            Slot.objects.filter(pk=pk).update(taken=F("taken") + 1)
            if number == 0:
                both_have_one.wait()


def test_control_without_one_order_of_locks_is_a_deadlock(group, place):
    ids = [slot.pk for slot in kit.make_slots(group, place, 2, capacity=9)]
    both_have_one = threading.Barrier(2, timeout=WAIT)
    results = at_once(partial(bare_update, ids, both_have_one), partial(bare_update, ids[::-1], both_have_one))
    assert OperationalError in {type(found) for found in results}


def test_opposite_orders_through_the_door_do_not_deadlock(group, place):
    ids = [slot.pk for slot in kit.make_slots(group, place, 6, capacity=40)]

    def take(order):
        with transaction.atomic():
            door.take(order, places=1, is_public=True, now=timezone.now())

    results = at_once(*[partial(take, ids), partial(take, ids[::-1])] * 15)
    assert results == [None] * 30
    assert set(Slot.objects.values_list("taken", flat=True)) == {30}


# --- moving


def test_people_who_move_and_people_who_book_share_the_places(service, group, place):
    old, new = kit.make_slots(group, place, 2, capacity=10)
    Slot.objects.filter(pk=new.pk).update(capacity=4, public_capacity=4, released=4)
    movers = [kit.make_reservation(service, old) for _number in range(8)]
    steps = [partial(bookings.move, reservation=row, slots=[new]) for row in movers]
    results = at_once(*steps, *[booking(service, new) for _number in range(8)])
    assert kinds(results) == ["Reservation", "SlotGone"]
    assert len(booked(results)) == 4
    # whoever did not get the new time still has the old one
    assert all(row.slots.count() == 1 for row in Reservation.objects.filter(state=S.BOOKED))
    assert Reservation.objects.filter(pk__in=[row.pk for row in movers], state=S.BOOKED).count() == 8
    kit.assert_counts_agree()


def test_two_who_change_places_with_each_other_do_not_deadlock(group, place):
    service = kit.make_service(group, place, minutes=40)
    slots = kit.make_slots(group, place, 4, capacity=6)
    first = [kit.make_reservation(service, slots[:2]) for _number in range(5)]
    second = [kit.make_reservation(service, slots[2:]) for _number in range(5)]
    steps = [partial(bookings.move, reservation=row, slots=slots[2:]) for row in first]
    steps += [partial(bookings.move, reservation=row, slots=slots[:2]) for row in second]
    results = at_once(*steps)
    assert set(kinds(results)) <= {"Reservation", "SlotGone"}
    kit.assert_counts_agree()


def test_one_booking_moved_and_cancelled_at_once_ends_in_one_way(service, group, place):
    old, new = kit.make_slots(group, place, 2)
    for _round in range(5):
        Slot.objects.update(taken=0, taken_public=0)
        FreedPlace.objects.all().delete()
        Reservation.objects.update(state=S.EXPIRED)
        row = kit.make_reservation(service, old)
        at_once(partial(bookings.move, reservation=row, slots=[new]), partial(bookings.cancel, reservation=row))
        kit.assert_counts_agree()


# --- holds that are over


def test_a_hold_that_is_over_goes_to_its_holder_or_to_another_never_to_both(service, group, place):
    for _round in range(6):
        slot = kit.make_slot(group, place, kit.at(kit.next_week(8 + _round), 9))
        now = timezone.now()
        held = kit.hold(service, slot, now=now)
        later = now + 11 * MINUTE
        results = at_once(
            partial(kit.confirm, held, now=later),
            *[booking(service, slot, now=later) for _number in range(3)],
            *[partial(sweeping.sweep, now=later)] * 2,
        )
        assert len(booked(results)) == 1
        assert set(kinds(results)) <= {"Reservation", "SlotGone", "HoldOver", "int"}
        kit.assert_counts_agree()
    assert OutgoingMail.objects.count() == Reservation.objects.filter(state=S.BOOKED).count() == 6


def test_sweeps_at_once_give_a_place_back_once(service, group, place):
    now = timezone.now()
    slot = kit.make_slot(group, place, capacity=9)
    for _number in range(4):
        kit.hold(service, slot, now=now)
    cancelled = [kit.make_reservation(service, slot, now=now) for _number in range(4)]
    for row in cancelled:
        bookings.cancel(reservation=row, now=now)
    at_once(*[partial(sweeping.sweep, now=now + 60 * MINUTE)] * 8)
    slot.refresh_from_db()
    assert slot.taken == 0
    kit.assert_counts_agree()


def test_control_without_the_condition_gives_a_place_back_twice(service, group, place):
    now = timezone.now()
    slot = kit.make_slot(group, place, capacity=9)
    kit.hold(service, slot, now=now)
    kit.hold(service, slot, now=now + 60 * MINUTE)

    both_have_looked = threading.Barrier(2, timeout=WAIT)

    def careless():
        due = list(Reservation.objects.filter(state=S.HELD, hold_until__lte=now + 60 * MINUTE))
        both_have_looked.wait()
        for row in due:
            Reservation.objects.filter(pk=row.pk).update(state=S.EXPIRED)
            door.give_back([slot.pk], places=1, is_public=True)

    at_once(*[careless] * 2)
    slot.refresh_from_db()
    assert (slot.taken, kit.used(slot)) == (0, 1)


# --- the waiting list


def test_places_freed_at_once_go_to_the_first_in_line(service, group, place):
    slots = kit.make_slots(group, place, 6)
    rows = [kit.make_reservation(service, slot) for slot in slots]
    entries = [kit.make_entry(service, place) for _number in range(10)]
    results = at_once(
        *[partial(bookings.cancel, reservation=row) for row in rows],
        *[booking(service, slot) for slot in slots],
    )
    # who books meanwhile passes nobody
    assert kinds(results[len(rows) :]) == ["SlotGone"]
    offers.offer_due(now=timezone.now())
    states = [WaitlistEntry.objects.get(pk=entry.pk).state for entry in entries]
    assert states == [W.OFFERED] * 6 + [W.WAITING] * 4
    assert len(set(WaitlistEntry.objects.filter(state=W.OFFERED).values_list("offer__starts_at", flat=True))) == 6
    kit.assert_counts_agree()


def test_control_without_the_lock_of_the_group_offers_one_person_two_places(service, group, place):
    slots = kit.make_slots(group, place, 2)
    for slot in slots:
        bookings.cancel(reservation=kit.make_reservation(service, slot))
    entry = kit.make_entry(service, place)

    both_have_looked = threading.Barrier(2, timeout=WAIT)

    def careless(slot):
        first = WaitlistEntry.objects.filter(state=W.WAITING).order_by("id").first()
        both_have_looked.wait()
        held = kit.bare_reservation(slot, state=S.HELD)
        WaitlistEntry.objects.filter(pk=first.pk).update(state=W.OFFERED, offer=held, offer_until=timezone.now())
        return first.pk

    assert at_once(*[partial(careless, slot) for slot in slots]) == [entry.pk] * 2


def test_offer_answered_while_it_ends_is_answered_or_passed_on(service, group, place):
    now = timezone.now()
    for _round in range(5):
        slot = kit.make_slot(group, place, kit.at(kit.next_week(9 + _round), 9))
        row = kit.make_reservation(service, slot, now=now)
        entry, following = (kit.make_entry(service, place) for _number in range(2))
        bookings.cancel(reservation=row, now=now)
        end = now + dt.timedelta(hours=24)
        results = at_once(
            partial(waitlist.accept, entry=entry, now=end - MINUTE),
            partial(waitlist.leave, entry=entry, now=end - MINUTE),
            *[partial(offers.expire_offers, now=end)] * 2,
            booking(service, slot, now=end),
        )
        assert not booked(results)
        answered = type(results[0]).__name__ == "Booked"
        following.refresh_from_db()
        assert following.state == (W.WAITING if answered else W.OFFERED)
        kit.assert_counts_agree()
        WaitlistEntry.objects.exclude(state=W.ACCEPTED).update(state=W.LEFT)


def test_a_day_of_everything_at_once_adds_up(service, group, place):
    """Holds, bookings, moves, cancellations, the waiting list and sweeps, all over the same few slots."""
    slots = kit.make_slots(group, place, 4, capacity=5)
    for _number in range(6):
        kit.make_entry(service, place)
    rows = [kit.make_reservation(service, slot) for slot in slots for _number in range(3)]
    now = timezone.now()
    chance = random.Random(7)
    steps = [partial(bookings.move, reservation=row, slots=[chance.choice(slots)]) for row in rows[::2]]
    steps += [partial(bookings.cancel, reservation=row) for row in rows[::3]]
    steps += [booking(service, chance.choice(slots)) for _number in range(12)]
    steps += [partial(sweeping.sweep, now=now + 60 * MINUTE)] * 4
    chance.shuffle(steps)
    results = at_once(*steps)
    assert None not in results
    unexpected = {"OperationalError", "IntegrityError", "DataError"}.intersection(kinds(results))
    assert not unexpected
    # sweeps come from an hour ahead: they end holds that are being confirmed, and somebody may have the place then
    told = {type(found) for found in results if isinstance(found, Exception)}
    # and who moves what another has just cancelled is told that there is nothing to move
    assert told <= {HoldOver, NotBooked, SlotGone, StaleState}
    kit.assert_counts_agree()
