import smtplib

import pytest
from django.core import mail as django_mail
from django.core.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives, send_mail
from django.db import transaction
from django.utils import timezone

from cityhall.crypto import decrypt
from cityhall.enums import WorkState
from cityhall.services.work import claim_due
from notices import tasks
from notices.models import Delivery, Notice, OutgoingMail, ReceiptEvent
from notices.services.mail import queue_mail
from notices.services.sending import Postman, _message_of
from tests.notices.kit import drain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _outbox(settings):
    settings.EMAIL_BACKEND = "notices.mail.OutboxBackend"
    django_mail.outbox = []


class Server:
    """Django's transport with the network taken away: refuses what it is told to refuse."""

    refusals = {}
    opened = 0

    def __init__(self, *args, **kwargs):
        self.closed = False

    def open(self):
        type(self).opened += 1

    def close(self):
        self.closed = True

    def send_messages(self, messages):
        for message in messages:
            refusal = self.refusals.get(message.to[0])
            if refusal:
                raise refusal
            django_mail.outbox.append(message)


@pytest.fixture
def server(settings):
    settings.MAIL_TRANSPORT_BACKEND = "tests.notices.test_mail.Server"
    Server.refusals, Server.opened = {}, 0
    return Server


def test_django_mail_becomes_an_encrypted_row_in_the_transaction(settings):
    send_mail(
        "コード", "あなたのコードは 123456 です。", "a@city.example.jp", ["b@example.jp"], html_message="<p>123456</p>"
    )
    row = OutgoingMail.objects.get()
    assert (row.to, row.subject, row.from_email) == ("b@example.jp", "コード", "a@city.example.jp")
    assert row.is_encrypted
    assert "123456" not in row.body + row.body_html
    assert decrypt(row.body) == "あなたのコードは 123456 です。"
    assert decrypt(row.body_html) == "<p>123456</p>"
    assert row.message_id.endswith("@city.example.jp>")
    assert django_mail.outbox == []


def test_mail_of_a_rolled_back_transaction_is_gone():
    with transaction.atomic():
        send_mail("x", "y", None, ["b@example.jp"])
        transaction.set_rollback(True)
    assert not OutgoingMail.objects.exists()


def test_each_recipient_gets_a_row_and_nobody_sees_the_others():
    EmailMessage("s", "b", None, ["a@example.jp"], cc=["Named <b@example.jp>"], bcc=["c@example.jp"]).send()
    assert sorted(OutgoingMail.objects.values_list("to", flat=True)) == ["a@example.jp", "b@example.jp", "c@example.jp"]
    assert OutgoingMail.objects.values("message_id").distinct().count() == 3


def test_attachments_and_line_ends_in_headers_are_refused():
    message = EmailMessage("s", "b", None, ["a@example.jp"])
    message.attach("x.pdf", b"x", "application/pdf")
    with pytest.raises(ValueError, match="attachments"):
        message.send()
    with pytest.raises(BadHeaderError):
        queue_mail(to="a@example.jp", subject="x\nBcc: b@example.jp", body="y")
    assert not OutgoingMail.objects.exists()


def test_sent_mail_has_its_message_id_text_html_and_is_wiped(server):
    EmailMultiAlternatives("件名", "本文", "x@city.example.jp", ["b@example.jp"]).send()
    send_mail("件名", "コード 9", "x@city.example.jp", ["c@example.jp"], html_message="<p>9</p>")
    assert drain(tasks.send_mails) == 2
    assert tasks.send_mails() == 0
    assert server.opened == 1
    rows = list(OutgoingMail.objects.order_by("id"))
    assert [row.state for row in rows] == ["done", "done"]
    assert [(row.body, row.body_html) for row in rows] == [("", ""), ("", "")]
    assert all(row.wiped_at for row in rows)
    plain, both = django_mail.outbox
    assert plain.message()["Message-ID"] == rows[0].message_id
    assert both.body == "コード 9"
    assert both.alternatives[0].content == "<p>9</p>"
    assert both.message()["Auto-Submitted"] == "auto-generated"


