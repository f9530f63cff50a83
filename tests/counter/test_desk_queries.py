"""From the code to the screen with everything filled in: how often the database is asked, however much is brought."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from counter import codes
from counter.models import Visit
from tests import factories
from tests.counter.deskkit import make_place, procedures_of
from tests.counter.kit import keep

pytestmark = pytest.mark.django_db

MOST = 105
"""Nine requests: three sent forms, each with the page it leads to by way of the visit's own address."""


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
