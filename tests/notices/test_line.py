import base64
import datetime as dt
import hashlib
import hmac
import json
from io import BytesIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cityhall.enums import WorkState
from cityhall.models import AuditEvent
from cityhall.services.work import claim_due
from notices import tasks
from notices.models import LineAccount, LineEvent, LineNonce, OutgoingLine, Topic, TopicSubscription
from notices.services.line import LineSender, issue_nonce, link
from tests.notices.channelkit import LINE_ID, add_line
from tests.notices.kit import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def linked(consenting, line, notice_type):
    add_line(consenting.user)
    notice_type.alert_channels = ["line"]
    notice_type.save()
    return consenting


@pytest.fixture(autouse=True)
def _at_once(monkeypatch, django_capture_on_commit_callbacks):
    """The queue's tasks run where they are put, as the worker would a moment later."""
    monkeypatch.setattr(
        "notices.services.line.events.enqueue", lambda path, **ids: getattr(tasks, path.rpartition(".")[2])(**ids)
    )


def send(client, *events, secret="line-secret"):
    body = json.dumps({"destination": "U0", "events": list(events)}).encode()
    signature = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
    return client.post(
        reverse("notices:line_hook"), body, content_type="application/json", headers={"X-Line-Signature": signature}
    )


def event(kind, number=1, **more):
    return {
        "type": kind,
        "webhookEventId": f"01H{number:023}",
        "deliveryContext": {"isRedelivery": False},
        "source": {"type": "user", "userId": LINE_ID},
        "timestamp": 1,
        "mode": "active",
        "replyToken": f"reply-{number}",
    } | more


def words(number, text):
    return event("message", number, message={"type": "text", "id": "1", "text": text})


def test_message_carries_its_retry_key_from_the_first_try(available, linked, line):
    notice = available(linked)
    drain(tasks.send_lines)
    message = OutgoingLine.objects.get()
    (said,) = line.messages
    assert said["to"] == LINE_ID
    assert said["messages"][0]["text"].startswith("緑野市からお知らせが届いています。\n次のページにログイン")
    assert line.requests[0]["headers"]["X-Line-Retry-Key"] == str(message.retry_key)
    assert (message.state, message.provider_reference) == (WorkState.DONE, "461230966842064897")
    assert [event.channel for event in notice.receipts.filter(kind="notified")] == ["line"]


def test_lost_answer_is_repeated_and_the_second_one_is_the_same_message(available, linked, line):
    line.answers = ["silent"]
    available(linked)
    drain(tasks.send_lines)
    message = OutgoingLine.objects.get()
    assert message.state == WorkState.FAILED
    with LineSender() as sender:
        sender.deliver(claim_due(OutgoingLine, now=message.due_at)[0])
    # 409: it was taken the first time
    assert (OutgoingLine.objects.get().state, len(line.messages), len(line.requests)) == (WorkState.DONE, 1, 2)


def test_silence_to_the_last_is_for_a_person(available, linked, line):
    available(linked)
    OutgoingLine.objects.update(attempts=7)
    line.answers = ["silent"]
    drain(tasks.send_lines)
    assert OutgoingLine.objects.get().state == WorkState.UNCERTAIN


@pytest.mark.parametrize(
    ("status", "state"),
    [(400, WorkState.GIVEN_UP), (429, WorkState.FAILED), (500, WorkState.FAILED), (403, WorkState.FAILED)],
)
def test_what_an_answer_means(available, linked, line, status, state):
    line.answers = [status]
    available(linked)
    drain(tasks.send_lines)
    message = OutgoingLine.objects.get()
    assert (message.state, str(status) in message.last_error) == (state, True)
    assert LINE_ID not in message.last_error


def test_friend_who_blocked_the_city_gets_nothing(available, linked, line, client):
    available(linked)
    assert send(client, event("unfollow")).status_code == 200
    drain(tasks.send_lines)
    assert (OutgoingLine.objects.get().state, line.messages) == (WorkState.GIVEN_UP, [])
    send(client, event("follow", 2))
    assert LineAccount.objects.get().blocked_at is None


def test_hook_believes_only_the_channels_signature(client, line, municipality):
    assert send(client, event("follow"), secret="another").status_code == 403
    answer = client.post(reverse("notices:line_hook"), b"{}", content_type="application/json")
    assert answer.status_code == 403
    assert not LineAccount.objects.exists()
    assert send(client, event("follow")).status_code == 200
    assert LineAccount.objects.get().line_user_id == LINE_ID


def test_hook_is_not_there_without_keys(client, settings, db):
    settings.LINE_CHANNEL_SECRET = ""
    assert client.post(reverse("notices:line_hook"), b"{}", content_type="application/json").status_code == 404


def test_event_delivered_twice_is_one(client, line, municipality):
    for is_again in (False, True):
        send(client, event("follow") | {"deliveryContext": {"isRedelivery": is_again}})
    assert (LineEvent.objects.count(), len(line.replies)) == (1, 1)


