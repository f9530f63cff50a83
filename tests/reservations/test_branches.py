"""Staff of a branch: what is booked at their place is theirs, whatever the department, and nothing else."""

import pytest

from cityhall.enums import Role
from reservations.models import PickupOrder
from reservations.queries.pickups import pickup_days
from reservations.queries.scope import bookable_by, listed_groups, visible_groups, visible_places
from reservations.services import pickups
from reservations.services.pickups import Wanted
from tests import factories
from tests.reservations import kit
from tests.reservations.bookingkit import url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("municipality")]


@pytest.fixture
def branch():
    """The branch in the east with its own staff."""
    office = factories.make_department("east", "東支所")
    return kit.make_place("east", name="東支所", department=office)


@pytest.fixture
def hall():
    return kit.make_place("hall")


@pytest.fixture
def service(department, branch, hall):
    service = kit.make_service(kit.make_group(department, has_waiting_list=True, takes_pickups=True), hall)
    kit.make_offer(service, branch)
    return service


@pytest.fixture
def clerk_there(branch):
    return factories.make_staff(role=Role.CLERK, department=branch.department)


def booked(service, place):
    return kit.make_reservation(service, kit.make_slot(service.group, place), kit.make_contact())


def test_a_branch_sees_and_handles_its_own_place_and_no_other(login, clerk_there, service, branch, hall):
    here, elsewhere = booked(service, branch), booked(service, hall)
    browser = login(clerk_there)
    page = browser.get(url("staff_day"), {"place": "east", "day": here.business_day.isoformat()})
    assert [row.pk for row in page.context["rows"]] == [here.pk]
    assert browser.get(url("staff_reservation", here.public_id)).status_code == 200
    for name in ("staff_reservation", "staff_move", "staff_edit", "staff_cancel"):
        assert browser.get(url(name, elsewhere.public_id)).status_code == 404
    for name in ("staff_arrive", "staff_no_show", "staff_finish", "staff_phoned"):
        assert browser.post(url(name, elsewhere.public_id)).status_code == 404
    assert [row.pk for row in browser.get(url("staff_day"), {"q": elsewhere.number}).context["rows"]] == []


def test_the_department_sees_its_services_everywhere(login, clerk, service, branch, hall):
    rows = [booked(service, branch), booked(service, hall)]
    browser = login(clerk)
    assert [browser.get(url("staff_reservation", row.public_id)).status_code for row in rows] == [200, 200]


def test_a_stranger_finds_neither(login, service, branch, hall):
    stranger = factories.make_staff(role=Role.CLERK, department=factories.make_department("x", "他課"))
    browser = login(stranger)
    for row in (booked(service, branch), booked(service, hall)):
        assert browser.get(url("staff_reservation", row.public_id)).status_code == 404


def test_lists_offer_what_is_done_at_the_branch(clerk_there, clerk, administrator, service, branch, hall):
    kit.make_service(kit.make_group(), hall)
    assert list(visible_places(clerk_there)) == [branch]
    assert list(listed_groups(clerk_there)) == [service.group]
    assert list(bookable_by(clerk_there)) == [service]
    # figures of a group are those of its department
    assert list(visible_groups(clerk_there)) == []
    assert set(visible_places(clerk)) == {branch, hall}
    assert listed_groups(administrator).count() == 2


def test_who_waits_for_the_branch_and_what_lies_there_is_on_its_lists(login, clerk_there, service, branch, hall):
    mine, theirs = (kit.make_entry(service, place) for place in (branch, hall))
    day = pickup_days(service.group)[0]
    orders = [
        pickups.order(
            group=service.group, place=place, items=[Wanted(service)], wanted_on=day, contact=kit.make_contact(),
            request_key=place.key,
        )
        for place in (branch, hall)
    ]  # fmt: skip
    browser = login(clerk_there)
    assert [row.pk for row in browser.get(url("staff_waiting")).context["rows"]] == [mine.pk]
    assert browser.post(url("staff_waiting_act", theirs.public_id), {"action": "leave"}).status_code == 404
    page = browser.get(url("staff_pickups"))
    assert ([row.pk for row in page.context["rows"]], page.context["place"]) == ([orders[0].pk], branch)
    assert browser.get(url("staff_pickup", orders[1].public_id)).status_code == 404


def test_the_branch_books_for_a_caller_at_its_own_place(login, clerk_there, service, branch):
    slot = kit.make_slot(service.group, branch)
    address = url("staff_new") + f"?service={service.key}&place=east&day={slot.business_day}&people=1"
    sent = {
        "time": "09:00", "who": "typed", "name": "山田 花子", "kana": "やまだ はなこ", "phone": "090-1111-2222",
        "channel": "phone", "request_key": "k",
    }  # fmt: skip
    answer = login(clerk_there).post(address, sent, follow=True)
    assert answer.status_code == 200
    assert "山田 花子" in answer.text


def test_the_branch_takes_orders_for_its_own_place_and_no_other(login, clerk_there, service, branch, hall):
    browser = login(clerk_there)
    address = url("staff_pickup_new", service.group.key)
    assert address in browser.get(url("staff_pickups")).text
    page = browser.get(address)
    assert list(page.context["form"].places.values()) == [branch]
    sent = {
        f"copies_{service.pk}": "1", "wanted_on": pickup_days(service.group)[0].isoformat(), "wanted_from": "",
        "who": "typed", "name": "山田 花子", "kana": "やまだ はなこ", "phone": "090-1111-2222", "channel": "phone",
        "request_key": "k",
    }  # fmt: skip
    assert browser.post(address, {**sent, "place": hall.key}).status_code == 200
    assert not PickupOrder.objects.exists()
    answer = browser.post(address, {**sent, "place": branch.key}, follow=True)
    assert answer.status_code == 200
    assert PickupOrder.objects.get().place == branch


def test_what_the_branch_does_not_hand_over_it_takes_no_orders_for(login, clerk_there, service, hall):
    elsewhere = kit.make_group(key="elsewhere", takes_pickups=True)
    kit.make_service(elsewhere, hall)
    assert login(clerk_there).get(url("staff_pickup_new", "elsewhere")).status_code == 404
