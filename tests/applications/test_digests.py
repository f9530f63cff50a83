"""The daily summary of the staff: counts only, once a day, nobody with nothing to do."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.enums import ApplicationState
from applications.models import StaffDigest
from applications.services import digests
from applications.services.digests import send_digests
from applications.tasks import send_digests as task
from notices.models import OutgoingMail
from tests.applications.casekit import make_case, make_procedure

# Friday 20 November 2026
MORNING = dt.datetime(2026, 11, 19, 22, 31, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def case(department, resident, handler):
    procedure = make_procedure(department)
    return make_case(
        procedure, resident, state=ApplicationState.IN_REVIEW, handler=handler, due_on=dt.date(2026, 11, 18)
    )


def mails():
    return list(OutgoingMail.objects.order_by("id"))


def test_it_says_counts_and_links_and_no_person(case, handler, resident):
    assert send_digests(limit=10, now=MORNING) == 1
    (mail,) = mails()
    assert mail.to == handler.email
    assert "期限超過: 1件" in mail.body
    assert f"{reverse('applications:case_list')}?handler=me&due=late" in mail.body
    for secret in (resident.full_name, resident.family_name, case.number, case.procedure.name):
        assert secret not in mail.body + mail.subject


def test_it_goes_out_once_a_day_however_often_it_runs(case, handler):
    send_digests(limit=10, now=MORNING)
    assert send_digests(limit=10, now=MORNING + dt.timedelta(hours=1)) == 0
    assert not digests.send_digest(handler, day=dt.date(2026, 11, 20), now=MORNING)
    assert len(mails()) == 1
    # Monday is a holiday
    send_digests(limit=10, now=MORNING + dt.timedelta(days=4))
    assert len(mails()) == 2


def test_the_database_keeps_it_to_once_a_day(handler):
    StaffDigest.objects.create(user=handler, business_day="2026-11-20")
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffDigest.objects.create(user=handler, business_day="2026-11-20")


def test_killed_half_way_it_goes_on_with_the_others(case, handler, approver, monkeypatch):
    make_case(case.procedure, handler=None)
    assert send_digests(limit=1, now=MORNING) == 1
    assert send_digests(limit=10, now=MORNING) == 1
    assert sorted(mail.to for mail in mails()) == sorted([handler.email, approver.email])


def test_nobody_with_nothing_to_do_is_mailed(handler, clerk, resident):
    assert send_digests(limit=10, now=MORNING) == 2
    assert mails() == []


@pytest.mark.parametrize(
    "moment",
    [
        dt.datetime(2026, 11, 19, 22, 29, tzinfo=dt.UTC),
        dt.datetime(2026, 11, 20, 3, 1, tzinfo=dt.UTC),
        # Saturday, and a holiday (勤労感謝の日)
        dt.datetime(2026, 11, 20, 22, 31, tzinfo=dt.UTC),
        dt.datetime(2026, 11, 22, 22, 31, tzinfo=dt.UTC),
    ],
)
def test_it_goes_out_on_the_morning_of_business_days_only(case, moment):
    assert send_digests(limit=10, now=moment) == 0
    assert mails() == []


def test_who_does_not_want_it_gets_none(login, case, handler):
    client = login(handler)
    page = reverse("applications:digest_setting")
    assert client.get(page).context["is_wanted"] is True
    client.post(page, {})
    assert client.get(page).context["is_wanted"] is False
    send_digests(limit=10, now=MORNING)
    assert mails() == []
    client.post(page, {"is_wanted": "on"})
    send_digests(limit=10, now=MORNING)
    assert len(mails()) == 1


def test_the_task_runs_whenever_it_is_called(case):
    task()
    task()
    assert len(mails()) <= 1
