"""What the worker gives up by itself leaves the same traces, and what was wiped is not sent as nothing."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cityhall.enums import WorkState
from cityhall.services.work import WORKER_DIED
from notices import tasks
from notices.failures import WordsWiped, failures, retry_failure, retry_failures
from notices.models import OutgoingLine, OutgoingMail, OutgoingPush, OutgoingSms
from notices.services.mail import queue_mail
from notices.services.sweeping import MAIL_BODIES_KEPT, wipe_old_mails
from tests.notices.channelkit import add_browser, add_line, add_number
from tests.notices.kit import drain

pytestmark = pytest.mark.django_db


def let_workers_die(model):
    """As a row looks whose workers were killed nine times."""
    past = timezone.now() - dt.timedelta(minutes=5)
    model.objects.update(
        state=WorkState.RUNNING, attempts=9, claim_id="00000000-0000-4000-8000-000000000001",
        lease_until=past, due_at=past,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("channel", "model", "task"),
    [
        ("email", OutgoingMail, tasks.send_mails),
        ("push", OutgoingPush, tasks.send_pushes),
        ("line", OutgoingLine, tasks.send_lines),
    ],
)
def test_way_that_killed_its_workers_is_evidence_and_the_letter_does_not_wait(
    available, consenting, notice_type, push_service, line, channel, model, task
):
    add_browser(consenting.user, push_service.url)
    add_line(consenting.user)
    notice_type.alert_channels = [channel]
    notice_type.save()
    notice = available(consenting)
    let_workers_die(model)
    drain(task)
    assert (model.objects.get().state, model.objects.get().last_error) == (WorkState.GIVEN_UP, WORKER_DIED)
    assert [event.channel for event in notice.receipts.filter(kind="notify_failed")] == [channel]
    notice.refresh_from_db()
    assert notice.paper_due_at <= timezone.now()


def test_error_of_ours_that_lasts_is_evidence_at_the_last_try(available, consenting):
    notice = available(consenting)
    # nothing that can be sent: every try stumbles before it reaches a server
    OutgoingMail.objects.update(is_encrypted=True, body="not a cipher")
    for left in range(7, -1, -1):
        OutgoingMail.objects.update(due_at=timezone.now())
        drain(tasks.send_mails)
        assert notice.receipts.filter(kind="notify_failed").count() == (0 if left else 1)
    assert OutgoingMail.objects.get().state == WorkState.GIVEN_UP
    notice.refresh_from_db()
    assert notice.paper_due_at <= timezone.now()


def test_text_that_killed_its_workers_stays_uncertain(available, consenting, notice_type, text_provider):
    add_number(consenting.user)
    notice_type.alert_channels = ["sms"]
    notice_type.save()
    notice = available(consenting)
    let_workers_die(OutgoingSms)
    drain(tasks.send_texts)
    assert notice.receipts.filter(kind="notify_failed", channel="sms").exists()


@pytest.fixture
def wiped(municipality):
    """A mail that was given up long ago, and one of today."""
    for subject in ("old", "new"):
        queue_mail(to="a@example.jp", subject=subject, body="b")
    OutgoingMail.objects.update(state=WorkState.GIVEN_UP, finished_at=timezone.now(), attempts=8)
    OutgoingMail.objects.filter(subject="old").update(created_at=timezone.now() - MAIL_BODIES_KEPT * 2)
    wipe_old_mails()
    return OutgoingMail.objects.get(subject="old")


def test_wiped_mail_is_not_tried_again(wiped, administrator, login):
    with pytest.raises(WordsWiped):
        retry_failure("mail", wiped.pk, by=administrator)
    assert retry_failures("mail", by=administrator) == 1
    wiped.refresh_from_db()
    assert wiped.state == WorkState.GIVEN_UP
    (failure,) = [row for row in failures(administrator) if row.id == wiped.pk]
    assert (failure.is_wiped, failure.may_be_retried) == (True, False)
    client = login(administrator)
    path = reverse("notices:failure_retry", args=["mail", wiped.pk])
    page = client.get(reverse("notices:failures")).content.decode()
    assert path not in page
    assert "本文を消去したため" in page
    assert "本文を消去したため、再試行できません。" in client.post(path, follow=True).content.decode()


def test_wiped_mail_that_was_queued_before_is_never_sent_empty(wiped, mailoutbox):
    OutgoingMail.objects.filter(pk=wiped.pk).update(state=WorkState.QUEUED, finished_at=None, attempts=0)
    drain(tasks.send_mails)
    wiped.refresh_from_db()
    assert (wiped.state, mailoutbox) == (WorkState.GIVEN_UP, [])
