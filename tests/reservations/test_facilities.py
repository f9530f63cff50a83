"""Rooms by the hour and sites by the night: which stays are free, what they cost, booking, moving, cancelling."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from cityhall.crypto import decrypt
from cityhall.enums import Role
from notices.models import OutgoingMail
from reservations.codes import page_url
from reservations.enums import ReservationState, SupplyKind, Unit
from reservations.errors import NotBookable, SlotGone
from reservations.models import CancellationStep, OpeningRule, Reservation, Slot
from reservations.queries.facilities import slots_of_stay, starts_on, stays_from, units_of
from reservations.services import bookings, facilities
from reservations.templatetags.facilities import time_text
from tests import factories
from tests.reservations import kit
from tests.reservations.bookingkit import GUEST, give_contact, press_book, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(municipality):
    return kit.make_place("center", name="市民センター")


@pytest.fixture
def room(department, place):
    """A meeting room by the hour, 600 yen, at most three hours; half the fee from three days before, all on the day."""
    group = kit.make_group(
        department, key="room", name="会議室", kind=SupplyKind.FACILITY, fee_per_unit=600, max_units=3, max_people=20
    )
    CancellationStep.objects.create(group=group, days_before=3, percent=50)
    CancellationStep.objects.create(group=group, days_before=0, percent=100)
    return kit.make_offer(kit.make_service(group, key="room", name="会議室を借りる"), place, spot="2階 会議室1")


@pytest.fixture
def hours(room, place):
    """Nine to two, one after the other."""
    return kit.make_slots(room.service.group, place, 5, minutes=60)


@pytest.fixture
def camp(department, place):
    group = kit.make_group(
        department,
        key="camp",
        name="キャンプ場",
        kind=SupplyKind.FACILITY,
        unit=Unit.NIGHT,
        fee_per_unit=2500,
        max_units=3,
    )
    return kit.make_offer(kit.make_service(group, key="camp", name="キャンプサイト"), place)


@pytest.fixture
def nights(camp, place):
    """Four nights, each from two o'clock until midnight, two sites."""
    first = kit.next_week()
    days = [first + dt.timedelta(days=number) for number in range(4)]
    return [kit.make_slot(camp.service.group, place, kit.at(day, 14), minutes=599, capacity=2) for day in days]


def stay(offer, slot, units, **fields):
    number = Reservation.objects.count()
    values = {"people": 1, "holder": f"holder{number}", "request_key": f"stay{number}"}
    return facilities.hold_stay(offer=offer, starts_at=slot.starts_at, units=units, **values | fields)


def day_url(offer, slot, query=""):
    return url("facility_day", offer.service.key, offer.place.key, slot.business_day.isoformat()) + query


def lengths(found):
    return [(one.units, one.fee) for one in found]


def test_hours_in_a_row_cost_what_they_say_up_to_the_most(room, hours):
    assert lengths(stays_from(room, hours[0].starts_at)) == [(1, 600), (2, 1200), (3, 1800)]
    assert lengths(stays_from(room, hours[3].starts_at)) == [(1, 600), (2, 1200)]


def test_what_is_taken_ends_a_stay(room, hours):
    stay(room, hours[2], 1)
    assert lengths(stays_from(room, hours[0].starts_at)) == [(1, 600), (2, 1200)]
    assert stays_from(room, hours[2].starts_at) == []


def test_a_break_between_two_hours_ends_a_stay(room, place):
    morning = kit.make_slot(room.service.group, place, kit.at(kit.next_week(), 11), minutes=60)
    kit.make_slot(room.service.group, place, kit.at(kit.next_week(), 13), minutes=60)
    assert lengths(stays_from(room, morning.starts_at)) == [(1, 600)]
    with pytest.raises(NotBookable):
        stay(room, morning, 2)


def test_what_is_not_open_is_no_stay_for_the_public(room, hours):
    Slot.objects.filter(pk=hours[1].pk).update(opens_at=timezone.now() + dt.timedelta(days=1))
    Slot.objects.filter(pk=hours[4].pk).update(released=0)
    assert lengths(stays_from(room, hours[0].starts_at)) == [(1, 600)]
    assert stays_from(room, hours[4].starts_at) == []
    assert lengths(stays_from(room, hours[0].starts_at, is_public=False)) == [(1, 600), (2, 1200), (3, 1800)]


