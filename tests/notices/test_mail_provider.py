"""Mail over a provider's interface (Postmark through django-anymail), and what it tells afterwards."""

import base64

import pytest
from django.urls import reverse
from django.utils import timezone

from cityhall.enums import WorkState
from notices import tasks
from notices.models import BadAddress, MailEvent, OutgoingMail
from notices.services.mail import queue_mail
from tests.notices.kit import drain
from tests.notices.servers import MailProvider, free_port

pytestmark = pytest.mark.django_db
FIRST = "00000000-0000-0000-0000-000000000001"


@pytest.fixture
def provider(settings):
    settings.MAIL_TRANSPORT_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.MAIL_WEBHOOK_PROVIDER = "postmark"
    with MailProvider() as server:
        settings.ANYMAIL = {
            "POSTMARK_SERVER_TOKEN": "postmark-token",
            "POSTMARK_API_URL": f"{server.url}/",
            "WEBHOOK_SECRET": "city:secret",
        }
        yield server


def tell(client, password="secret", **said):
    authorization = "Basic " + base64.b64encode(f"city:{password}".encode()).decode()
    return client.post(
        reverse("notices:mail_hook"), said, content_type="application/json", headers={"Authorization": authorization}
    )


def bounce(number=1, **more):
    return {
        "RecordType": "Bounce",
        "ID": number,
        "Type": "HardBounce",
        "TypeCode": 1,
        "MessageID": FIRST,
        "Email": "Resident@example.jp",
        "BouncedAt": "2026-11-20T00:00:00Z",
    } | more


def test_mail_goes_to_the_provider_which_names_it(provider):
    queue_mail(to="a@example.jp", subject="件名", body="本文")
    drain(tasks.send_mails)
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.provider_reference) == (WorkState.DONE, FIRST)
    (sent,) = provider.mails
    assert (sent["To"], sent["Subject"], sent["TextBody"]) == ("a@example.jp", "件名", "本文")


def test_bounce_counts_against_the_notice_once(client, provider, available, consenting):
    notice = available(consenting)
    drain(tasks.send_mails)
    assert notice.paper_due_at > timezone.now()
    for _time in range(2):
        assert tell(client, **bounce()).status_code == 200
    event = MailEvent.objects.get()
    assert (event.mail.delivery.notice, event.kind) == (notice, "bounced")
    failed = notice.receipts.get(kind="notify_failed")
    assert (failed.channel, failed.detail) == ("email", "戻った")
    notice.refresh_from_db()
    assert notice.paper_due_at <= timezone.now()


def test_second_mail_that_comes_back_is_the_last(client, provider, available, consenting):
    for number in (1, 2):
        # a full mailbox may be empty the next time
        assert not BadAddress.objects.exists()
        available(consenting, key=str(number))
        drain(tasks.send_mails)
        tell(client, **bounce(number, MessageID=f"00000000-0000-0000-0000-{number:012}"))
    bad = BadAddress.objects.get()
    assert (bad.email, bad.reason) == ("resident@example.jp", "bounced")
    assert list(available(consenting, key="3").deliveries.all()) == []


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint", "TypeCode": 100001}, "complained"),
        ({"Type": "BadEmailAddress", "TypeCode": 100000}, "rejected"),
    ],
)
def test_what_will_never_arrive_is_the_last_at_once(client, provider, available, consenting, said, reason):
    available(consenting)
    drain(tasks.send_mails)
    tell(client, **bounce(3, **said))
    assert BadAddress.objects.get().reason == reason


def test_delivered_is_kept_and_opens_are_not(client, provider):
    queue_mail(to="a@example.jp", subject="s", body="b")
    drain(tasks.send_mails)
    when = "2026-11-20T00:00:00Z"
    tell(client, RecordType="Delivery", MessageID=FIRST, Recipient="a@example.jp", DeliveredAt=when)
    tell(client, RecordType="Open", MessageID=FIRST, Recipient="a@example.jp", ReceivedAt=when)
    assert [event.kind for event in MailEvent.objects.all()] == ["delivered"]


def test_hook_believes_only_who_knows_the_secret(client, provider, settings):
    assert tell(client, password="wrong", **bounce()).status_code == 400
    settings.ANYMAIL = settings.ANYMAIL | {"WEBHOOK_SECRET": ""}
    assert tell(client, **bounce()).status_code == 404
    assert not MailEvent.objects.exists()


def test_hook_is_not_there_without_a_provider(client, db):
    assert client.post(reverse("notices:mail_hook")).status_code == 404


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("silent", WorkState.UNCERTAIN),
        (504, WorkState.UNCERTAIN),
        (500, WorkState.FAILED),
        (429, WorkState.FAILED),
        (422, WorkState.GIVEN_UP),
    ],
)
def test_what_an_answer_means(provider, answer, state):
    provider.answers = [answer]
    queue_mail(to="a@example.jp", subject="s", body="b")
    drain(tasks.send_mails)
    mail = OutgoingMail.objects.get()
    assert mail.state == state
    assert "a@example.jp" not in mail.last_error


def test_provider_that_is_not_there_has_certainly_taken_nothing(provider, settings):
    settings.ANYMAIL = settings.ANYMAIL | {"POSTMARK_API_URL": f"http://127.0.0.1:{free_port()}/"}
    queue_mail(to="a@example.jp", subject="s", body="b")
    drain(tasks.send_mails)
    assert OutgoingMail.objects.get().state == WorkState.FAILED


def test_wrong_key_is_our_fault_and_passes(provider, settings):
    settings.ANYMAIL = settings.ANYMAIL | {"POSTMARK_SERVER_TOKEN": "old"}
    queue_mail(to="a@example.jp", subject="s", body="b")
    drain(tasks.send_mails)
    mail = OutgoingMail.objects.get()
    assert (mail.state, "401" in mail.last_error) == (WorkState.FAILED, True)
