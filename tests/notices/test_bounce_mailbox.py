"""Mails that come back over plain SMTP: a real Maildir, an IMAP server, reports as servers write them."""

import mailbox as stdlib_mailbox
import os

import pytest
from django.utils import timezone

from notices import tasks
from notices.bounce_mailbox.addresses import envelope_sender, mail_id_of
from notices.bounce_mailbox.reports import read_bounce
from notices.models import BadAddress, MailEvent, OutgoingMail
from notices.services.mail import queue_mail
from tests.notices.bounce_samples import EXCHANGE, OUT_OF_OFFICE, POSTFIX, RUBBISH, bounce
from tests.notices.kit import drain
from tests.notices.servers import MailServerOfImap, free_port, smtp_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def maildir(settings, tmp_path):
    """A Maildir as a mail server fills it."""
    folder = stdlib_mailbox.Maildir(tmp_path / "bounces", create=True)
    settings.BOUNCE_MAILDIR = str(tmp_path / "bounces")
    return folder


@pytest.fixture
def imap(settings):
    settings.BOUNCE_IMAP_HOST, settings.BOUNCE_IMAP_TLS = "127.0.0.1", False
    settings.BOUNCE_IMAP_USER, settings.BOUNCE_IMAP_PASSWORD = "bounces", 'pass "word"'
    with MailServerOfImap(user="bounces", password='pass "word"') as server:
        settings.BOUNCE_IMAP_PORT = server.port
        yield server


def sent(to="a@example.jp"):
    queue_mail(to=to, subject="お知らせ", body="本文")
    drain(tasks.send_mails)
    return OutgoingMail.objects.latest("id")


def events():
    return list(MailEvent.objects.order_by("id").values_list("kind", flat=True))


def files(maildir, folder):
    return sorted(os.listdir(os.path.join(maildir._path, folder)))


@pytest.mark.parametrize("sample", [POSTFIX, EXCHANGE])
def test_bounce_in_a_maildir_counts_against_the_notice_once(maildir, available, consenting, sample):
    notice = available(consenting)
    drain(tasks.send_mails)
    mail = OutgoingMail.objects.get()
    content = bounce(sample, message_id=mail.message_id, recipient=mail.to, status="5.2.2", said="552 mailbox full")
    # some servers say it twice
    for _time in range(2):
        maildir.add(content)
    assert tasks.read_bounces() == 1
    event = MailEvent.objects.get()
    assert (event.mail, event.kind) == (mail, "bounced")
    assert notice.receipts.get(kind="notify_failed").channel == "email"
    notice.refresh_from_db()
    assert notice.paper_due_at <= timezone.now()
    # a full mailbox may be empty the next time
    assert not BadAddress.objects.exists()
    # with an address and a mail in them they are not kept
    assert (files(maildir, "new"), files(maildir, "cur")) == ([], [])
    assert tasks.read_bounces() == 0


@pytest.mark.parametrize(
    ("action", "status", "kind", "bad"),
    [
        ("failed", "5.1.1", "bounced", ["a@example.jp"]),
        ("failed", "5.7.1", "bounced", []),
        ("failed", "4.4.7", "bounced", []),
        ("Delayed", "4.4.1", "deferred", []),
        ("delivered", "2.0.0", "delivered", []),
        ("relayed", "2.0.0", "delivered", []),
    ],
)
@pytest.mark.parametrize("sample", [POSTFIX, EXCHANGE])
def test_what_a_report_means(maildir, sample, action, status, kind, bad):
    mail = sent()
    maildir.add(bounce(sample, message_id=mail.message_id, recipient=mail.to, action=action, status=status))
    assert tasks.read_bounces() == 1
    assert events() == [kind]
    assert list(BadAddress.objects.values_list("email", flat=True)) == bad


def test_delay_and_failure_of_a_mail_are_two_events(maildir):
    mail = sent()
    for action, status in (("delayed", "4.4.1"), ("delayed", "4.4.1"), ("failed", "4.4.7")):
        maildir.add(bounce(POSTFIX, message_id=mail.message_id, recipient=mail.to, action=action, status=status))
    assert tasks.read_bounces() == 2
    assert sorted(events()) == ["bounced", "deferred"]


