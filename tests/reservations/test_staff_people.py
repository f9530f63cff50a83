"""The search for a resident on all pages where staff book for somebody: rooms, classes, certificates."""

import datetime as dt

import pytest

from cityhall.models import AuditEvent
from reservations.models import PickupOrder, Reservation, SlotSeries
from reservations.queries import pickups as pickup_queries
from tests import factories
from tests.reservations import kit
from tests.reservations.bookingkit import url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("municipality")]


@pytest.fixture
def place():
    return kit.make_place("center")


@pytest.fixture
def resident():
    return factories.make_resident_user("sakura@example.jp", phone="+81312345678")


@pytest.fixture
def room(department, place):
    group = kit.make_group(department, kind="facility", max_units=3)
    service = kit.make_service(group, place, key="room", minutes=60)
    slot = kit.make_slots(group, place, 2, minutes=60)[0]
    address = url("staff_facility", service.key, place.key) + f"?day={slot.business_day}&from=09:00"
    return address, {"units": 1, "people": 1, "channel": "phone"}


@pytest.fixture
def course(department, place):
    group = kit.make_group(department, kind="event")
    kit.make_service(group, place)
    series = SlotSeries.objects.create(group=group, place=place, title="教室", is_public=True)
    kit.make_slot(group, place, capacity=5, series=series)
    return url("staff_class_enrol", series.public_id) + "?", {"people": 1, "channel": "phone"}


@pytest.fixture
def papers(department, place):
    group = kit.make_group(department, takes_pickups=True)
    kind = kit.make_service(group, place)
    day = pickup_queries.pickup_days(group)[0].isoformat()
    sent = {f"copies_{kind.pk}": 1, "place": place.key, "wanted_on": day, "channel": "phone"}
    return url("staff_pickup_new", group.key) + "?", sent


@pytest.fixture(params=["room", "course", "papers"])
def form_page(request):
    return request.getfixturevalue(request.param)


def made():
    rows = [*Reservation.objects.all(), *PickupOrder.objects.all()]
    assert len(rows) == 1
    return rows[0]


def test_a_resident_is_found_and_booked_for_with_what_is_on_record(login, clerk, resident, form_page):
    address, sent = form_page
    browser = login(clerk)
    found = browser.get(f"{address}&q=たかはし").text
    assert resident.full_name in found
    assert resident.full_kana in found
    answer = browser.post(f"{address}&q=たかはし", sent | {"who": resident.public_id, "request_key": "one"})
    assert answer.status_code == 302, answer.context["form"].errors
    row = made()
    assert (row.resident, row.name, row.email) == (resident, resident.full_name, "sakura@example.jp")
    assert row.phone == "+81312345678"
    event = AuditEvent.objects.filter(target_type="resident", action="search").first()
    assert event.object_ids == [resident.public_id]


def test_who_is_not_registered_is_typed_beside_those_who_were_found(login, clerk, resident, form_page):
    address, sent = form_page
    browser = login(clerk)
    answer = browser.post(f"{address}&q=たかはし", sent | {"who": "typed", "phone": "090-1111-2222"})
    assert set(answer.context["form"].errors) == {"name", "kana"}
    typed = {"who": "typed", "name": "山田 花子", "kana": "やまだ はなこ", "phone": "090-1111-2222"}
    assert browser.post(f"{address}&q=たかはし", sent | typed).status_code == 302
    assert (made().resident, made().name) == (None, "山田 花子")


def test_somebody_must_be_chosen_and_nobody_else_can_be_sent(login, clerk, resident, form_page):
    address, sent = form_page
    browser, stranger = login(clerk), factories.make_resident(family="佐藤", family_kana="サトウ")
    for who in ({}, {"who": stranger.public_id}, {"who": "x"}):
        answer = browser.post(f"{address}&q=たかはし", sent | who)
        assert "who" in answer.context["form"].errors
    assert not Reservation.objects.exists()
    assert not PickupOrder.objects.exists()


def test_nobody_found_is_said_and_the_form_is_as_before(login, clerk, form_page):
    address, sent = form_page
    browser = login(clerk)
    found = browser.get(f"{address}&q=いない")
    assert "住民は見つかりませんでした" in found.text
    assert "who" not in found.context["form"].fields
    typed = {"name": "山田 花子", "kana": "やまだ はなこ", "phone": "090-1111-2222"}
    assert browser.post(f"{address}&q=いない", sent | typed).status_code == 302


def test_a_protected_address_is_not_shown(login, clerk, form_page):
    protected = factories.make_resident(street="秘密1-1", protected_until=dt.date(2999, 1, 1))
    shown = login(clerk).get(f"{form_page[0]}&q=たかはし").text
    assert protected.full_name in shown
    assert "秘密1-1" not in shown
    assert "支援措置" in shown


def test_the_address_keeps_day_and_time_of_a_room(login, clerk, room):
    shown = login(clerk).get(f"{room[0]}&q=x").text
    assert '<input type="hidden" name="from" value="09:00">' in shown
