"""Cases wait for the back office and nobody fetches them: what the desk is told."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.enums import Channel
from cityhall.enums import DeviceKind
from cityhall.models import Device
from cityhall.services import devices
from counter.models import HandOver
from counter.queries.takers import QUIET, silence
from counter.services import hand_overs, visits
from tests.applications import casekit
from tests.counter import deskkit, receivingkit
from tests.counter.kit import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=40)


@pytest.fixture
def row(department, resident):
    case = casekit.make_case(casekit.make_procedure(department), resident, channel=Channel.COUNTER)
    made = hand_overs.hand_over([case], by=None, now=NOW)[0]
    HandOver.objects.update(created_at=NOW)
    made.refresh_from_db()
    return made


def make_program(department=None, asked_at=None):
    device = devices.create(kind=DeviceKind.SYSTEM, name="住民記録", department=department, by=None)
    Device.objects.filter(pk=device.pk).update(last_seen_at=asked_at)


def told(row, now=LATER):
    said = silence([row], now)
    return said and (said.minutes, said.program, said.asked_at, said.is_asking)


def test_what_waits_a_moment_is_nothing_to_tell(row, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert silence([row], NOW + QUIET - dt.timedelta(seconds=1)) is None


def test_without_a_program_nobody_can_take_it(row):
    assert told(row) == (40, "", None, False)


def test_where_files_are_dropped_nobody_says_what_became_of_them(row, settings, tmp_path):
    settings.HANDOVER_DIR = str(tmp_path)
    assert told(row) is None


def test_a_program_that_stopped_asking_is_named_with_when_it_last_did(row, department, departments):
    make_program(departments["kaigo"], asked_at=LATER)
    make_program(department, asked_at=NOW)
    assert told(row) == (40, "住民記録", NOW, False)


def test_a_program_that_asks_and_takes_nothing_is_told_apart(row):
    make_program(asked_at=LATER - dt.timedelta(minutes=1))
    assert told(row) == (40, "住民記録", LATER - dt.timedelta(minutes=1), True)


def test_what_is_handed_over_once_more_waits_anew(row):
    HandOver.objects.update(times=2, due_at=LATER)
    row.refresh_from_db()
    assert told(row) is None


def test_the_desk_is_told_whom_to_call(client, login, clerk, administrator, resident, department, municipality):
    place, procedure = deskkit.make_place(department), receivingkit.make_procedure(department)
    visit = receivingkit.signed(place, clerk, [procedure], resident=resident)
    visits.receive(visit, by=clerk, papers_seen=receivingkit.papers(procedure), now=NOW)
    login(clerk)
    HandOver.objects.update(created_at=timezone.now())
    assert "管理者" not in main_of(client)
    HandOver.objects.update(created_at=timezone.now() - dt.timedelta(minutes=20))
    text = main_of(client)
    assert "業務システム・RPAが、登録されていません。" in text
    assert f"管理者（{administrator}さん）に連絡してください。" in text


def main_of(client):
    return client.get(reverse("counter:hand_overs")).content.decode().partition("<main")[2]
