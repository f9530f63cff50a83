"""What is told of a mail before its sending is on record, and what of that is forgotten."""

import datetime as dt
import threading

import pytest
from django.db import connection, connections
from django.utils import timezone

from cityhall.enums import WorkState
from cityhall.services.work import claim_due
from notices import tasks
from notices.models import BadAddress, MailEvent, OutgoingMail
from notices.services.bounces import MailReport, match_events, take_mail_event
from notices.services.mail import queue_mail
from notices.services.sending import _record_sent
from notices.services.sweeping import MAIL_BODIES_KEPT, sweep_mail_events
from tests.notices.kit import drain

pytestmark = pytest.mark.django_db


def report(message_id, event_type="bounced", event_id="e1", **more):
    return MailReport(event_type=event_type, message_id=message_id, event_id=event_id, **more)


@pytest.fixture
def being_sent(available, consenting):
    """The alert of a notice that a worker is sending at this moment."""
    notice = available(consenting)
    (mail,) = claim_due(OutgoingMail)
    return notice, mail


@pytest.mark.parametrize("name", ["provider-1", "own"])
def test_bounce_before_our_own_record_is_counted_with_it(being_sent, name):
    notice, mail = being_sent
    said = mail.message_id.strip("<>") if name == "own" else name
    assert take_mail_event(report(said))
    assert not notice.receipts.filter(kind="notify_failed").exists()
    _record_sent(mail, "provider-1")
    event = MailEvent.objects.get()
    assert (event.mail, event.reference) == (mail, said)
    kinds = list(notice.receipts.filter(kind__startswith="notif").order_by("id").values_list("kind", flat=True))
    assert kinds == ["notified", "notify_failed"]
    notice.refresh_from_db()
    assert notice.paper_due_at <= timezone.now()


def test_bounce_that_crossed_our_record_is_found_afterwards(being_sent):
    notice, mail = being_sent
    _record_sent(mail, "provider-1")
    # written by a transaction that did not see the one above
    MailEvent.objects.create(event_id="e1", reference="provider-1", kind="bounced")
    MailEvent.objects.create(event_id="e2", reference="unknown", kind="bounced")
    assert [match_events(), match_events()] == [1, 0]
    assert MailEvent.objects.get(event_id="e1").mail == mail
    assert notice.receipts.filter(kind="notify_failed").count() == 1
    assert MailEvent.objects.get(event_id="e2").mail is None


def test_bounce_of_an_uncertain_mail_counts(being_sent):
    notice, mail = being_sent
    OutgoingMail.objects.filter(pk=mail.pk).update(state=WorkState.UNCERTAIN, finished_at=timezone.now())
    take_mail_event(report(mail.message_id))
    assert notice.receipts.filter(kind="notify_failed").count() == 1


def test_second_early_bounce_makes_the_address_a_bad_one(municipality):
    for number in (1, 2):
        queue_mail(to="a@example.jp", subject="s", body="b")
        (mail,) = claim_due(OutgoingMail)
        take_mail_event(report(f"provider-{number}", event_id=f"e{number}"))
        _record_sent(mail, f"provider-{number}")
    assert BadAddress.objects.get().email == "a@example.jp"


def test_what_arrived_and_what_is_none_of_ours_is_forgotten_after_a_time(municipality):
    queue_mail(to="a@example.jp", subject="s", body="b")
    drain(tasks.send_mails)
    mail = OutgoingMail.objects.get()
    old = timezone.now() - MAIL_BODIES_KEPT - dt.timedelta(days=1)
    for taken_at in (old, timezone.now()):
        for kind in ("delivered", "deferred", "bounced", "complained"):
            MailEvent.objects.create(event_id=f"{kind} {taken_at}", mail=mail, kind=kind, taken_at=taken_at)
        MailEvent.objects.create(event_id=f"none {taken_at}", kind="bounced", taken_at=taken_at)
    assert sweep_mail_events(limit=1) == 1
    tasks.sweep()
    left = MailEvent.objects.filter(taken_at=old).order_by("id").values_list("kind", flat=True)
    assert list(left) == ["bounced", "complained"]
    assert MailEvent.objects.count() == 7


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL only")
@pytest.mark.django_db(transaction=True)
def test_bounce_and_record_at_once_are_counted_once(available, consenting):
    for number in range(8):
        notice = available(consenting, key=str(number))
        (mail,) = claim_due(OutgoingMail)
        barrier = threading.Barrier(2)
        problems = []

        def run(act, barrier=barrier, problems=problems):
            try:
                barrier.wait(timeout=60)
                act()
            except Exception as error:  # noqa: BLE001 - looked at below
                problems.append(error)
            finally:
                connections.close_all()

        acts = (
            lambda mail=mail: _record_sent(mail, None),
            lambda mail=mail, number=number: take_mail_event(report(mail.message_id, event_id=f"e{number}")),
        )
        threads = [threading.Thread(target=run, args=[act]) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert problems == []
        assert notice.receipts.filter(kind="notify_failed").count() == 1
        BadAddress.objects.all().delete()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL only")
def test_what_came_back_from_an_address_is_found_by_an_index(municipality):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    rows = MailEvent.objects.filter(kind__in=["bounced"], mail__to="a@example.jp")
    assert "mail_to" in OutgoingMail.objects.filter(to="a@example.jp").explain()
    assert rows.count() == 0
