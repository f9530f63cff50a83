import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from notices import tasks
from notices.models import Delivery, Notice
from notices.services import open_notice, withdraw
from notices.services.alerts import clock
from notices.services.alerts.clock import is_quiet, remind_unopened
from notices.services.alerts.telling import remind
from tests.notices.peoplekit import make_campaign

pytestmark = pytest.mark.django_db

TOKYO = ZoneInfo("Asia/Tokyo")
NOON = dt.datetime(2026, 12, 1, 12, tzinfo=TOKYO)


@pytest.fixture
def reminding(notice_type):
    notice_type.hours_until_reminder = 48
    notice_type.save()
    return notice_type


@pytest.mark.parametrize(("hour", "minute", "quiet"), [(7, 59, True), (8, 0, False), (20, 59, False), (21, 0, True)])
def test_night_is_from_nine_to_eight(hour, minute, quiet):
    assert is_quiet(dt.datetime(2026, 12, 1, hour, minute, tzinfo=TOKYO)) is quiet


def test_unopened_notice_is_told_once_more_after_its_hours(available, consenting, reminding):
    notice = available(consenting, now=NOON)
    assert notice.reminder_due_at == NOON + dt.timedelta(hours=48)
    assert remind_unopened(now=NOON + dt.timedelta(hours=47)) == 0
    assert remind_unopened(now=NOON + dt.timedelta(hours=48)) == 1
    assert remind_unopened(now=NOON + dt.timedelta(hours=49)) == 0
    notice.refresh_from_db()
    assert notice.reminded_at == NOON + dt.timedelta(hours=48)
    assert [event.kind for event in notice.receipts.order_by("id")][-1] == "reminded"
    reminder = Delivery.objects.get(purpose="reminder")
    assert "まだ開封されていない" in reminder.mail.subject
    assert notice.title not in reminder.mail.subject + reminder.mail.body


def test_what_falls_due_at_night_goes_out_in_the_morning(available, consenting, reminding):
    evening = dt.datetime(2026, 12, 1, 22, tzinfo=TOKYO)
    available(consenting, now=evening)
    night = evening + dt.timedelta(hours=48)
    assert remind_unopened(now=night) == 0
    assert remind_unopened(now=night + dt.timedelta(hours=9, minutes=59)) == 0
    assert remind_unopened(now=night + dt.timedelta(hours=10)) == 1


def test_opened_withdrawn_and_unwanted_ones_are_left_alone(available, consenting, reminding, handler, another_resident):
    opened = available(consenting, key="1", now=NOON)
    open_notice(opened, by=consenting.user, now=NOON)
    withdraw(available(consenting, key="2", now=NOON), by=handler, reason="誤り", now=NOON)
    # no consent: the letter is the notice
    assert available(another_resident, key="3", now=NOON).reminder_due_at is None
    reminding.hours_until_reminder = None
    reminding.save()
    assert available(consenting, key="4", now=NOON).reminder_due_at is None
    assert remind_unopened(now=NOON + dt.timedelta(days=3)) == 0


def test_task_takes_many_in_slices(available, consenting, reminding):
    for number in range(3):
        available(consenting, key=str(number), now=NOON)
    late = NOON + dt.timedelta(days=3)
    assert [remind_unopened(limit=2, now=late) for _run in range(3)] == [2, 1, 0]
    assert Delivery.objects.filter(purpose="reminder").count() == 3
    assert Notice.objects.filter(reminded_at=late).count() == 3
    assert "notices.tasks.remind_late" in tasks.PERIODIC


def test_single_notice_is_told_before_a_campaign(available, consenting, reminding, department, handler, approver):
    campaign = make_campaign(reminding, department, by=handler, approved_by=approver)
    first, single = (available(consenting, key=key, now=NOON) for key in ("campaign", "single"))
    Notice.objects.filter(pk=first.pk).update(campaign=campaign, reminder_due_at=NOON)
    assert remind_unopened(limit=1, now=NOON + dt.timedelta(days=3)) == 1
    assert list(Notice.objects.filter(reminded_at__isnull=False)) == [single]


def test_notice_that_cannot_be_told_holds_up_nobody(available, consenting, reminding, monkeypatch):
    bad, good = (available(consenting, key=key, now=NOON) for key in ("bad", "good"))

    def break_for_one(notice, **given):
        if notice == bad:
            raise ValueError(consenting.family_name)
        return remind(notice, **given)

    monkeypatch.setattr(clock, "remind", break_for_one)
    assert remind_unopened(now=NOON + dt.timedelta(days=3)) == 2
    assert remind_unopened(now=NOON + dt.timedelta(days=3)) == 0
    last = [notice.receipts.order_by("id").last() for notice in (bad, good)]
    assert [event.kind for event in last] == ["notify_failed", "reminded"]
    assert consenting.family_name not in last[0].detail


def test_task_goes_on_until_all_are_told(available, consenting, reminding, monkeypatch):
    monkeypatch.setattr(tasks, "remind_unopened", iter([200, 200, 7, 0]).__next__)
    assert tasks.remind_late() == 407


def test_task_out_of_time_is_called_again_for_the_rest(monkeypatch):
    woken = []
    monkeypatch.setattr(tasks, "_BUDGET_SECONDS", 0)
    monkeypatch.setattr(tasks.queue, "wake", woken.append)
    monkeypatch.setattr(tasks.letters, "start_due_letters", lambda: 500)
    assert tasks.start_due_letters() == 500
    assert woken == ["notices.tasks.start_due_letters"]
