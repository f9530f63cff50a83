"""The waiting list: in order, one offer each, for a limited time."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cityhall.crypto import decrypt
from cityhall.db import violated
from notices.models import OutgoingMail
from reservations.enums import ReservationState as S
from reservations.enums import WaitlistState as W
from reservations.errors import NotBookable, OfferOver, SlotGone, TooManyBookings
from reservations.models import FreedPlace, Reservation, Slot, WaitlistEntry
from reservations.services import bookings, offers, sweeping, waitlist
from tests.reservations import kit

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


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
def slot(group, place):
    return kit.make_slot(group, place)


def states():
    return [entry.state for entry in WaitlistEntry.objects.order_by("id")]


def test_freed_places_go_to_who_waits_in_order(service, group, place):
    slots = kit.make_slots(group, place, 2)
    booked = [kit.make_reservation(service, slot) for slot in slots]
    first, second, _third = (kit.make_entry(service, place) for _number in range(3))
    bookings.cancel(reservation=booked[1])
    assert states() == [W.OFFERED, W.WAITING, W.WAITING]
    bookings.cancel(reservation=booked[0])
    assert states() == [W.OFFERED, W.OFFERED, W.WAITING]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.offer.starts_at, second.offer.starts_at) == (slots[1].starts_at, slots[0].starts_at)
    assert (first.offer.state, first.offer.email) == (S.HELD, first.email)
    kit.assert_counts_agree()


def test_public_does_not_pass_who_waits(service, slot, place):
    now = timezone.now()
    booked = kit.make_reservation(service, slot, now=now)
    kit.make_entry(service, place)
    bookings.cancel(reservation=booked, now=now)
    for moment in (now, now + HOUR):
        with pytest.raises(SlotGone):
            kit.hold(service, slot, now=moment)
    assert not FreedPlace.objects.filter(settled_at=None).exists()


def test_hold_that_is_over_goes_to_who_waits(service, slot, place):
    now = timezone.now()
    kit.hold(service, slot, now=now)
    kit.make_entry(service, place)
    with pytest.raises(SlotGone):
        kit.hold(service, slot, now=now + HOUR)
    assert states() == [W.OFFERED]
    kit.assert_counts_agree()


def test_offer_is_accepted_once_and_is_a_booking(service, slot, place):
    bookings_made = kit.make_reservation(service, slot)
    entry = kit.make_entry(service, place)
    bookings.cancel(reservation=bookings_made)
    assert "お答えの期限" in decrypt(OutgoingMail.objects.latest("id").body)
    first, second = (waitlist.accept(entry=entry) for _time in range(2))
    assert first.reservation == second.reservation
    assert (first.reservation.state, first.reservation.email) == (S.BOOKED, entry.email)
    assert states() == [W.ACCEPTED]
    kit.assert_counts_agree()
    with pytest.raises(OfferOver):
        waitlist.leave(entry=entry)


def test_offer_that_nobody_answers_goes_to_the_next(service, slot, place):
    now = timezone.now()
    booked = kit.make_reservation(service, slot, now=now)
    first, second = (kit.make_entry(service, place) for _number in range(2))
    bookings.cancel(reservation=booked, now=now)
    first.refresh_from_db()
    assert first.offer_until == now + 24 * HOUR
    assert offers.expire_offers(now=now + 23 * HOUR) == 0
    assert [offers.expire_offers(now=now + 24 * HOUR) for _time in range(2)] == [1, 0]
    assert states() == [W.EXPIRED, W.OFFERED]
    first.refresh_from_db()
    assert first.offer.state == S.EXPIRED
    with pytest.raises(OfferOver):
        waitlist.accept(entry=first, now=now + 25 * HOUR)
    assert waitlist.accept(entry=second, now=now + 25 * HOUR).reservation.state == S.BOOKED
    kit.assert_counts_agree()


def test_answer_after_the_time_is_refused_before_any_sweep(service, slot, place):
    now = timezone.now()
    booked = kit.make_reservation(service, slot, now=now)
    entry = kit.make_entry(service, place)
    bookings.cancel(reservation=booked, now=now)
    with pytest.raises(OfferOver):
        waitlist.accept(entry=entry, now=now + 24 * HOUR)


def test_who_declines_or_leaves_makes_room(service, slot, place):
    booked = kit.make_reservation(service, slot)
    first, second, third = (kit.make_entry(service, place) for _number in range(3))
    waitlist.leave(entry=second)
    bookings.cancel(reservation=booked)
    for _time in range(2):
        waitlist.leave(entry=first)
    assert states() == [W.LEFT, W.LEFT, W.OFFERED]
    waitlist.leave(entry=third)
    # nobody waits any more: open to all
    assert kit.hold(service, slot).state == S.HELD
    kit.assert_counts_agree()


def test_entries_that_do_not_fit_are_left_for_others(service, group, place, slot):
    now = timezone.now()
    day = slot.business_day
    long_service = kit.make_service(group, place, minutes=60)
    booked = kit.make_reservation(service, slot, now=now)
    kit.make_entry(long_service, place)
    kit.make_entry(service, place, from_day=day + dt.timedelta(days=1), until_day=day + dt.timedelta(days=9))
    kit.make_entry(service, kit.make_place())
    kit.make_entry(service, place)
    bookings.cancel(reservation=booked, now=now)
    assert states() == [W.WAITING, W.WAITING, W.WAITING, W.OFFERED]


def test_longer_visit_gets_a_freed_place_with_free_ones_beside_it(group, place):
    service, short = kit.make_service(group, place, minutes=40), kit.make_service(group, place)
    slots = kit.make_slots(group, place, 2)
    booked = kit.make_reservation(short, slots[0])
    entry = kit.make_entry(service, place)
    bookings.cancel(reservation=booked)
    entry.refresh_from_db()
    assert (entry.offer.starts_at, entry.offer.ends_at) == (slots[0].starts_at, slots[1].ends_at)
    kit.assert_counts_agree()


def test_what_an_offer_leaves_over_goes_on(group, place):
    type(group).objects.update(counts_people=True)
    group.refresh_from_db()
    service, slot = kit.make_service(group, place), kit.make_slot(group, place, capacity=4)
    booked = kit.make_reservation(service, slot, people=4)
    for people in (3, 2, 1):
        kit.make_entry(service, place, people=people)
    bookings.cancel(reservation=booked)
    assert states() == [W.OFFERED, W.WAITING, W.OFFERED]
    kit.assert_counts_agree()


def test_closed_slots_and_those_that_begin_soon_are_not_offered(service, group, place):
    now = timezone.now()
    soon, closed = kit.make_slot(group, place, now + dt.timedelta(minutes=20)), kit.make_slot(group, place)
    booked = [kit.make_reservation(service, slot, now=now) for slot in (soon, closed)]
    Slot.objects.filter(pk=closed.pk).update(closed_at=now)
    kit.make_entry(service, place)
    for row in booked:
        bookings.cancel(reservation=row, now=now)
    assert states() == [W.WAITING]
    sweeping.sweep(now=now + HOUR)
    kit.assert_counts_agree()
    assert not FreedPlace.objects.filter(settled_at=None).exists()


def test_who_joins_while_a_place_cools_gets_it_before_the_public(service, slot, place):
    now = timezone.now()
    bookings.cancel(reservation=kit.make_reservation(service, slot, now=now), now=now)
    kit.make_entry(service, place)
    sweeping.sweep(now=now + HOUR)
    assert states() == [W.OFFERED]


def test_join_twice_is_once_and_has_limits(service, group, place):
    contact = kit.make_contact()
    first = kit.make_entry(service, place, contact=contact, request_key="k")
    assert kit.make_entry(service, place, contact=contact, request_key="k") == first
    type(group).objects.update(max_open_per_contact=1)
    group.refresh_from_db()
    service.refresh_from_db()
    tagged = kit.make_contact(email=contact.email.replace("@", "+1@"))
    with pytest.raises(TooManyBookings):
        kit.make_entry(service, place, contact=tagged)
    type(group).objects.update(has_waiting_list=False)
    service.refresh_from_db()
    with pytest.raises(NotBookable):
        kit.make_entry(service, place)
    assert OutgoingMail.objects.count() == 1


def test_accepting_keeps_to_the_limit_of_bookings(service, group, place):
    one, two = kit.make_slots(group, place, 2)
    booked = kit.make_reservation(service, one)
    entry = kit.make_entry(service, place)
    bookings.cancel(reservation=booked)
    type(group).objects.update(max_open_per_contact=1)
    kit.make_reservation(service, two, kit.make_contact(email=entry.email))
    with pytest.raises(TooManyBookings):
        waitlist.accept(entry=entry)
    assert states() == [W.OFFERED]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"from_day": dt.date(2027, 1, 2), "until_day": dt.date(2027, 1, 1)}, "waitlist_days_in_order"),
        ({"state": W.OFFERED}, "waitlist_offer_has_place"),
        ({"email": "", "phone": ""}, "waitlist_can_be_told"),
    ],
)
def test_database_refuses_what_no_entry_may_be(service, place, changes, name):
    kit.make_entry(service, place)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        WaitlistEntry.objects.update(**changes)
    assert violated(caught.value) == name


def test_offers_are_nobodys_hold_and_end_with_their_entry(service, slot, place):
    now = timezone.now()
    booked = kit.make_reservation(service, slot, now=now)
    kit.make_entry(service, place)
    bookings.cancel(reservation=booked, now=now)
    # a sweep of holds leaves it to the entry, which knows who is next
    assert sweeping.end_holds(now=now + 25 * HOUR) == 0
    sweeping.sweep(now=now + 25 * HOUR)
    assert states() == [W.EXPIRED]
    assert Reservation.objects.filter(state=S.HELD).count() == 0
    kit.assert_counts_agree()


def test_who_waited_in_vain_is_told_once_when_the_days_are_over(service, place):
    entry, phone = kit.make_entry(service, place), kit.make_entry(service, place, kit.make_contact(email=""))
    over = timezone.now() + dt.timedelta(days=22)
    assert offers.expire_waiting(now=timezone.now()) == 0
    assert offers.expire_waiting(now=over) == 2
    assert offers.expire_waiting(now=over) == 0
    mail = OutgoingMail.objects.get(subject__contains="期間が終わりました")
    assert mail.to == entry.email
    body = decrypt(mail.body)
    assert "空きが出ませんでした" in body
    assert "お答えと辞退" not in body
    phone.refresh_from_db()
    assert phone.state == W.EXPIRED
