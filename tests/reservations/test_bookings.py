"""Holding, confirming, cancelling: rules of the services, past any form."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cityhall.crypto import decrypt
from cityhall.db import violated
from cityhall.errors import StaleState
from notices.models import OutgoingMail
from reservations.enums import ReservationChannel, SupplyKind
from reservations.enums import ReservationState as S
from reservations.errors import HoldOver, NotBookable, NotBooked, NotOpenYet, SlotGone, TooLate, TooManyBookings
from reservations.models import CancellationStep, FreedPlace, Reservation, ReservationEvent, ReservationSlot, Slot
from reservations.services import bookings, sweeping
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
def slot(group, place):
    return kit.make_slot(group, place)


def taken(slot):
    slot.refresh_from_db()
    return slot.taken, slot.taken_public


# --- holding


def test_hold_takes_the_place_for_ten_minutes_and_leaves_no_event(service, slot):
    now = timezone.now()
    held = kit.hold(service, slot, now=now)
    assert (held.state, held.number, held.hold_until) == (S.HELD, None, now + 10 * MINUTE)
    assert taken(slot) == (1, 1)
    assert not ReservationEvent.objects.exists()


def test_same_request_gives_the_same_hold_and_another_browser_its_own(service, group, place):
    slot = kit.make_slot(group, place, capacity=3)
    first = kit.hold(service, slot, holder="a", request_key="k")
    assert kit.hold(service, slot, holder="a", request_key="k") == first
    assert kit.hold(service, slot, holder="b", request_key="k") != first
    assert taken(slot) == (2, 2)


def test_second_hold_of_a_browser_ends_the_first(service, group, place):
    early, late = kit.make_slots(group, place, 2)
    first = kit.hold(service, early, holder="a")
    second = kit.hold(service, late, holder="a")
    first.refresh_from_db()
    assert (first.state, second.state) == (S.EXPIRED, S.HELD)
    assert (taken(early), taken(late)) == ((0, 0), (1, 1))


def test_hold_that_fails_leaves_the_earlier_one(service, group, place):
    early, late = kit.make_slots(group, place, 2)
    kit.make_reservation(service, late)
    first = kit.hold(service, early, holder="a")
    with pytest.raises(SlotGone):
        kit.hold(service, late, holder="a")
    first.refresh_from_db()
    assert (first.state, taken(early)) == (S.HELD, (1, 1))


def test_hold_of_the_same_slot_is_not_renewed(service, group, place):
    slot, now = kit.make_slot(group, place, capacity=2), timezone.now()
    first = kit.hold(service, slot, holder="a", now=now)
    again = kit.hold(service, slot, holder="a", now=now + 9 * MINUTE)
    assert again.hold_until == first.hold_until
    assert taken(slot) == (1, 1)


def test_full_slot_is_swept_of_what_is_over_by_booking_itself(service, slot):
    now = timezone.now()
    first = kit.hold(service, slot, now=now)
    with pytest.raises(SlotGone):
        kit.hold(service, slot, now=now + 9 * MINUTE)
    second = kit.hold(service, slot, now=now + 10 * MINUTE)
    first.refresh_from_db()
    assert (first.state, second.state, taken(slot)) == (S.EXPIRED, S.HELD, (1, 1))


def test_public_waits_for_the_opening_and_staff_do_not(service, group, place, clerk):
    opening = timezone.now() + 5 * MINUTE
    slot = kit.make_slot(group, place, opens_at=opening)
    for opens_at in (opening, None):
        Slot.objects.update(opens_at=opens_at)
        with pytest.raises(NotOpenYet):
            kit.hold(service, slot)
    assert kit.hold(service, slot, is_public=False, by=clerk).state == S.HELD
    assert taken(slot) == (1, 0)


def test_public_takes_only_what_is_released_and_staff_what_is_held_back(service, group, place, clerk):
    slot = kit.make_slot(group, place, capacity=2, public_capacity=1)
    kit.hold(service, slot)
    with pytest.raises(SlotGone):
        kit.hold(service, slot)
    kit.hold(service, slot, is_public=False, by=clerk)
    with pytest.raises(SlotGone):
        kit.hold(service, slot, is_public=False, by=clerk)
    assert taken(slot) == (2, 1)


def test_closed_slot_is_gone(service, slot):
    Slot.objects.update(closed_at=timezone.now())
    with pytest.raises(SlotGone):
        kit.hold(service, slot)


def test_lead_time_binds_the_public(service, group, place, clerk):
    now = timezone.now()
    group.lead_minutes = 60
    group.save(update_fields=["lead_minutes"])
    slot = kit.make_slot(group, place, now + 59 * MINUTE)
    with pytest.raises(TooLate):
        kit.hold(service, slot, now=now)
    assert kit.hold(service, slot, by=clerk, now=now).state == S.HELD


def test_people_count_where_they_take_seats(group, place):
    group.counts_people, group.kind = True, SupplyKind.EVENT
    group.save(update_fields=["counts_people", "kind"])
    service, slot = kit.make_service(group, place), kit.make_slot(group, place, capacity=5)
    assert kit.hold(service, slot, people=3).places == 3
    with pytest.raises(SlotGone):
        kit.hold(service, slot, people=3)
    assert taken(slot) == (3, 3)


@pytest.mark.parametrize("people", [0, 7])
def test_group_size_has_limits(service, slot, people):
    with pytest.raises(NotBookable):
        kit.hold(service, slot, people=people)


def test_several_services_need_slots_for_their_minutes(service, group, place):
    other = kit.make_service(group, place, minutes=30)
    slots = kit.make_slots(group, place, 3)
    with pytest.raises(NotBookable):
        kit.hold(service, slots[:2], items=[other])
    held = kit.hold(service, slots, items=[other])
    assert [item.service for item in held.items.all()] == [other]
    assert (held.starts_at, held.ends_at) == (slots[0].starts_at, slots[2].ends_at)
    assert [taken(slot) for slot in slots] == [(1, 1)] * 3


def test_several_slots_are_taken_all_or_none(group, place):
    service, slots = kit.make_service(group, place, minutes=40), kit.make_slots(group, place, 2)
    kit.make_reservation(kit.make_service(group, place), slots[1])
    with pytest.raises(SlotGone):
        kit.hold(service, slots)
    assert [taken(slot) for slot in slots] == [(0, 0), (1, 1)]


def test_slots_that_do_not_belong_together_are_refused(service, group, place):
    one, _gap, three = kit.make_slots(group, place, 3)
    elsewhere = kit.make_slot(group, kit.make_place())
    stranger = kit.make_slot(kit.make_group(), place)
    long_service = kit.make_service(group, place, minutes=40)
    for wanted, slots in [(long_service, [one, three]), (service, [elsewhere, one]), (service, [stranger])]:
        with pytest.raises(NotBookable):
            bookings.hold(
                group=group, place=place, service=wanted, slots=slots, holder="a", request_key=str(len(slots))
            )
    with pytest.raises(NotBookable):
        bookings.hold(group=group, place=place, service=service, slots=[], holder="a", request_key="none")
    assert not Reservation.objects.exists()


def test_group_that_is_not_booked_online_is_booked_by_staff(service, group, slot, clerk):
    type(group).objects.update(is_bookable=False)
    slot = Slot.objects.select_related("group").get()
    with pytest.raises(NotBookable):
        kit.hold(service, slot)
    assert kit.hold(service, slot, by=clerk).state == S.HELD


# --- confirming


def test_confirm_gives_number_code_event_and_mail_at_once(service, slot):
    held = kit.hold(service, slot)
    booked = bookings.confirm(reservation=held, seen_revision=0, contact=kit.make_contact(email="A@Example.JP"))
    row = Reservation.objects.get()
    assert (row.state, row.email, row.hold_until, row.holder) == (S.BOOKED, "a@example.jp", None, "")
    assert len(row.number) == 11
    assert booked.checkin_code == bookings.code_of(row)
    assert [event.kind for event in row.events.all()] == ["booked"]
    mail = OutgoingMail.objects.get()
    assert mail.to == "a@example.jp"
    assert f"/r/{row.public_id}/" in decrypt(mail.body)
    assert row.number not in mail.subject


def test_confirm_twice_is_one_booking_with_one_mail(service, slot):
    held = kit.hold(service, slot)
    first, second = (
        bookings.confirm(reservation=held, seen_revision=0, contact=kit.make_contact(1)) for _time in range(2)
    )
    assert (first.reservation.number, first.checkin_code) == (second.reservation.number, second.checkin_code)
    assert OutgoingMail.objects.count() == ReservationEvent.objects.count() == 1


def test_confirm_of_an_older_page_is_refused(service, slot):
    held = kit.hold(service, slot)
    with pytest.raises(StaleState):
        bookings.confirm(reservation=held, seen_revision=1, contact=kit.make_contact())
    assert not OutgoingMail.objects.exists()


def test_hold_that_is_over_is_confirmed_while_nobody_wants_the_place(service, slot):
    now = timezone.now()
    held = kit.hold(service, slot, now=now)
    sweeping.sweep(now=now + 11 * MINUTE)
    assert taken(slot) == (0, 0)
    assert kit.confirm(held, now=now + 12 * MINUTE).state == S.BOOKED
    assert taken(slot) == (1, 1)
    kit.assert_counts_agree()


def test_hold_that_is_over_is_lost_when_somebody_else_has_the_place(service, slot):
    now = timezone.now()
    held = kit.hold(service, slot, now=now)
    kit.make_reservation(service, slot, now=now + 11 * MINUTE)
    mails = OutgoingMail.objects.count()
    with pytest.raises(HoldOver):
        kit.confirm(held, now=now + 12 * MINUTE)
    held.refresh_from_db()
    assert (held.state, held.name, OutgoingMail.objects.count()) == (S.EXPIRED, "", mails)
    kit.assert_counts_agree()


def test_nobody_confirms_what_has_begun(service, group, place):
    now = timezone.now()
    held = kit.hold(service, kit.make_slot(group, place, now + 5 * MINUTE), now=now)
    with pytest.raises(TooLate):
        kit.confirm(held, now=now + 5 * MINUTE)


def test_who_has_no_address_gets_no_mail(service, slot):
    booked = kit.make_reservation(service, slot, kit.make_contact(email=""))
    assert booked.state == S.BOOKED
    assert not OutgoingMail.objects.exists()


def test_resident_is_mailed_at_the_address_of_the_account(service, slot, resident):
    contact = kit.make_contact(name="", kana="", email="", resident=resident)
    booked = kit.make_reservation(service, slot, contact)
    assert (booked.name, booked.search_kana) == (resident.full_name, resident.search_kana)
    assert OutgoingMail.objects.get().to == resident.user.email


def test_limit_counts_a_person_by_address_telephone_and_account(service, group, place, resident):
    type(group).objects.update(max_open_per_contact=1)
    slots = [
        Slot.objects.select_related("group").get(pk=slot.pk) for slot in kit.make_slots(group, place, 5, capacity=9)
    ]
    kit.make_reservation(service, slots[0], kit.make_contact(email="hana@example.jp", phone="+81312345678"))
    same = [
        kit.make_contact(email="hana@example.jp"),
        kit.make_contact(email="Hana+second@example.jp"),
        kit.make_contact(email="other@example.jp", phone="+81312345678"),
    ]
    for contact in same:
        with pytest.raises(TooManyBookings):
            kit.make_reservation(service, slots[1], contact)
    for contact in (kit.make_contact(email="hana2@example.jp"), kit.make_contact(email="hana@example.com")):
        kit.make_reservation(service, slots.pop(), contact)
    kit.make_reservation(service, slots[2], kit.make_contact(resident=resident))
    with pytest.raises(TooManyBookings):
        kit.make_reservation(service, slots[1], kit.make_contact(resident=resident))


def test_limit_leaves_out_what_is_over_and_what_staff_book(service, group, place, clerk):
    type(group).objects.update(max_open_per_contact=1)
    contact = kit.make_contact()
    slots = kit.make_slots(group, place, 4)
    first = kit.make_reservation(service, slots[0], contact)
    kit.make_reservation(service, slots[1], contact, by=clerk, channel=ReservationChannel.PHONE)
    bookings.cancel(reservation=first)
    with pytest.raises(TooManyBookings):
        kit.make_reservation(service, slots[2], contact)
    Reservation.objects.filter(state=S.BOOKED).update(state=S.DONE)
    assert kit.make_reservation(service, slots[3], contact).state == S.BOOKED


def test_book_is_hold_and_confirm_in_one(service, group, place, slot, clerk):
    fields = {"group": group, "place": place, "service": service, "slots": [slot], "contact": kit.make_contact()}
    first = bookings.book(**fields, request_key="k", by=clerk, note="車いす")
    second = bookings.book(**fields, request_key="k", by=clerk)
    assert first.reservation == second.reservation
    assert (first.reservation.state, first.reservation.note, taken(slot)) == (S.BOOKED, "車いす", (1, 1))
    with pytest.raises(SlotGone):
        bookings.book(**fields, request_key="k2", by=clerk)
    assert Reservation.objects.count() == OutgoingMail.objects.count() == 1


# --- cancelling and what comes after


def test_cancelled_place_cools_down_before_it_is_bookable_again(service, slot):
    now = timezone.now()
    booked = kit.make_reservation(service, slot, now=now)
    bookings.cancel(reservation=booked, now=now)
    assert taken(slot) == (1, 1)
    with pytest.raises(SlotGone):
        kit.hold(service, slot, now=now + 29 * MINUTE)
    kit.assert_counts_agree()
    assert kit.hold(service, slot, now=now + 30 * MINUTE).state == S.HELD
    assert FreedPlace.objects.get().settled_at == now + 30 * MINUTE
    kit.assert_counts_agree()


def test_place_that_staff_gave_is_free_at_once(service, slot, clerk):
    booked = kit.make_reservation(service, slot, by=clerk, is_public=False)
    bookings.cancel(reservation=booked, by=clerk)
    assert taken(slot) == (0, 0)


def test_cancel_twice_is_once(service, slot):
    booked = kit.make_reservation(service, slot)
    for _time in range(2):
        assert bookings.cancel(reservation=booked).state == S.CANCELLED
    assert FreedPlace.objects.count() == 1
    assert [event.kind for event in booked.events.all()] == ["booked", "cancelled"]
    assert OutgoingMail.objects.count() == 2


def test_letting_go_of_a_hold_frees_the_place_at_once(service, slot):
    bookings.cancel(reservation=kit.hold(service, slot))
    assert taken(slot) == (0, 0)
    assert not OutgoingMail.objects.exists()


def test_public_cancels_until_the_time_set_and_staff_after_it(service, group, place, clerk):
    now = timezone.now()
    type(group).objects.update(change_until_minutes=30)
    slot = kit.make_slot(group, place, now + 60 * MINUTE)
    booked = kit.make_reservation(service, slot, now=now)
    with pytest.raises(TooLate):
        bookings.cancel(reservation=booked, now=now + 31 * MINUTE)
    assert bookings.cancel(reservation=booked, by=clerk, now=now + 31 * MINUTE).state == S.CANCELLED


def test_cancellation_fee_follows_the_steps_of_the_facility(group, place):
    type(group).objects.update(fee_per_unit=1000, kind=SupplyKind.FACILITY)
    group.refresh_from_db()
    for days, percent in [(7, 50), (1, 100)]:
        CancellationStep.objects.create(group=group, days_before=days, percent=percent)
    service = kit.make_service(group, place)
    slots = [kit.make_slot(group, place, kit.at(kit.next_week(10), 9))]
    booked = kit.make_reservation(service, slots)
    day = booked.business_day
    fees = [bookings.cancellation_fee(booked, on=day - dt.timedelta(days=left)) for left in (8, 7, 2, 1, 0)]
    assert (booked.fee, fees) == (1000, [0, 500, 500, 1000, 1000])
    assert bookings.cancel_by_city(reservation=booked, by=None, reason="大雨のため").cancellation_fee == 0
    assert "大雨のため" in decrypt(OutgoingMail.objects.latest("id").body)


@pytest.mark.parametrize("service_name", ["no_show", "mark_done"])
def test_what_is_noted_afterwards_keeps_the_place_used(service, slot, clerk, service_name):
    booked = kit.make_reservation(service, slot)
    for _time in range(2):
        getattr(bookings, service_name)(reservation=booked, by=clerk)
    assert booked.events.count() == 2
    assert taken(slot) == (1, 1)
    with pytest.raises(NotBooked):
        bookings.cancel(reservation=booked, by=clerk)
    kit.assert_counts_agree()


ALLOWED = {
    "cancel": {S.HELD, S.BOOKED, S.CANCELLED},
    "cancel_by_city": {S.BOOKED, S.CANCELLED},
    "no_show": {S.BOOKED, S.CHECKED_IN, S.NO_SHOW},
    "mark_done": {S.BOOKED, S.CHECKED_IN, S.DONE},
}


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("step", list(ALLOWED))
def test_every_move_is_allowed_or_refused(service, slot, clerk, state, step):
    booked = kit.make_reservation(service, slot)
    now = timezone.now()
    Reservation.objects.update(state=state, hold_until=now, checked_in_at=now)
    if state in ALLOWED[step]:
        getattr(bookings, step)(reservation=booked, by=clerk)
    else:
        with pytest.raises((NotBooked, StaleState)):
            getattr(bookings, step)(reservation=booked, by=clerk)
        assert Reservation.objects.get().state == state


def test_holds_that_came_to_nothing_are_deleted_after_a_day(service, slot):
    now = timezone.now()
    kit.hold(service, slot, now=now)
    kit.confirm(kit.hold(service, kit.make_slot(service.group, slot.place, kit.at(kit.next_week(), 15)), now=now))
    sweeping.sweep(now=now + 11 * MINUTE)
    assert sweeping.delete_expired(now=now + 23 * 60 * MINUTE) == 0
    assert sweeping.delete_expired(now=now + 25 * 60 * MINUTE) == 1
    assert [row.state for row in Reservation.objects.all()] == [S.BOOKED]


# --- what the database itself refuses


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"taken": 2, "taken_public": 1}, "slot_taken_within_capacity"),
        ({"taken": 0, "taken_public": 1}, "slot_public_within_taken"),
        ({"released": 2}, "slot_released_within_public"),
        ({"public_capacity": 2}, "slot_public_within_capacity"),
    ],
)
def test_database_refuses_what_no_slot_may_be(slot, changes, name):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Slot.objects.update(**changes)
    assert violated(caught.value) == name


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"state": S.HELD, "hold_until": None}, "reservation_hold_ends"),
        ({"number": None}, "reservation_booked_has_number"),
        ({"name": "", "resident": None}, "reservation_is_for_somebody"),
        ({"people": 0}, "reservation_has_people"),
        ({"state": S.CHECKED_IN, "checked_in_at": None}, "reservation_checked_in_has_time"),
    ],
)
def test_database_refuses_what_no_reservation_may_be(service, slot, changes, name):
    kit.make_reservation(service, slot)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Reservation.objects.update(**changes)
    assert violated(caught.value) == name


def test_database_refuses_two_holds_of_one_browser(service, group, place):
    one, two = kit.make_slots(group, place, 2)
    kit.hold(service, one, holder="a")
    kit.hold(service, two, holder="b")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Reservation.objects.update(holder="a")
    assert violated(caught.value) == "reservation_one_hold_each"


def test_database_refuses_a_slot_twice_in_one_reservation(service, slot):
    booked = kit.make_reservation(service, slot)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReservationSlot.objects.create(reservation=booked, slot=slot)
