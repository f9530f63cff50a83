"""Buttons that stand once a row say whose row it is to who cannot see it (WCAG 2.4.6)."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from cityhall.enums import DeviceKind
from cityhall.services import devices
from counter.models import HandOver
from counter.services import hand_overs, visits
from tests.applications.casekit import text_of
from tests.counter import certkit
from tests.counter.deskkit import identified, make_place, procedures_of, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(municipality, department):
    return make_place(department)


def buttons(page):
    """The words of every button, hidden ones too."""
    found = re.findall(r"(?s)<button[^>]*>(.*?)</button>", text_of(page))
    return [re.sub(r"<[^>]+>", "", words).strip() for words in found]


def test_taking_over_and_going_on_name_the_person(place, clerk, login, resident):
    now = timezone.now()
    visits.leave(start(place, clerk, now=now, resident=resident), keep=True, by=clerk, now=now)
    found = buttons(login(clerk).get(reverse("counter:visits")))
    assert f"続ける：{resident.full_name}" in found


def test_putting_back_names_the_procedure(place, clerk, login, department):
    now = timezone.now()
    visit = identified(start(place, clerk, now=now), clerk, now=now)
    (procedure,) = procedures_of(department, 1)
    visits.add(visit, [(procedure, "")], origin="staff", by=clerk)
    visits.drop(visit, procedure, reason="不要", by=clerk)
    page = login(clerk).get(reverse("counter:visit_procedures", args=[visit.public_id]))
    assert f"戻す：{procedure.name}" in buttons(page)


def test_handing_over_again_names_the_case(place, clerk, login, department, resident):
    certkit.paid(place, clerk, [certkit.make_certificate(department)], resident=resident)
    row = HandOver.objects.get()
    system = devices.create(kind=DeviceKind.SYSTEM, name="住民記録", department=None, by=None)
    hand_overs.give_back(row, system=system, reason="番号がない")
    found = buttons(login(clerk).get(reverse("counter:hand_overs")))
    number = row.application.number
    assert {f"もう一度引き渡す：{number}", f"手作業で処理済み：{number}"} <= set(found)
