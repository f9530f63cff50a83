"""A certificate at the desk of a clerk who has done it before: how many taps, and how long a machine needs for them."""

import time
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.urls import reverse

from applications.models import Application, Payment
from cityhall.enums import Role
from cityhall.models import Department
from counter.enums import IssueState, VisitState
from counter.models import CertificateIssue, Visit
from portal.demo_city.city_hall import load_city_hall
from reservations.models import Place
from tests import factories
from tests.counter import certkit
from tests.e2e.conftest import TABLET, in_worker, violations
from tests.e2e.test_visit_signing import draw

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KINDS = ["juminhyo-seikyu", "inkan-shomei", "koseki-seikyu"]
# search, the person, the document, on, the kind, whom it shows, on, the name, signed, paid, handed over
MOST_TAPS = 12
MOST_SECONDS = 60
"""Of the machine alone, which does much else, and without the checker; the clerk's two minutes are for talking."""


class Clerk:
    """Taps are counted: whatever a finger touches, and a field that is typed into once."""

    def __init__(self, page):
        self.page, self.taps, self.seconds = page, 0, 0.0

    @contextmanager
    def tap(self):
        begun = time.monotonic()
        yield
        self.taps += 1
        self.seconds += time.monotonic() - begun

    def press(self, name):
        with self.tap(), self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()

    def choose(self, role, name):
        with self.tap():
            self.page.get_by_role(role, name=name, exact=True).check()

    def type(self, label, text):
        with self.tap():
            self.page.get_by_label(label).first.fill(text)


@pytest.fixture
def certificates(municipality, departments, city_key):
    """The forms of the catalogue at a place of the department that issues them."""
    load_city_hall()
    call_command("load_catalogue", only=KINDS, verbosity=0)
    certkit.make_place(Department.objects.get(code="shimin"))


@pytest.fixture
def certifier(certificates):
    return factories.make_staff(role=Role.CLERK, department=Department.objects.get(code="shimin"), name="証明 花子")


def test_a_clerk_hands_over_a_certificate_in_a_dozen_taps(open_browser, certifier, resident):
    page = open_browser(certifier, size=TABLET)
    page.goto(reverse("counter:certificates"))
    desk = Clerk(page)
    desk.type("住民・予約をさがす", resident.full_kana)
    desk.press("さがす")
    desk.press("この方ではじめる")
    desk.choose("checkbox", "運転免許証・運転経歴証明書")
    desk.press("本人確認を終えて聞き取りへ")
    desk.press("住民票の写しの請求")
    assert violations(page) == []
    desk.choose("radio", "世帯全員")
    desk.press("確認と署名へ")
    assert violations(page) == []
    with desk.tap():
        draw(page)
    desk.press("署名する")
    assert violations(page) == []
    desk.press("現金 300円ちょうど")
    assert violations(page) == []
    desk.press("交付済みにする（1件）")
    assert in_worker(_outcome)[0] == (IssueState.HANDED, VisitState.CLOSED, "completed", "paid")
    assert desk.taps <= MOST_TAPS
    assert desk.seconds < MOST_SECONDS


def _outcome():
    issue = CertificateIssue.objects.get()
    return issue.state, Visit.objects.get().state, Application.objects.get().state, Payment.objects.get().state


def test_mistakes_stand_by_their_field_and_nothing_typed_is_lost(open_browser, certifier, resident):
    visit = in_worker(lambda: certkit.identified(_place(), certifier, resident=resident))[0]
    page = open_browser(certifier, size=TABLET)
    page.goto(reverse("counter:certificate", args=[visit.public_id]))
    desk = Clerk(page)
    desk.press("印鑑登録証明書の請求")
    page.get_by_label("印鑑登録証の番号").fill("12345")
    desk.choose("radio", "第三者")
    page.get_by_label("請求の理由").fill("相続の手続")
    desk.press("住民票の写しの請求")
    assert page.get_by_label("印鑑登録証の番号").input_value() == "12345"
    assert page.get_by_label("請求の理由").input_value() == "相続の手続"
    desk.press("確認と署名へ")
    assert page.get_by_text("対象の方の氏名を入力してください。").count() == 2
    assert page.get_by_label("請求の理由").input_value() == "相続の手続"
    assert violations(page) == []


def _place():
    return Place.objects.order_by("id").last()