def test_nights_follow_from_day_to_day(camp, nights):
    found = stays_from(camp, nights[0].starts_at)
    assert lengths(found) == [(1, 2500), (2, 5000), (3, 7500)]
    assert found[1].leaves_on == nights[0].business_day + dt.timedelta(days=2)
    nights[1].delete()
    assert lengths(stays_from(camp, nights[0].starts_at)) == [(1, 2500)]


@pytest.mark.parametrize("units", [0, -1, 4, 10**6])
def test_numbers_that_are_no_stay_are_refused(room, hours, units):
    with pytest.raises(NotBookable):
        stay(room, hours[0], units)
    assert {slot.taken for slot in Slot.objects.all()} == {0}


def test_a_stay_takes_all_of_its_slots_or_none(room, hours):
    held = stay(room, hours[0], 3)
    assert (held.fee, held.starts_at, held.ends_at) == (1800, hours[0].starts_at, hours[2].ends_at)
    with pytest.raises(SlotGone):
        stay(room, hours[2], 2)
    assert [slot.taken for slot in Slot.objects.order_by("starts_at")] == [1, 1, 1, 0, 0]
    kit.assert_counts_agree()


def test_the_same_press_is_one_stay(room, hours):
    first = stay(room, hours[0], 2, holder="one", request_key="press")
    again = stay(room, hours[0], 2, holder="one", request_key="press")
    assert first == again
    assert Slot.objects.filter(taken=1).count() == 2


@pytest.mark.parametrize(("days_before", "fee"), [(4, 0), (3, 600), (1, 600), (0, 1200)])
def test_cancelling_late_costs_what_the_rule_says(room, hours, days_before, fee):
    booked = kit.confirm(stay(room, hours[0], 2))
    now = kit.at(booked.business_day - dt.timedelta(days=days_before), 8)
    cancelled = bookings.cancel(reservation=booked, now=now)
    assert cancelled.cancellation_fee == fee
    if fee:
        assert f"{fee:,}円" in decrypt(OutgoingMail.objects.latest("id").body)


def test_a_stay_moves_with_all_of_its_hours(client, room, hours):
    booked = kit.confirm(stay(room, hours[0], 2))
    bookings.move(
        reservation=booked,
        slots=slots_of_stay(
            group=booked.group, place=booked.place, starts_at=hours[3].starts_at, units=units_of(booked)
        ),
    )
    booked.refresh_from_db()
    assert (booked.starts_at, booked.ends_at, booked.fee) == (hours[3].starts_at, hours[4].ends_at, 1200)


def test_the_time_reads_as_hours_or_nights(room, hours, camp, nights):
    day = hours[0].business_day
    assert time_text(kit.confirm(stay(room, hours[0], 2))).endswith("9:00〜11:00")
    until = day + dt.timedelta(days=2)
    assert f"14:00から 2泊（{until.month}月{until.day}日" in time_text(kit.confirm(stay(camp, nights[0], 2)))


# --- pages ------------------------------------------------------------------------------------------


def test_somebody_books_two_hours_without_an_account(client, room, hours):
    assert "会議室" in client.get(url("facility_list")).text
    month = client.get(url("facility_month", "room", "center") + f"?month={hours[0].business_day:%Y-%m}").text
    assert day_url(room, hours[0]) in month
    assert "当日の取消：料金の100%" in month
    page = client.get(day_url(room, hours[0], "?from=10:00"))
    assert [one.fee for one in page.context["stays"]] == [600, 1200, 1800]
    assert "10:00〜12:00　1,200円" in page.text
    answer = client.post(day_url(room, hours[0], "?from=10:00"), {"units": "2", "people": "5", "request_key": "press"})
    row = Reservation.objects.get()
    assert answer.url == url("booking_contact", row.public_id)
    assert "1,200円" in client.get(answer.url).text
    give_contact(client, row)
    check = client.get(url("booking_check", row.public_id)).text
    assert "10:00〜12:00" in check
    assert "3日前からの取消：料金の50%" in check
    assert press_book(client, row).url == url("reservation_done", row.public_id)
    row.refresh_from_db()
    assert (row.state, row.fee, row.people, row.name) == (ReservationState.BOOKED, 1200, 5, "山田 花子")
    own = client.get(url("reservation_detail", row.public_id)).text
    assert "1,200円" in own
    assert "当日の取消：料金の100%" in own
    assert "1,200円" in decrypt(OutgoingMail.objects.get().body)


