"""Somebody else is faster between looking and acting; an own hold that is exchanged; staff and places held back."""

import datetime as dt

import pytest
from django.utils import timezone

from cityhall.errors import StaleState
from reservations.enums import ReservationState as S
from reservations.enums import SupplyKind
from reservations.errors import NotOpenYet, SlotGone
from reservations.models import FreedPlace, Reservation, Slot
from reservations.services import bookings
from reservations.services.bookings import moving
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


@pytest.fixture
def between(monkeypatch):
    """Let something happen once, after the row was looked at and before it is changed."""

    def arrange(act):
        real = moving.with_sweep

        def faster(*args, **kwargs):
            monkeypatch.setattr(moving, "with_sweep", real)
            act()
            return real(*args, **kwargs)

        monkeypatch.setattr(moving, "with_sweep", faster)

    return arrange


def numbers(*slots):
    """How many places of each slot are taken, and how many of them by the public."""
    rows = Slot.objects.in_bulk([slot.pk for slot in slots])
    return [(rows[slot.pk].taken, rows[slot.pk].taken_public) for slot in slots]


# --- somebody else is faster


def test_what_is_cancelled_meanwhile_does_not_move(service, group, place, between):
    old, new = kit.make_slots(group, place, 2)
    booked = kit.make_reservation(service, old)
    between(lambda: bookings.cancel(reservation=booked))
    with pytest.raises(StaleState):
        bookings.move(reservation=booked, slots=[new])
    booked.refresh_from_db()
    assert (booked.state, booked.starts_at, numbers(new)) == (S.CANCELLED, old.starts_at, [(0, 0)])
    assert FreedPlace.objects.count() == 1
    kit.assert_counts_agree()


def test_what_is_moved_meanwhile_does_not_move_again(service, group, place, between):
    old, new, other = kit.make_slots(group, place, 3)
    booked = kit.make_reservation(service, old)
    between(lambda: bookings.move(reservation=booked, slots=[other]))
    with pytest.raises(StaleState):
        bookings.move(reservation=booked, slots=[new])
    booked.refresh_from_db()
    assert (booked.starts_at, numbers(new, other)) == (other.starts_at, [(0, 0), (1, 1)])
    kit.assert_counts_agree()


@pytest.fixture
def seats(group, place):
    """A slot of which every person takes a place."""
    type(group).objects.update(counts_people=True, kind=SupplyKind.EVENT)
    group.refresh_from_db()
    return kit.make_slot(group, place, capacity=10)


def test_what_is_cancelled_meanwhile_gives_its_places_back_once(service, seats, between):
    booked = kit.make_reservation(service, seats, people=3)
    type(seats.group).objects.update(cooling_minutes=0)
    between(lambda: bookings.cancel(reservation=booked))
    with pytest.raises(StaleState):
        bookings.change(reservation=booked, people=1)
    booked.refresh_from_db()
    assert (booked.state, booked.people, numbers(seats)) == (S.CANCELLED, 3, [(0, 0)])


def test_more_people_sent_twice_take_their_places_once(service, seats, between):
    booked = kit.make_reservation(service, seats, people=2)
    between(lambda: bookings.change(reservation=booked, people=4))
    with pytest.raises(StaleState):
        bookings.change(reservation=booked, people=4)
    booked.refresh_from_db()
    assert (booked.people, booked.places, numbers(seats)) == (4, 4, [(4, 4)])
    kit.assert_counts_agree()


def test_places_are_counted_again_after_a_sweep(service, seats):
    now = timezone.now()
    booked = kit.make_reservation(service, seats, people=4, now=now)
    kit.hold(service, seats, people=6, now=now)
    assert bookings.change(reservation=booked, people=5, now=now + 11 * MINUTE).places == 5
    kit.assert_counts_agree()


# --- an own hold is exchanged for another


def test_who_waits_does_not_keep_somebody_from_their_own_time(group, place):
    service = kit.make_service(group, place)
    one, two, three = kit.make_slots(group, place, 3)
    kit.hold(service, [one, two], holder="me")
    kit.make_entry(service, place)
    again = kit.hold(service, [two, three], holder="me")
    assert again.state == S.HELD
    # what is given up waits for who is next, the rest never was free
    assert [row.slot for row in FreedPlace.objects.all()] == [one]
    kit.assert_counts_agree()


def test_fewer_people_leave_places_to_who_waits(service, seats, place):
    now = timezone.now()
    kit.hold(service, seats, people=4, holder="me", now=now)
    kit.make_entry(service, place)
    again = kit.hold(service, seats, people=3, holder="me", now=now + MINUTE)
    assert (again.places, FreedPlace.objects.get().places) == (3, 1)
    assert again.hold_until <= now + 10 * MINUTE
    kit.assert_counts_agree()


def test_a_hold_that_is_over_is_not_handed_over(service, group, place):
    now = timezone.now()
    slot = kit.make_slot(group, place)
    kit.hold(service, slot, holder="me", now=now)
    kit.make_entry(service, place)
    with pytest.raises(SlotGone):
        kit.hold(service, slot, holder="me", now=now + 11 * MINUTE)
    kit.assert_counts_agree()


# --- staff move into what is held back


def test_staff_move_into_places_held_back(service, group, place, clerk):
    old = kit.make_slot(group, place)
    new = kit.make_slot(group, place, kit.at(kit.next_week(8), 10), capacity=2, public_capacity=1)
    kit.make_reservation(service, new)
    booked = kit.make_reservation(service, old)
    with pytest.raises(SlotGone):
        bookings.move(reservation=booked, slots=[new])
    moved = bookings.move(reservation=booked, slots=[new], by=clerk)
    moved.refresh_from_db()
    assert (moved.is_public, numbers(new)) == (False, [(2, 1)])
    # what the public had is the public's again
    assert FreedPlace.objects.get().is_public
    bookings.cancel(reservation=moved, by=clerk)
    assert numbers(new) == [(1, 1)]
    kit.assert_counts_agree()


def test_staff_take_public_places_first(service, group, place, clerk):
    old, new = kit.make_slots(group, place, 2, capacity=2, public_capacity=1)
    moved = bookings.move(reservation=kit.make_reservation(service, old), slots=[new], by=clerk)
    assert (moved.is_public, numbers(new)) == (True, [(1, 1)])


def test_staff_move_before_booking_opens(service, group, place, clerk):
    old = kit.make_slot(group, place)
    later = timezone.now() + dt.timedelta(days=1)
    new = kit.make_slot(group, place, kit.at(kit.next_week(8), 10), opens_at=later)
    booked = kit.make_reservation(service, old)
    with pytest.raises(NotOpenYet):
        bookings.move(reservation=booked, slots=[new])
    moved = bookings.move(reservation=booked, slots=[new], by=clerk)
    assert (moved.is_public, numbers(new)) == (False, [(1, 0)])
    kit.assert_counts_agree()


def test_slots_in_both_change_their_kind_too(group, place, clerk):
    service = kit.make_service(group, place, minutes=40)
    one, two = kit.make_slots(group, place, 2)
    three = kit.make_slot(group, place, two.ends_at, public_capacity=0)
    booked = kit.make_reservation(service, [one, two])
    moved = bookings.move(reservation=booked, slots=[two, three], by=clerk)
    assert (moved.is_public, numbers(one, two, three)) == (False, [(1, 1), (1, 0), (1, 0)])
    assert Reservation.objects.get(pk=booked.pk).is_public is False
    bookings.cancel(reservation=moved, by=clerk)
    assert numbers(two, three) == [(0, 0), (0, 0)]
