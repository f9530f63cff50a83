"""Holding, confirming, cancelling: rules of the services, past any form."""

import pytest

from notices.models import OutgoingMail
from reservations.enums import ReservationState as S
from reservations.errors import SlotGone
from reservations.models import Reservation
from reservations.services import bookings
from tests.reservations import kit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall(municipality, department):
    place = kit.make_place()
    group = kit.make_group(department)
    return kit.make_service(group, place), place


@pytest.fixture
def slot(hall):
    service, place = hall
    return kit.make_slot(service.group, place)


def test_hold_takes_the_place_and_confirm_makes_it_a_booking(hall, slot):
    held = kit.hold(hall[0], slot)
    slot.refresh_from_db()
    assert (held.state, held.number, slot.taken, slot.taken_public) == (S.HELD, None, 1, 1)
    booked = bookings.confirm(reservation=held, seen_revision=0, contact=kit.make_contact(1))
    assert (booked.reservation.state, booked.reservation.email) == (S.BOOKED, "guest1@example.jp")
    assert OutgoingMail.objects.get().to == "guest1@example.jp"
    kit.assert_counts_agree()


def test_full_slot_is_refused(hall, slot):
    kit.make_reservation(hall[0], slot)
    with pytest.raises(SlotGone):
        kit.hold(hall[0], slot)
    assert Reservation.objects.count() == 1


def test_cancelled_place_cools_down_before_it_is_bookable_again(hall, slot):
    booked = kit.make_reservation(hall[0], slot)
    bookings.cancel(reservation=booked)
    with pytest.raises(SlotGone):
        kit.hold(hall[0], slot)
    kit.assert_counts_agree()
