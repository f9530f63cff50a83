"""In the demo every link from a procedure to a booking leads to something there is."""

import datetime as dt

import pytest

from applications.services.catalogue import FOLDER, read_catalogue
from portal.demo_city import hall, one_stop
from reservations.models import OpeningException, OpeningRule
from reservations.months import DayRoom, Room, month_table
from tests.reservations.kit import make_group, make_place

SERVICES = {service["key"]: group for group in hall.content()["groups"] for service in group["services"]}


@pytest.fixture(scope="module")
def procedures():
    return {one.key: one for one in read_catalogue(FOLDER).procedures}


def test_links_name_procedures_and_services_that_exist(procedures):
    visits = hall.content()["visits"]
    assert [key for key in visits if key not in procedures] == []
    assert [key for key in visits.values() if key not in SERVICES] == []


def test_what_the_one_stop_desk_takes_can_be_booked():
    """Who prefills any of it is offered a booking of its own. The school office takes no bookings."""
    assert [key for key in one_stop.RECEIVED if key not in hall.content()["visits"]] == ["shugaku-enjo"]


@pytest.mark.django_db
@pytest.mark.parametrize(("day", "opened"), [("2026-11-23", 1), ("2026-11-24", 0)])
def test_demo_is_open_on_workdays_and_on_the_day_it_is_begun(monkeypatch, day, opened):
    """勤労感謝の日 on which somebody tries the demo is open; no other holiday and no weekend is."""
    begun = dt.date.fromisoformat(day)
    monkeypatch.setattr(hall, "today", lambda: begun)
    row = {"capacity": 2, "public": 2, "minutes": 20, "spot": "1階"}
    group, place = make_group(), make_place()
    for _twice in range(2):
        hall._load_rules(group, place, row)
    rule = OpeningRule.objects.get()
    assert (rule.weekdays, rule.works_on_closed_days, rule.valid_until) == ([0, 1, 2, 3, 4], False, None)
    assert list(OpeningException.objects.values_list("date", flat=True)) == [begun] * opened


def test_calendar_says_that_weekends_and_holidays_are_off():
    days = {dt.date(2026, 11, 28): DayRoom(Room.FREE)}
    found = month_table(
        dt.date(2026, 11, 1),
        days,
        earliest=dt.date(2026, 11, 20),
        latest=dt.date(2026, 12, 20),
        href_of=lambda day: day.isoformat(),
    )
    off = [cell.date.day for cell in found.cells if cell.is_day_off]
    # 勤労感謝の日, and the weekends to come but for a Saturday that is open
    assert off == [21, 22, 23, 29]