def test_a_day_of_nights_asks_for_no_time(client, camp, nights):
    page = client.get(day_url(camp, nights[0]))
    assert [one.units for one in page.context["stays"]] == [1, 2, 3]
    client.post(day_url(camp, nights[0]), {"units": "3", "people": "1", "request_key": "k"})
    assert Reservation.objects.get().fee == 7500


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"units": "", "people": "1"}, "units"),
        ({"units": "4", "people": "1"}, "units"),
        ({"units": "x", "people": "1"}, "units"),
        ({"units": "1", "people": "0"}, "people"),
        ({"units": "1", "people": "21"}, "people"),
        ({"units": "1", "people": "たくさん"}, "people"),
    ],
)
def test_what_is_wrong_stands_by_its_field(client, room, hours, sent, field):
    page = client.post(day_url(room, hours[0], "?from=09:00"), sent)
    assert page.context["form"].errors[field]
    assert not Reservation.objects.exists()


def test_a_time_gone_while_choosing_says_so(client, room, hours):
    stay(room, hours[0], 1)
    page = client.post(day_url(room, hours[0], "?from=09:00"), {"units": "1", "people": "1", "request_key": "k"})
    assert page.status_code == 200
    assert page.context["form"].errors["units"]


@pytest.mark.parametrize("query", ["?from=25:00", "?from=abc", "?from=09:30", "?from=%EF%BC%99"])
def test_times_that_are_none_offer_no_stay(client, room, hours, query):
    page = client.get(day_url(room, hours[0], query))
    assert (page.status_code, page.context["stays"]) == (200, [])


@pytest.mark.parametrize("day", ["yesterday", "2020-01-01", "2099-01-01", "2026-13-40"])
def test_days_that_are_none_lead_to_the_calendar(client, room, day):
    assert client.get(url("facility_day", "room", "center", day)).url == url("facility_month", "room", "center")


def test_counters_and_closed_places_are_no_facility(client, room, place):
    kit.make_service(kit.make_group(), place, key="juminhyo")
    assert client.get(url("facility_month", "juminhyo", "center")).status_code == 404
    place.is_active = False
    place.save(update_fields=["is_active"])
    assert client.get(url("facility_month", "room", "center")).status_code == 404
    assert "いま予約できる施設はありません" in client.get(url("facility_list")).text


def test_moving_on_the_page_keeps_the_length(client, room, hours):
    client.post(day_url(room, hours[0], "?from=09:00"), {"units": "2", "people": "1", "request_key": "k"})
    row = Reservation.objects.get()
    give_contact(client, row)
    press_book(client, row)
    client.post(url("reservation_move_day", row.public_id, hours[0].business_day.isoformat()), {"time": "12:00"})
    row.refresh_from_db()
    assert (row.starts_at, row.ends_at) == (hours[3].starts_at, hours[4].ends_at)
    kit_used = [kit.used(slot) for slot in hours[3:]]
    assert kit_used == [1, 1]


def times_offered(page):
    return {
        f"{time.starts_at.astimezone(kit.TOKYO):%H}": time.room.is_open
        for _part, found in page.context["parts"]
        for time in found
    }


