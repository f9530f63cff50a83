"""The tablet turned round: no link of its pages leads to a page of the staff, but the one that says so."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from django.urls import reverse, reverse_lazy

from counter.enums import VisitState
from counter.models import Visit
from counter.services import visits
from tests import factories
from tests.counter import certkit, receivingkit
from tests.counter.deskkit import make_place

pytestmark = pytest.mark.django_db
FACING = "page--facing"
HAND_BACK = "職員に渡す"
SIGN_IN = reverse_lazy("account_login")
"""Shown by a script when staff are signed out: nobody gets further there."""


class Links(HTMLParser):
    """Where a page leads: address and words of each link."""

    def __init__(self, page):
        super().__init__()
        self.found, self.is_in = [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.found.append([dict(attrs)["href"], ""])
            self.is_in = True

    def handle_endtag(self, tag):
        self.is_in = self.is_in and tag != "a"

    def handle_data(self, data):
        if self.is_in:
            self.found[-1][1] += data.strip()


@pytest.fixture
def place(municipality, department):
    return make_place(department)


@pytest.fixture
def desk(login, clerk):
    return login(clerk)


@pytest.fixture
def visit(place, clerk, department):
    procedure = receivingkit.make_procedure(department)
    return receivingkit.reviewing(place, clerk, [procedure], resident=factories.make_resident())


def at(name, visit, query="?facing=resident"):
    return reverse(f"counter:{name}", args=[visit.public_id]) + query


def strays(desk, address, page):
    """Links of a page turned round that lead to a page that is not."""
    text = page.content.decode()
    assert FACING in text, address
    found = [(urljoin(address, to), words) for to, words in Links(text).found if not to.startswith(("#", str(SIGN_IN)))]
    assert all(words for _to, words in found)
    return [
        (to, words)
        for to, words in found
        if words != HAND_BACK and FACING not in desk.get(to, follow=True).content.decode()
    ]


def opened(desk, address):
    return strays(desk, address, desk.get(address))


def test_reading_and_signing_lead_to_no_page_of_the_staff(desk, visit):
    assert opened(desk, at("visit_review", visit)) == []
    sign = at("visit_sign", visit, "")
    assert opened(desk, sign) == []
    back = re.findall(r'href="([^"]*review[^"]*)"', desk.get(sign).content.decode())
    assert back == [at("visit_review", visit)]


def test_what_came_too_late_leads_to_the_staff_in_so_many_words(desk, visit):
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.FILLING)
    sign = at("visit_sign", visit, "")
    late = desk.post(sign, {"revision": 0, "action": "paper"})
    assert strays(desk, sign, late) == []
    assert opened(desk, at("visit_missing", visit)) == []


def test_numbers_and_the_offer_of_an_account_lead_to_no_page_of_the_staff(desk, clerk, visit):
    visits.sign(visit, image=None, by=clerk)
    chosen = [one.procedure for one in visit.procedures.select_related("procedure")]
    visits.receive(visit, by=clerk, papers_seen=receivingkit.papers(*chosen))
    assert opened(desk, at("visit_received", visit)) == []
    invite = at("visit_invite", visit, "")
    assert strays(desk, invite, desk.post(invite, {}, follow=True)) == []


def test_certificates_are_signed_without_a_way_to_the_staff(desk, place, clerk, department):
    visit = certkit.asking(place, clerk, certkit.make_both(department), resident=factories.make_resident())
    certkit.certificates.to_signature(visit, certkit.Requester("self"), by=clerk)
    assert opened(desk, at("certificate_sign", visit, "")) == []
