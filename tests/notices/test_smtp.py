"""The outbox against a real SMTP server on the loopback address."""

import socket
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller

from cityhall.enums import WorkState
from notices import tasks
from notices.models import OutgoingMail
from notices.services.mail import queue_mail
from tests.notices.kit import drain

pytestmark = pytest.mark.django_db


class Mailbox:
    """Takes mails, refuses what it is told to refuse, counts how often somebody connected."""

    def __init__(self):
        self.mails = []
        self.connections = set()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if address.startswith("gone@"):
            return "550 no such user"
        if address.startswith("busy@"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.connections.add(session.peer)
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 OK"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def mailbox(settings):
    handler = Mailbox()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), server_hostname="mail.example.jp")
    controller.start()
    settings.MAIL_TRANSPORT_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    yield handler
    controller.stop()


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