def test_what_is_no_event_of_a_friend_changes_nothing(client, line, municipality):
    group = event("message") | {"source": {"type": "group", "groupId": "C1", "userId": LINE_ID}}
    nameless = event("follow", 2) | {"source": {"type": "user"}}
    assert send(client, group, nameless, {"type": "follow"}, "words", event("videoPlayComplete", 3)).status_code == 200
    assert (LineAccount.objects.count(), line.replies) == (0, [])
    body = b"not json"
    signature = base64.b64encode(hmac.digest(b"line-secret", body, hashlib.sha256)).decode()
    answer = client.post(
        reverse("notices:line_hook"), body, content_type="text/plain", headers={"X-Line-Signature": signature}
    )
    assert answer.status_code == 400


def test_accounts_are_linked_by_a_nonce_that_our_sign_in_made(client, login, line, municipality, resident):
    send(client, words(1, "連携"))
    (reply,) = line.replies
    url = next(part for part in reply["messages"][0]["text"].split() if part.startswith("http"))
    assert url.endswith("/my/channels/line/?linkToken=token-of-line")
    browser = login(resident)
    asked = browser.get(reverse("notices:line_link"), {"linkToken": "token-of-line"})
    assert not LineNonce.objects.exists()
    assert "access.line.me" not in asked.content.decode()
    shown = browser.post(reverse("notices:line_link"), {"linkToken": "token-of-line"}).content.decode()
    nonce = shown.split("nonce=")[1].split('"')[0]
    assert nonce not in LineNonce.objects.values_list("nonce_sha256", flat=True)
    send(client, event("accountLink", 2, link={"result": "ok", "nonce": nonce}))
    account = LineAccount.objects.get()
    assert (account.user, bool(account.linked_at)) == (resident.user, True)
    assert "連携が終わりました" in line.replies[-1]["messages"][0]["text"]
    assert AuditEvent.objects.filter(actor=resident.user, detail="linked").count() == 1


def test_nonce_counts_once_for_ten_minutes(municipality, line, resident, another_resident):
    nonce = issue_nonce(resident.user)
    later = timezone.now() + dt.timedelta(minutes=11)
    assert not link(line_user_id=LINE_ID, nonce=nonce, now=later)
    assert not link(line_user_id=LINE_ID, nonce="made up")
    assert link(line_user_id=LINE_ID, nonce=nonce)
    assert not link(line_user_id="U2", nonce=nonce)
    # the newest binding counts, on both sides
    assert link(line_user_id=LINE_ID, nonce=issue_nonce(another_resident.user))
    assert link(line_user_id="U3", nonce=issue_nonce(another_resident.user))
    assert dict(LineAccount.objects.values_list("line_user_id", "user")) == {
        LINE_ID: None,
        "U3": another_resident.user.pk,
    }


def test_failed_link_binds_nobody(client, line, municipality, resident):
    nonce = issue_nonce(resident.user)
    send(client, event("accountLink", 1, link={"result": "failed", "nonce": nonce}))
    assert LineAccount.objects.get().user is None
    assert "はじめから" in line.replies[-1]["messages"][0]["text"]


def test_friend_ends_the_link_by_a_word(client, linked, line):
    send(client, words(1, "　連携解除 "))
    assert LineAccount.objects.get().user is None


def test_other_words_are_answered_with_the_ways(client, line, municipality):
    send(client, words(1, "こんにちは"))
    text = line.replies[0]["messages"][0]["text"]
    for path in ("/procedures/", "/reserve/", "/reports/new/"):
        assert f"http://localhost:8000{path}" in text


def test_topics_are_turned_on_and_off_by_their_buttons(client, line, municipality):
    topic = Topic.objects.create(key="bosai", name="防災")
    send(client, words(1, "お知らせ"))
    (item,) = line.replies[0]["messages"][0]["quickReply"]["items"]
    assert (item["action"]["label"], item["action"]["data"]) == ("＋ 防災", "topic=bosai")
    send(client, event("postback", 2, postback={"data": "topic=bosai"}))
    assert TopicSubscription.objects.get(topic=topic).ended_at is None
    assert "受け取っている話題：防災" in line.replies[1]["messages"][0]["text"]
    send(client, event("postback", 3, postback={"data": "topic=bosai"}))
    assert TopicSubscription.objects.get(topic=topic).ended_at is not None
    send(client, event("postback", 4, postback={"data": "topic=none"}))
    assert TopicSubscription.objects.count() == 1


def test_menu_leads_to_the_pages_and_its_picture_has_its_size(line, db):
    call_command("setup_line_menu")
    (menu,) = line.menus
    actions = [area["action"].get("uri") or area["action"]["text"] for area in menu["areas"]]
    assert actions == [
        "http://localhost:8000/procedures/",
        "http://localhost:8000/reserve/",
        "http://localhost:8000/reports/new/",
        "http://localhost:8000/my/notices/",
        "お知らせ",
        "連携",
    ]
    (picture,) = line.pictures
    assert Image.open(BytesIO(picture)).size == (2500, 1686)
    assert len(picture) < 1_000_000
    right = [area["bounds"]["x"] + area["bounds"]["width"] for area in menu["areas"]]
    assert max(right) == 2500
    assert line.requests[-1]["path"] == "/v2/bot/user/all/richmenu/richmenu-1"


def test_menu_needs_the_keys(settings):
    settings.LINE_CHANNEL_TOKEN = ""
    with pytest.raises(CommandError):
        call_command("setup_line_menu")