def test_plain_mail_keeps_its_body(server):
    queue_mail(to="a@example.jp", subject="s", body="公開の文")
    drain(tasks.send_mails)
    row = OutgoingMail.objects.get()
    assert (row.state, row.body, row.wiped_at) == ("done", "公開の文", None)


def test_refused_recipient_is_given_up_with_a_reason_without_the_address(server, caplog):
    server.refusals = {
        "gone@example.jp": smtplib.SMTPRecipientsRefused({"gone@example.jp": (550, b"no gone@example.jp")})
    }
    queue_mail(to="gone@example.jp", subject="s", body="b")
    queue_mail(to="there@example.jp", subject="s", body="b")
    drain(tasks.send_mails)
    gone, there = OutgoingMail.objects.order_by("id")
    assert (gone.state, there.state) == (WorkState.GIVEN_UP, WorkState.DONE)
    assert "550" in gone.last_error
    assert "gone@example.jp" not in gone.last_error + caplog.text


@pytest.mark.parametrize(
    "trouble",
    [
        smtplib.SMTPServerDisconnected("closed"),
        smtplib.SMTPRecipientsRefused({"a@example.jp": (451, b"greylisted")}),
        smtplib.SMTPAuthenticationError(535, b"bad"),
        smtplib.SMTPSenderRefused(550, b"bad", "x@city.example.jp"),
        smtplib.SMTPDataError(421, b"later"),
        ConnectionRefusedError(),
        TimeoutError(),
    ],
)
def test_trouble_that_may_pass_is_tried_again_later(server, trouble):
    server.refusals = {"a@example.jp": trouble}
    row = queue_mail(to="a@example.jp", subject="s", body="b")
    drain(tasks.send_mails)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (WorkState.FAILED, 1)
    assert row.due_at > timezone.now()
    server.refusals = {}
    with Postman() as postman:
        postman.deliver(claim_due(OutgoingMail, now=row.due_at)[0])
    row.refresh_from_db()
    assert (row.state, row.last_error) == (WorkState.DONE, "")


def test_killed_between_accept_and_record_goes_again_with_the_same_message_id(server):
    queue_mail(to="a@example.jp", subject="s", body="b")
    dead = claim_due(OutgoingMail)[0]
    with Postman() as postman:
        # the server took it; the process dies before it can say so
        postman._send(_message_of(dead))
    assert claim_due(OutgoingMail) == []
    with Postman() as postman:
        postman.deliver(claim_due(OutgoingMail, now=dead.lease_until)[0])
    first, second = django_mail.outbox
    assert first.message()["Message-ID"] == second.message()["Message-ID"]
    assert OutgoingMail.objects.get().state == WorkState.DONE


def test_alert_sent_and_alert_refused_are_receipts(server, available, consenting, another_resident):
    server.refusals = {"another@example.jp": smtplib.SMTPRecipientsRefused({"another@example.jp": (550, b"")})}
    told = available(consenting, key="1")
    another = available(another_resident, key="2")
    drain(tasks.send_mails)
    kinds = {notice.pk: [event.kind for event in notice.receipts.order_by("id")] for notice in (told, another)}
    assert kinds[told.pk] == ["available", "notified"]
    assert kinds[another.pk][-1] == "notify_failed"


def test_who_could_not_be_told_does_not_wait_for_the_clock(server, available, consenting):
    server.refusals = {"resident@example.jp": smtplib.SMTPRecipientsRefused({"resident@example.jp": (550, b"")})}
    notice = available(consenting)
    drain(tasks.send_mails)
    notice.refresh_from_db()
    assert notice.paper_due_at <= timezone.now()
    assert tasks.start_due_letters() == 1
    assert Notice.objects.get(pk=notice.pk).paper_state == "due"
    assert Delivery.objects.count() == 1
    assert ReceiptEvent.objects.filter(kind="paper_due").count() == 1
