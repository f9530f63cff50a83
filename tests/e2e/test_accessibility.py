"""Every page of the product against axe, for every kind of visitor."""

import pytest
from django.urls import reverse

from applications.models import Disposal
from cityhall.models import User
from tests.e2e.conftest import DESK, TABLET, in_worker
from tests.e2e.pages import (
    city,
    of_bereavement,
    of_booking,
    of_campaigns,
    of_certificates,
    of_channels,
    of_circulars,
    of_designer,
    of_desk,
    of_guides,
    of_hall,
    of_inbox,
    of_kinds,
    of_kiosk_entry,
    of_layouts,
    of_move_ins,
    of_offers,
    of_prefill,
    of_reports,
    of_residents,
    of_staff,
    of_supply,
    of_surveys,
    of_visit_filling,
    of_visit_receiving,
    of_visits,
)
from tests.e2e.pages.table import ALL_PAGES
from tests.e2e.pages.visiting import Walk

# six hundred pages, each looked at by the checker: ten minutes
pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def demo_city(city_key):
    """The demo's people with cases in every state, one letter run, and one piece of work that failed."""
    in_worker(city.load_people_and_failures, city.load_filing_for_others)


@pytest.fixture
def walk():
    return Walk()


@pytest.fixture
def walk_as(walk, open_browser):
    """Visit pages as a member of staff; what the pages need is made in the worker."""

    def visit(user, pages_of):
        [paths] = in_worker(lambda: list(pages_of(user)))
        walk.visit(open_browser(user, size=TABLET), paths)

    return visit


def staff(name):
    return User.objects.get(email=f"{name}@city.example.jp")


def test_every_page_is_free_of_violations(open_browser, demo_city, walk, walk_as):
    walk_as_residents(walk, open_browser)
    for name in ("handler", "approver"):
        walk_as(staff(name), of_staff.pages_of_handlers)
    walk_as(staff("handler"), of_staff.pages_of_extracts)
    walk_as(staff("handler2"), of_campaigns.pages_of_campaigns)
    walk_as(staff("handler"), of_channels.pages_of_news)
    walk_as(staff("admin"), of_kinds.pages_of_kinds)
    walk_as(staff("admin"), of_inbox.pages_of_people)
    walk_as(staff("head1"), of_circulars.pages_of_head)
    walk_as(staff("admin"), of_circulars.pages_of_administrator)
    walk_as(staff("clerk"), of_booking.pages_of_clerk)
    walk_as(staff("clerk"), of_move_ins.pages_of_move_ins)
    walk_as(staff("handler"), of_supply.pages_of_supply)
    walk_as(staff("handler"), of_desk.pages_of_choice)
    walk_as(staff("handler"), of_desk.pages_of_desk)
    walk_as(staff("handler2"), of_hall.pages_of_floor)
    walk_as(staff("handler"), of_visits.pages_of_visits)
    walk_as(staff("handler"), of_visits.pages_of_colleague)
    walk_as(staff("handler"), of_visit_filling.pages_of_filling)
    walk_as(staff("handler"), of_visit_filling.pages_of_review)
    walk_as(staff("handler"), of_visit_filling.pages_of_figures)
    walk_as(staff("handler"), of_visit_receiving.pages_of_receiving)
    walk_as(staff("handler2"), of_bereavement.pages_of_department)
    walk_as(staff("clerk"), of_bereavement.pages_of_corner)
    walk_as(staff("handler2"), of_certificates.pages_of_certificates)
    walk_as(staff("handler"), of_offers.pages_of_classes)
    walk_as(staff("handler2"), of_offers.pages_of_counter)
    walk_as(staff("handler3"), of_surveys.pages_of_surveys)
    walk_as(staff("handler2"), of_reports.pages_of_staff_reports)
    walk_as(staff("approver"), of_staff.pages_of_approver)
    walk_as(Disposal.objects.get().planned_by, of_staff.pages_of_disposal)
    walk_as(staff("admin"), of_staff.pages_of_administrator)
    walk_as(staff("admin"), of_designer.pages_of_designer)
    walk_as(staff("admin"), of_layouts.pages_of_layouts)
    start = reverse("applications:guide_try_start", args=["birth", 1])
    page = open_browser(staff("admin"), size=TABLET)
    of_guides.visit_guide(walk, page, start, of_guides.pages_of_staff_guides())
    assert not walk.found, "\n".join(walk.found)
    assert ALL_PAGES - walk.seen == set()


def walk_as_residents(walk, open_browser):
    """Without an account, signed in, through a guide, and with a report."""
    walk.visit(open_browser(), of_residents.pages_of_visitors())
    of_residents.visit_as_guest(walk, open_browser())
    of_booking.visit_as_visitor(walk, open_browser())
    of_prefill.visit_as_visitor(walk, open_browser())
    walk.visit(open_browser(), in_worker(lambda: list(of_move_ins.pages_of_link()))[0])
    of_hall.visit_hall(walk, open_browser, machine=TABLET, screen=DESK)
    of_kiosk_entry.visit_entry(walk, open_browser, size=TABLET)
    of_circulars.visit_tablet(walk, open_browser, size=TABLET)
    walk.visit(open_browser(), of_circulars.pages_of_tour())
    walk.visit(open_browser(), in_worker(lambda: list(of_offers.pages_of_everybody()))[0])
    walk.visit(open_browser(), in_worker(lambda: list(of_channels.pages_of_everybody()))[0])
    walk.visit(open_browser(), in_worker(lambda: list(of_visit_receiving.pages_of_invited()))[0])
    for email in ("resident01@example.jp", "resident03@example.jp"):
        user = User.objects.get(email=email)
        walk.visit(open_browser(user), of_residents.pages_of_resident(user))
        walk.visit(open_browser(user), list(of_channels.pages_of_resident(user)))
        walk.visit(open_browser(user), list(of_circulars.pages_of_resident(user)))
        walk.visit(open_browser(user), in_worker(lambda user=user: list(of_inbox.pages_of_resident(user)))[0])
        walk.visit(open_browser(user), in_worker(lambda user=user: list(of_booking.pages_of_booker(user)))[0])
        walk.visit(open_browser(user), in_worker(lambda user=user: list(of_offers.pages_of_resident(user)))[0])
    booker = User.objects.get(email="resident01@example.jp")
    walk.visit(open_browser(booker), in_worker(lambda: list(of_bereavement.pages_of_family(booker)))[0])
    start = reverse("applications:guide_start", args=["bereavement"])
    of_guides.visit_guide(walk, open_browser(), start, of_guides.pages_of_guides())
    of_reports.visit_reports(walk, open_browser())
