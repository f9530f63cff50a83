import datetime as dt
import json
import stat
import urllib.error
import urllib.request

import pytest
from django.core.management import call_command
from django.utils import timezone

from cityhall.enums import WorkState
from cityhall.services.work import claim_due
from notices import tasks, vapid
from notices.models import OutgoingPush, PushSubscription
from notices.services.push import NotAPushService, PushSender, subscribe
from notices.services.push.subscribing import is_push_service
from tests.notices.channelkit import add_browser
from tests.notices.kit import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(push_service, consenting):
    return add_browser(consenting.user, push_service.url)


def kinds(notice):
    return [(event.kind, event.channel) for event in notice.receipts.order_by("id")][1:]


def test_push_reaches_the_browser_that_alone_can_open_it(available, consenting, push_service, phone):
    notice = available(consenting)
    drain(tasks.send_pushes)
    browser, _row = phone
    (request,) = push_service.requests
    message = browser.open(request["body"])
    push = OutgoingPush.objects.get()
    assert message == {
        "title": "【緑野市】お知らせが届いています",
        "body": "緑野市からお知らせが届いています。",
        "url": "/my/notices/",
        "tag": push.retry_key.hex,
    }
    assert (request["headers"]["TTL"], request["headers"]["Topic"]) == ("259200", push.retry_key.hex)
    assert (push.state, kinds(notice)) == (WorkState.DONE, [("notified", "push")])
    assert "お知らせ".encode() not in request["body"]


def test_each_push_is_signed_for_its_own_service(available, consenting, push_service, settings):
    # the claims of one call must not leak into the next: another vendor would refuse them
    from tests.notices.servers import PushService

    with PushService() as vendor:
        add_browser(consenting.user, push_service.url, "one")
        add_browser(consenting.user, vendor.url, "two")
        available(consenting)
        drain(tasks.send_pushes)
        assert (len(push_service.requests), len(vendor.requests)) == (1, 1)
    assert set(OutgoingPush.objects.values_list("state", flat=True)) == {WorkState.DONE}


@pytest.mark.parametrize("status", [404, 410])
def test_browser_that_is_gone_ends_its_subscription(available, consenting, push_service, phone, status):
    push_service.answers = [status]
    notice = available(consenting)
    drain(tasks.send_pushes)
    _browser, row = phone
    row.refresh_from_db()
    push = OutgoingPush.objects.get()
    assert (push.state, bool(row.ended_at), str(status) in row.ended_reason) == (WorkState.GIVEN_UP, True, True)
    assert kinds(notice) == [("notify_failed", "push")]
    # the mail may still reach the person
    notice.refresh_from_db()
    assert notice.paper_due_at > timezone.now()
    assert sorted(available(consenting, key="2").deliveries.values_list("channel", flat=True)) == ["email"]


def test_busy_service_is_asked_again_when_it_says_so(available, consenting, push_service, phone):
    push_service.answers = [429]
    available(consenting)
    drain(tasks.send_pushes)
    push = OutgoingPush.objects.get()
    assert push.state == WorkState.FAILED
    assert push.due_at - timezone.now() > dt.timedelta(seconds=100)
    with PushSender() as sender:
        sender.deliver(claim_due(OutgoingPush, now=push.due_at)[0])
    assert OutgoingPush.objects.get().state == WorkState.DONE
    first, second = push_service.requests
    # the second replaces the first, on the way and on the device
    assert first["headers"]["Topic"] == second["headers"]["Topic"]


def test_lost_answer_is_tried_again_and_replaces_itself(available, consenting, push_service, phone, caplog):
    push_service.answers = ["silent"]
    available(consenting)
    drain(tasks.send_pushes)
    push = OutgoingPush.objects.get()
    assert (push.state, push.last_error) == (WorkState.FAILED, "送信できませんでした。(ConnectionError)")
    assert "127.0.0.1" not in caplog.text
    with PushSender() as sender:
        sender.deliver(claim_due(OutgoingPush, now=push.due_at)[0])
    assert OutgoingPush.objects.get().state == WorkState.DONE


def test_refused_text_is_given_up(available, consenting, push_service, phone):
    push_service.answers = [413]
    available(consenting)
    drain(tasks.send_pushes)
    assert OutgoingPush.objects.get().state == WorkState.GIVEN_UP
    assert PushSubscription.objects.get().ended_at is None


def test_address_of_a_push_service_leads_nowhere_else(available, consenting, push_service, phone):
    push_service.answers = [307]
    available(consenting)
    drain(tasks.send_pushes)
    assert len(push_service.requests) == 1
    assert OutgoingPush.objects.get().state == WorkState.FAILED


def test_whoever_signs_in_last_on_a_browser_gets_its_pushes(municipality, push_service, consenting, another_resident):
    browser, row = add_browser(consenting.user, push_service.url)
    again = subscribe(**browser.subscription, device_name="Firefox", user=another_resident.user)
    assert (again.pk, again.user) == (row.pk, another_resident.user)
    # topics without an account leave the account as it is
    assert subscribe(**browser.subscription, device_name="", user=None).user == another_resident.user


@pytest.mark.parametrize(
    ("endpoint", "is_known"),
    [
        ("https://fcm.googleapis.com/fcm/send/a", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/a", True),
        ("http://fcm.googleapis.com/fcm/send/a", False),
        ("https://fcm.googleapis.com.example.net/a", False),
        ("https://evilfcm.googleapis.com.example/a", False),
        ("https://169.254.169.254/latest/meta-data/", False),
        ("https://user@fcm.googleapis.com/a", False),
        ("https://[::1/a", False),
        ("file:///etc/passwd", False),
        ("https://fcm.googleapis.com/" + "a" * 800, False),
    ],
)
def test_only_known_push_services_are_posted_to(endpoint, is_known):
    assert is_push_service(endpoint) is is_known


@pytest.mark.parametrize(("p256dh", "auth"), [("", "x"), ("AAAA", "AAAA"), ("é", "*")])
def test_keys_that_are_none_are_refused(push_service, p256dh, auth):
    with pytest.raises(NotAPushService):
        subscribe(endpoint=f"{push_service.url}/a", p256dh=p256dh, auth=auth, device_name="", user=None)


def test_key_is_made_once_and_readable_by_nobody_else(settings, tmp_path, capsys):
    settings.VAPID_KEY_PATH = tmp_path / "new" / "vapid.pem"
    assert (vapid.is_there(), vapid.public_key()) == (False, "")
    call_command("make_vapid_key")
    first = settings.VAPID_KEY_PATH.read_bytes()
    call_command("make_vapid_key")
    assert settings.VAPID_KEY_PATH.read_bytes() == first
    assert stat.S_IMODE(settings.VAPID_KEY_PATH.stat().st_mode) == 0o600
    assert len(vapid.public_key()) == 87


def test_push_service_of_the_tests_refuses_what_is_not_ours(push_service):
    request = urllib.request.Request(
        f"{push_service.url}/push/x",
        data=json.dumps({}).encode(),
        headers={"TTL": "0", "Authorization": "vapid t=a.e30.c,k=k"},
        method="POST",
    )
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request)