def test_what_is_none_of_ours_waits_for_a_person_and_changes_nothing(maildir):
    mail = sent()
    strange = [
        bounce(POSTFIX, message_id="<other@example.com>", recipient=mail.to),
        OUT_OF_OFFICE.format(to="bounces@city.example.jp", message_id=mail.message_id).encode(),
        *RUBBISH,
    ]
    for content in strange:
        # as a server writes a file: the standard library would refuse some of them
        name = f"{len(files(maildir, 'new')):04}.mail"
        with open(os.path.join(maildir._path, "new", name), "wb") as file:
            file.write(content)
    assert tasks.read_bounces() == 0
    assert (events(), BadAddress.objects.count()) == ([], 0)
    kept = files(maildir, "cur")
    assert (files(maildir, "new"), len(kept)) == ([], len(strange))
    assert all(name.endswith(":2,S") for name in kept)


@pytest.mark.parametrize("content", RUBBISH)
def test_rubbish_is_no_report(content):
    assert read_bounce(content) is None


def test_mail_tells_by_the_address_it_comes_back_to(maildir, settings):
    settings.BOUNCE_ADDRESS = "bounces+*@city.example.jp"
    settings.MAIL_TRANSPORT_BACKEND = "notices.transport.SmtpBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with smtp_server() as (handler, port):
        settings.EMAIL_PORT = port
        mail = sent()
    ((_recipients, message),) = handler.mails
    envelope = handler.senders[0]
    assert (message["From"], mail_id_of(envelope)) == (mail.from_email, mail.pk)
    # a report that names no Message-ID
    maildir.add(bounce(POSTFIX, message_id="", recipient="forwarded@example.com", to=envelope))
    assert tasks.read_bounces() == 1
    assert MailEvent.objects.get().mail == mail
    assert BadAddress.objects.get().email == mail.to


def test_nobody_makes_up_an_address_to_come_back_to(settings):
    settings.BOUNCE_ADDRESS = "bounces+*@city.example.jp"
    good = envelope_sender(7)
    assert mail_id_of(good.upper()) == 7
    for address in (good.replace("7-", "8-", 1), good[:-1], "bounces+7-0@city.example.jp", f"x{good}", ""):
        assert mail_id_of(address) is None
    settings.BOUNCE_ADDRESS = "bounces@city.example.jp"
    assert (envelope_sender(7), mail_id_of("bounces@city.example.jp")) == ("bounces@city.example.jp", None)
    settings.MAIL_TRANSPORT_BACKEND = "anymail.backends.postmark.EmailBackend"
    assert envelope_sender(7) == ""


def test_mailbox_on_an_imap_server_is_read(imap):
    mail = sent()
    imap.messages = [
        bounce(POSTFIX, message_id=mail.message_id, recipient=mail.to),
        OUT_OF_OFFICE.format(to="bounces@city.example.jp", message_id=mail.message_id).encode(),
        bounce(EXCHANGE, message_id=mail.message_id, recipient=mail.to, action="delayed", status="4.4.1"),
    ]
    assert tasks.read_bounces() == 2
    assert sorted(events()) == ["bounced", "deferred"]
    # what was taken is gone, the rest is marked as read
    assert [(number, sorted(flags)) for number, (flags, _content) in imap.left.items()] == [(2, ["\\Seen"])]
    assert tasks.read_bounces() == 0


def test_mailbox_that_cannot_be_reached_is_read_the_next_time(settings, imap, caplog):
    settings.BOUNCE_IMAP_PASSWORD = "wrong"
    assert tasks.read_bounces() == 0
    settings.BOUNCE_IMAP_PORT = free_port()
    assert tasks.read_bounces() == 0
    settings.BOUNCE_MAILDIR = "/nowhere/at/all"
    assert tasks.read_bounces() == 0
    said = [record.error for record in caplog.records if record.name == "notices.services.bounce_mailbox"]
    assert said == ["error", "ConnectionRefusedError", "FileNotFoundError"]


def test_city_without_a_bounce_mailbox_reads_none(db):
    assert tasks.read_bounces() == 0
