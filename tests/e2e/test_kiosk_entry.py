"""The tablet at the hall in a real browser: every page looked at, and what it does when nobody touches it."""

import pytest
from playwright.sync_api import expect

from cityhall.enums import DeviceKind
from cityhall.services import devices
from counter.enums import PrefillState
from counter.kiosk import cookie
from counter.models import Prefill
from reservations.models import Kiosk, Place
from tests.e2e import filing
from tests.e2e.conftest import TABLET, in_worker, stop_clock, wait_until
from tests.e2e.pages import of_kiosk_entry
from tests.e2e.pages.of_kiosk_entry import at
from tests.e2e.pages.visiting import Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tablet(city, open_browser):
    in_worker(make_kiosk)
    return of_kiosk_entry.stand_before(open_browser, size=TABLET)


def make_kiosk():
    place, _made = Place.objects.get_or_create(key="hall", defaults={"name": "本庁舎"})
    device = devices.create(kind=DeviceKind.KIOSK, name="記載台", department=None, by=None)
    Kiosk.objects.create(place=place, name="記載台", device=device)


def state():
    return in_worker(lambda: Prefill.objects.get().state)[0]


def tokens(page):
    return [one for one in page.context.cookies() if one["name"] == cookie.NAME]


def test_every_page_of_the_tablet_is_free_of_violations(city, open_browser):
    in_worker(make_kiosk)
    walk = Walk()
    of_kiosk_entry.visit_entry(walk, open_browser, size=TABLET)
    assert walk.found == []


def test_ninety_seconds_without_a_touch_wipe_what_was_typed(tablet):
    stop_clock(tablet)
    of_kiosk_entry.begin(tablet)
    of_kiosk_entry.choose_first(tablet)
    tablet.goto(at("page", 1))
    tablet.locator("input[name='q-applicant_name.family']").fill("高橋")
    tablet.clock.run_for(71_000)
    left = tablet.locator("[data-idle-left]")
    expect(left).to_be_visible()
    assert int(left.inner_text()) <= 20
    tablet.get_by_role("button", name="つづける").click()
    expect(left).to_be_hidden()
    # who goes on has ninety seconds again
    tablet.clock.run_for(60_000)
    expect(left).to_be_hidden()
    assert tablet.locator("input[name='q-applicant_name.family']").input_value() == "高橋"
    tablet.clock.run_for(35_000)
    wait_until(tablet, lambda: state() == PrefillState.DELETED)
    expect(tablet.locator(".entry-begin")).to_be_visible()
    assert tokens(tablet) == []


def test_what_is_finished_stays_for_the_desk_and_not_on_the_tablet(tablet):
    of_kiosk_entry.begin(tablet)
    of_kiosk_entry.choose_first(tablet)
    of_kiosk_entry.finish(tablet)
    digits = tablet.locator(".entry-slip__digits").inner_text()
    assert digits.replace("-", "").isdigit()
    tablet.get_by_role("button", name="終わる").click()
    expect(tablet.locator(".entry-begin")).to_be_visible()
    assert (state(), tokens(tablet)) == (PrefillState.OPEN, [])
    filing.go_back(tablet)
    expect(tablet.get_by_text(digits)).to_have_count(0)


def test_the_tablet_works_without_scripts(city, open_browser):
    in_worker(make_kiosk)
    page = of_kiosk_entry.stand_before(lambda size: open_browser(size=size, javascript=False), size=TABLET)
    of_kiosk_entry.begin(page)
    of_kiosk_entry.choose_first(page)
    page.goto(at("page", 1))
    page.locator(".hall-actions button[value=next]").click()
    expect(page.locator(".error-summary")).to_be_visible()
    of_kiosk_entry.finish(page)
    expect(page.locator(".entry-slip__digits")).to_be_visible()