def test_a_stay_moves_by_one_hour_on_a_day_that_is_full_but_for_itself(client, login, clerk, room, hours):
    mine = kit.confirm(stay(room, hours[1], 2))
    kit.confirm(stay(room, hours[4], 1))
    day = hours[0].business_day
    by_staff = url("staff_move", mine.public_id) + f"?day={day}"
    # 9 to 11 takes 10 again; 11 to 13 as well; 12 to 14 meets the other one; 10 is where it is
    offered = {"09": True, "11": True, "12": False}
    assert times_offered(login(clerk, Client()).get(by_staff)) == offered
    link = page_url(mine).partition("://")[2].partition("/")[2]
    client.get(f"/{link}")
    assert (
        f"{url('reservation_move_day', mine.public_id, day)}"
        in client.get(url("reservation_move", mine.public_id)).text
    )
    page = url("reservation_move_day", mine.public_id, day.isoformat())
    assert times_offered(client.get(page)) == offered
    client.post(page, {"time": "11:00"})
    mine.refresh_from_db()
    assert (mine.starts_at, mine.ends_at) == (hours[2].starts_at, hours[3].ends_at)
    assert list(mine.slots.order_by("slot").values_list("slot", flat=True)) == [hours[2].pk, hours[3].pk]
    kit.assert_counts_agree()


def test_nights_move_by_one_night(camp, nights):
    mine = kit.confirm(stay(camp, nights[0], 2))
    day = nights[1].business_day
    assert starts_on(mine, day) == [(nights[1].starts_at, True)]
    assert starts_on(mine, nights[0].business_day) == []
    assert starts_on(mine, day, now=nights[1].starts_at + dt.timedelta(seconds=1)) == []


def test_staff_book_for_somebody_on_the_telephone(client, login, clerk, room, hours):
    login(clerk)
    Slot.objects.update(released=0, public_capacity=0)
    assert "会議室" in client.get(url("staff_facilities")).text
    base = url("staff_facility", "room", "center") + f"?day={hours[0].business_day}&from=09:00"
    assert [one.units for one in client.get(base).context["stays"]] == [1, 2, 3]
    sent = GUEST | {"units": "2", "people": "3", "channel": "phone", "request_key": "k"}
    first, second = (client.post(base, sent) for _press in range(2))
    row = Reservation.objects.get()
    assert first.url == url("staff_reservation", row.public_id)
    assert (row.fee, row.channel, row.is_public, row.booked_by) == (1200, "phone", False, clerk)
    # the hours are gone from the second page, the booking is the one
    assert second.status_code == 200
    assert second.context["form"].errors["units"]


def test_staff_of_another_department_find_no_facility(login, departments, room, hours):
    other = factories.make_staff(role=Role.CLERK, department=departments["kaigo"])
    browser = login(other, Client())
    assert "会議室" not in browser.get(url("staff_facilities")).text
    assert browser.get(url("staff_facility", "room", "center")).status_code == 404


def test_staff_hold_nothing_on_the_pages_of_residents(client, login, clerk, room, hours):
    login(clerk)
    sent = {"units": "1", "people": "1", "request_key": "k"}
    assert client.post(day_url(room, hours[0], "?from=09:00"), sent).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same(client, room, place, count, django_assert_num_queries):
    for number in range(count):
        kit.make_offer(kit.make_service(room.service.group, key=f"more{number}"), place)
    client.get(url("facility_list"))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(url("facility_list"))


LIST_QUERIES = 3


def test_the_database_keeps_percents_sensible_and_steps_apart(room):
    group = room.service.group
    with pytest.raises(IntegrityError), transaction.atomic():
        CancellationStep.objects.create(group=group, days_before=9, percent=101)
    with pytest.raises(IntegrityError), transaction.atomic():
        CancellationStep.objects.create(group=group, days_before=3, percent=10)


def test_prices_are_for_hours_and_nights_not_for_slots(client, room, camp, place):
    opening = {"weekdays": [0], "from_time": dt.time(9), "until_time": dt.time(21), "valid_from": kit.next_week(-7)}
    page = client.get(url("facility_list")).text
    assert ("1回 600円" in page, "1泊 2,500円" in page, "枠" in page) == (True, True, False)
    rule = OpeningRule.objects.create(group=room.service.group, place=place, slot_minutes=30, **opening)
    assert "30分 600円" in client.get(url("facility_list")).text
    OpeningRule.objects.filter(pk=rule.pk).update(slot_minutes=60)
    about = client.get(url("facility_month", "room", place.key)).text
    assert ("1時間 600円" in about, "続けて3時間まで" in about) == (True, True)
    assert "続けて3泊まで" in client.get(url("facility_month", "camp", place.key)).text
