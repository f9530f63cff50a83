"""Many people behind one address, and one robot behind fifty: how many times guests hold at once."""

import datetime as dt

import pytest
from django.conf import settings as installed
from django.test import Client
from django.utils import timezone

from reservations.enums import ReservationState
from reservations.errors import CrowdedAddress
from reservations.models import Reservation
from reservations.services import crowds
from tests import factories
from tests.reservations import kit
from tests.reservations.bookingkit import book, day_url, held, local_clock, shown_messages, url

pytestmark = pytest.mark.django_db

HELD = ReservationState.HELD


@pytest.fixture
def service(municipality):
    place = kit.make_place("hall")
    return kit.make_service(kit.make_group(), place)


@pytest.fixture
def slots(service):
    return kit.make_slots(service.group, service.offers.get().place, 6, capacity=9)


@pytest.fixture(autouse=True)
def _few(settings):
    settings.GUEST_HOLDS_PER_ADDRESS = 3


def from_address(address):
    return Client(REMOTE_ADDR=address)


def press(browser, slot, service, key):
    data = {"time": local_clock(slot), "request_key": key}
    return browser.post(day_url(slot, service), data, follow=True)


def test_the_default_lets_a_hall_work():
    assert crowds.holder_in("192.0.2.1", "a") != crowds.holder_in("192.0.2.1", "b")
    assert len(crowds.holder_in("192.0.2.1", "a")) == 64
    assert installed.GUEST_HOLDS_PER_ADDRESS == 3


def test_ever_new_browsers_of_one_address_hold_so_many_times_and_others_go_on(service, slots):
    for slot in slots[:3]:
        held(from_address("192.0.2.1"), slot, service)
    answer = press(from_address("192.0.2.1"), slots[3], service, "more")
    assert shown_messages(answer.text) == [str(CrowdedAddress.message)]
    assert Reservation.objects.filter(state=HELD).count() == 3
    held(from_address("192.0.2.2"), slots[3], service)
    assert Reservation.objects.filter(state=HELD).count() == 4
    kit.assert_counts_agree()


def test_a_line_of_ipv6_is_one_address(service, slots):
    for number, slot in enumerate(slots[:3]):
        held(from_address(f"2001:db8::{number + 1}"), slot, service)
    assert shown_messages(press(from_address("2001:db8::ffff"), slots[3], service, "more").text)
    held(from_address("2001:db8:0:1::1"), slots[3], service)


def test_who_books_lets_the_next_one_in(service, slots):
    for slot in slots[:3]:
        book(from_address("192.0.2.1"), slot, service)
    held(from_address("192.0.2.1"), slots[3], service)
    assert Reservation.objects.filter(state=HELD).count() == 1


def test_a_hold_that_is_over_counts_no_more(service, slots):
    for slot in slots[:3]:
        held(from_address("192.0.2.1"), slot, service)
    Reservation.objects.update(hold_until=timezone.now() - dt.timedelta(seconds=1))
    held(from_address("192.0.2.1"), slots[3], service)


def test_another_time_for_the_same_browser_is_no_further_hold(service, slots):
    browsers = [from_address("192.0.2.1") for _ in range(3)]
    for browser, slot in zip(browsers, slots, strict=False):
        held(browser, slot, service)
    held(browsers[0], slots[4], service, key="other")
    assert Reservation.objects.filter(state=HELD).count() == 3


def test_a_browser_that_changes_its_network_keeps_one_hold(service, slots):
    browser = from_address("192.0.2.1")
    held(browser, slots[0], service)
    browser.defaults["REMOTE_ADDR"] = "198.51.100.7"
    held(browser, slots[1], service, key="other")
    assert Reservation.objects.filter(state=HELD).count() == 1


def test_people_with_an_account_neither_count_nor_are_counted(service, slots, login):
    for slot in slots[:3]:
        held(login(factories.make_resident_user(), from_address("192.0.2.1")), slot, service)
    for slot in slots[:3]:
        held(from_address("192.0.2.1"), slot, service)
    held(login(factories.make_resident_user(), from_address("192.0.2.1")), slots[3], service)
    assert Reservation.objects.filter(state=HELD).count() == 7


def test_nothing_is_counted_where_it_is_switched_off(service, slots, settings):
    settings.GUEST_HOLDS_PER_ADDRESS = 0
    for slot in slots:
        held(from_address("192.0.2.1"), slot, service)
    assert Reservation.objects.filter(state=HELD).count() == 6


def test_rooms_are_counted_too(municipality, settings):
    settings.GUEST_HOLDS_PER_ADDRESS = 1
    place = kit.make_place("rooms")
    group = kit.make_group(kind="facility", max_units=3)
    service = kit.make_service(group, place)
    slots = kit.make_slots(group, place, 2, minutes=60)
    for number, slot in enumerate(slots):
        day = slot.business_day.isoformat()
        address = url("facility_day", service.key, place.key, day)
        data = {"starts": local_clock(slot), "units": 1, "people": 1, "request_key": str(number)}
        answer = from_address("192.0.2.1").post(f"{address}?from={local_clock(slot)}", data)
    assert answer.status_code == 200
    assert str(CrowdedAddress.message) in answer.text
    assert Reservation.objects.filter(state=HELD).count() == 1
