"""How often the database is asked at the desk, however many procedures a visit is for."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from counter import codes
from counter.enums import Origin
from counter.models import Visit
from counter.services import visits
from tests import factories
from tests.counter import receivingkit
from tests.counter.deskkit import make_place, procedures_of, today_at
from tests.counter.kit import keep

pytestmark = pytest.mark.django_db

MOST = 90
"""Six requests: three sent forms, each with the page it leads to."""
A_PAGE = 14
"""Session, person, roles, grants, visit, place, procedures, audit, city; then what the page is for."""
A_FILING = 37
"""What one procedure more costs when a visit is received: a draft, the signature, its check, its sending, evidence."""


def walk(browser, city, procedures, family):
    """One visit from the code to the questions. How many statements that took."""
    # found alone by the name
    person = factories.make_resident(family=family)
    _prefill, token = keep(procedures=procedures, now=timezone.now())

    def send(path, **fields):
        page = browser.post(path, fields, follow=True)
        [revision] = re.findall(r'name="revision" value="(\d+)"', page.content.decode())[:1]
        return page.redirect_chain[-1][0], revision

    with CaptureQueriesContext(connection) as caught:
        path, revision = send("/staff/visits/start/code/", code=codes.full_code(city, token), request_key=family)
        shown = {"who": person.public_id, "documents": "driving_licence", "judged": "on", "text": person.full_name}
        path, revision = send(path, action="identify", revision=revision, **shown)
        path, revision = send(f"{path}begin/", revision=revision)
    assert path.endswith("/questions/")
    return len(caught)


def test_redeeming_costs_the_same_for_two_and_eight_procedures(municipality, department, clerk, login):
    make_place(department)
    browser = login(clerk)
    # what a process reads once
    walk(browser, municipality.code, procedures_of(department, 2), "青木")
    sizes = {"鈴木": 2, "山田": 8}
    counts = [walk(browser, municipality.code, procedures_of(department, sizes[name]), name) for name in sizes]
    assert counts[0] == counts[1] <= MOST
    assert Visit.objects.filter(resident__isnull=False).count() == 3


def counted(send):
    """How many statements it took, and the page."""
    with CaptureQueriesContext(connection) as caught:
        page = send()
    return len(caught), page


def end(browser, place, clerk, procedures):
    """A visit from the review to the numbers: statements by page."""
    visit = receivingkit.reviewing(place, clerk, procedures)
    at = f"/staff/visits/{visit.public_id}/"

    def send(rest, **fields):
        revision = Visit.objects.values_list("revision", flat=True).get(pk=visit.pk)
        return counted(lambda: browser.post(f"{at}{rest}", {"revision": revision, **fields}))

    costs = {rest: counted(lambda rest=rest: browser.get(f"{at}{rest}"))[0] for rest in ("review/", "sign/")}
    costs["sign"], page = send("sign/", drawing=receivingkit.drawing())
    assert page.url == f"{at}receive/"
    costs["receive/"], page = counted(lambda: browser.get(page.url))
    papers = re.findall(r'name="paper" value="([^"]+)"', page.content.decode())
    costs["receive"], page = send("receive/", paper=papers)
    assert page.url == f"{at}received/"
    costs["received/"], _page = counted(lambda: browser.get(page.url))
    return costs


def test_the_end_of_a_visit_costs_the_same_but_for_what_is_filed(municipality, department, clerk, login):
    place, browser = make_place(department), login(clerk)
    two, eight = ([receivingkit.make_procedure(department) for _ in range(count)] for count in (2, 8))
    # what a process reads once
    end(browser, place, clerk, [*two, *eight])
    few, many = end(browser, place, clerk, two), end(browser, place, clerk, eight)
    filing = (many.pop("receive") - few.pop("receive")) / 6
    assert many == few
    assert max(cost for rest, cost in few.items() if rest.endswith("/")) <= A_PAGE
    assert filing <= A_FILING


def test_choosing_and_asking_cost_the_same(municipality, department, clerk, login):
    place, browser = make_place(department), login(clerk)
    costs = []
    for number, count in enumerate((1, 2, 8)):
        visit = visits.start(place=place, by=clerk, request_key=f"k{number}", now=today_at())
        visits.identify(visit, documents=["driving_licence"], resident=None, by=clerk)
        chosen = procedures_of(department, count)
        at = f"/staff/visits/{visit.public_id}/"
        sent = {"procedure": [one.key for one in chosen], "reason": "窓口で確認", "revision": visit.revision}
        added, page = counted(lambda at=at, sent=sent: browser.post(f"{at}procedures/add/", sent))
        listed, page = counted(lambda page=page: browser.get(page.url))
        [revision] = set(re.findall(r'name="revision" value="(\d+)"', page.content.decode()))
        begun, page = counted(lambda at=at, it=revision: browser.post(f"{at}procedures/begin/", {"revision": it}))
        asked, page = counted(lambda page=page: browser.get(page.url))
        assert 'name="on"' in page.content.decode()
        assert visit.procedures.filter(origin=Origin.STAFF).count() == count
        costs.append((added, listed, begun, asked))
    assert costs[1] == costs[2]
    assert max(costs[2][1], costs[2][3]) <= A_PAGE
