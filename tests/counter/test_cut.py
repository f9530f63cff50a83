"""Lists that end before the last row say so, and count all of them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from counter.enums import HandOverOutcome
from counter.models import HandOver
from counter.queries.bereavements import coming, sheets_to_come
from counter.services import visits
from tests.applications.casekit import text_of
from tests.counter import bereavementkit, certkit
from tests.counter.deskkit import make_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(municipality, department):
    return make_place(department)


def test_the_visits_of_today_are_counted_and_go_on_behind_the_first_page(place, clerk, login, monkeypatch):
    for name in ("counter.queries.today.MOST_LISTED", "counter.views.desk.today.MOST_LISTED"):
        monkeypatch.setattr(name, 2)
    begun = [visits.start(place=place, by=clerk, request_key=f"v{number}") for number in range(3)]
    browser = login(clerk)
    page = browser.get(reverse("counter:visits"))
    assert "今日の来庁 3人" in text_of(page)
    assert (len(page.context["rows"]), "?skip=2" in text_of(page)) == (2, True)
    rest = browser.get(reverse("counter:visits") + "?skip=2")
    assert [row.visit.pk for row in rest.context["rows"]] == [begun[0].pk]
    assert ("今日の来庁 3人" in text_of(rest), "?skip=" in text_of(rest)) == (True, False)
    assert browser.get(reverse("counter:visits") + "?skip=-1x").status_code == 200


def test_families_and_sheets_to_come_are_counted(municipality, department, clerk, monkeypatch, login):
    corner = bereavementkit.make_corner(department)[0]
    monkeypatch.setattr("counter.queries.bereavements.MOST_LISTED", 1)
    for days in (7, 8):
        bereavementkit.prepared(corner, reservation=bereavementkit.book(corner, days=days))
    rows = coming(clerk, timezone.now())
    assert (len(rows), rows.total, rows.has_more) == (1, 2, True)
    assert "これからの予約 2件（日の近い1件を" in text_of(login(clerk).get(reverse("counter:bereavement_corner")))
    by = bereavementkit.staff_of("hoken")
    sheets = sheets_to_come(by, timezone.now())
    assert (len(sheets), sheets.total, sheets.has_more) == (1, 2, True)
    assert "2件のうち、来庁の日が近い1件を" in text_of(login(by).get(reverse("counter:bereavement_sheets")))


def test_what_is_handed_over_is_counted(place, department, clerk, login, resident, monkeypatch):
    monkeypatch.setattr("counter.views.desk.handing.DESK_SHOWS", 1)
    certkit.paid(place, clerk, certkit.make_both(department), resident=resident)
    assert HandOver.objects.filter(outcome=HandOverOutcome.OPEN).count() == 2
    assert "2件のうち、1件を表示しています" in text_of(login(clerk).get(reverse("counter:hand_overs")))
