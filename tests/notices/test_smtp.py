"""The outbox against a real SMTP server on the loopback address."""

import pytest

from cityhall.enums import WorkState
from notices import tasks
from notices.models import BadAddress, OutgoingMail
from notices.services.mail import queue_mail
from tests.notices.kit import drain
from tests.notices.servers import free_port, smtp_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(settings):
    settings.MAIL_TRANSPORT_BACKEND = "notices.transport.SmtpBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with smtp_server() as (handler, port):
        settings.EMAIL_PORT = port
        yield handler


def test_mails_travel_over_one_connection_and_a_refusal_stops_nobody(mailbox):
    for name in ("a", "gone", "busy", "b"):
        queue_mail(to=f"{name}@example.jp", subject=f"件名 {name}", body="本文 高橋", sensitive=True)
    drain(tasks.send_mails)
    states = dict(OutgoingMail.objects.values_list("to", "state"))
    assert states == {
        "a@example.jp": WorkState.DONE,
        "gone@example.jp": WorkState.GIVEN_UP,
        "busy@example.jp": WorkState.FAILED,
        "b@example.jp": WorkState.DONE,
    }
    assert [recipients for recipients, _mail in mailbox.mails] == [["a@example.jp"], ["b@example.jp"]]
    assert len(mailbox.connections) == 1
    sent = mailbox.mails[0][1]
    assert sent["Message-ID"] == OutgoingMail.objects.get(to="a@example.jp").message_id
    assert sent.get_payload(decode=True).decode() == "本文 高橋\r\n"
    assert "550" in OutgoingMail.objects.get(to="gone@example.jp").last_error


def test_server_that_is_not_there_leaves_the_mail_waiting(mailbox, settings):
    settings.EMAIL_PORT = free_port()
    queue_mail(to="a@example.jp", subject="s", body="b")
    drain(tasks.send_mails)
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.last_error) == (WorkState.FAILED, "送信できませんでした。(ConnectionRefusedError)")


def test_mail_whose_answer_was_lost_waits_for_a_person(mailbox):
    mailbox.is_silent = True
    queue_mail(to="a@example.jp", subject="s", body="b")
    drain(tasks.send_mails)
    mail = OutgoingMail.objects.get()
    assert (mail.state, len(mailbox.mails)) == (WorkState.UNCERTAIN, 1)
    assert mail.last_error.startswith("応答がなく、届いたかどうか分かりません。")
    # nobody gets it twice
    assert (drain(tasks.send_mails), len(mailbox.mails)) == (0, 1)


def test_dead_mailbox_gets_nothing_more_but_what_its_owner_asks_for(mailbox):
    for name in ("dead", "gone"):
        queue_mail(to=f"{name}@example.jp", subject="s", body="b")
    drain(tasks.send_mails)
    assert list(BadAddress.objects.values_list("email", "reason")) == [("dead@example.jp", "rejected")]
    BadAddress.objects.update(email="a@example.jp")
    held = queue_mail(to="A@example.jp", subject="s", body="b")
    asked_for = queue_mail(to="a@example.jp", subject="s", body="code 123456", sensitive=True)
    drain(tasks.send_mails)
    held.refresh_from_db()
    asked_for.refresh_from_db()
    assert (held.state, asked_for.state) == (WorkState.GIVEN_UP, WorkState.DONE)
    assert [recipients for recipients, _mail in mailbox.mails] == [["a@example.jp"]]
