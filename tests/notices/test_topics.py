import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from cityhall.crypto import decrypt
from cityhall.enums import Lane, Role, WorkState
from cityhall.errors import StaleState
from cityhall.services.work import claim_due
from notices import tasks
from notices.models import (
    BadAddress,
    LineEvent,
    OutgoingLine,
    OutgoingMail,
    OutgoingPush,
    PushSubscription,
    Topic,
    TopicMessage,
    TopicSubscription,
)
from notices.services.channels.forgetting import forget_channels
from notices.services.topics import (
    AddressRefused,
    NothingChosen,
    ask_by_mail,
    news,
    send_news,
    set_browser_topics,
    spread,
    write_news,
)
from tests.factories import make_staff
from tests.notices.channelkit import add_browser, add_line
from tests.notices.kit import drain
from tests.notices.servers import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic(municipality, department):
    return Topic.objects.create(key="bosai", name="防災", description="避難所と天気", department=department)


@pytest.fixture
def another_topic(municipality):
    return Topic.objects.create(key="gomi", name="ごみ")


def subscriber(topic, email, **fields):
    return TopicSubscription.objects.create(topic=topic, email=email, confirmed_at=timezone.now(), **fields)


def draft(topic, by, **given):
    texts = {"title": "避難所を開設しました", "body": "緑小学校に避難所を開設しました。", "request_key": "1"}
    return write_news(topic=topic, by=by, **texts | given)


def links_in(text):
    return re.findall(r"http://localhost:8000(/\S+)", text)


def test_address_gets_news_only_once_it_is_confirmed_by_a_button(client, topic, another_topic):
    answer = client.post(reverse("notices:topic_list"), {"topics": ["bosai", "gomi"], "email": "Hanako@example.jp"})
    assert "確認のメールを送りました" in answer.content.decode()
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.is_encrypted) == ("hanako@example.jp", True)
    (path,) = links_in(decrypt(mail.body))
    assert "登録する" in client.get(path).content.decode()
    # programs that open links confirm nothing
    assert not TopicSubscription.objects.filter(confirmed_at__isnull=False).exists()
    assert "登録しました" in client.post(path).content.decode()
    assert TopicSubscription.objects.filter(confirmed_at__isnull=False).count() == 2
    assert client.get(path[:-2] + "x/").status_code == 404


def test_confirmation_ends_after_three_days_and_mails_are_few(client, topic):
    for _time in range(3):
        ask_by_mail(email="a@example.jp", topics=[topic])
    with pytest.raises(AddressRefused):
        ask_by_mail(email="A@example.jp ", topics=[topic])
    assert (TopicSubscription.objects.count(), OutgoingMail.objects.count()) == (1, 3)
    TopicSubscription.objects.update(asked_at=timezone.now() - dt.timedelta(days=4))
    (path,) = links_in(decrypt(OutgoingMail.objects.first().body))
    assert "期限が過ぎました" in client.post(path).content.decode()
    assert TopicSubscription.objects.get().confirmed_at is None


def confirm_newest(client):
    (path,) = links_in(decrypt(OutgoingMail.objects.latest("id").body))
    return client.post(path).content.decode()


def confirmed():
    return set(TopicSubscription.objects.filter(confirmed_at__isnull=False).values_list("topic__key", flat=True))


def test_wish_outlives_another_wish_of_the_same_address(client, topic, another_topic):
    first = timezone.now() - dt.timedelta(days=2, hours=20)
    ask_by_mail(email="a@example.jp", topics=[topic], now=first)
    ask_by_mail(email="a@example.jp", topics=[another_topic])
    body = decrypt(OutgoingMail.objects.latest("id").body)
    assert all(name in body for name in ("防災", "ごみ"))
    # the first wish is three days old by now, but its owner was asked again meanwhile
    forget_channels(now=first + dt.timedelta(days=3, hours=1))
    assert "登録しました" in confirm_newest(client)
    assert confirmed() == {"bosai", "gomi"}


def test_wish_beside_a_running_subscription_is_confirmed(client, topic, another_topic):
    # subscribed long ago: the link of that row is over
    subscriber(topic, "a@example.jp", asked_at=timezone.now() - dt.timedelta(days=400))
    ask_by_mail(email="a@example.jp", topics=[topic, another_topic])
    assert "登録しました" in confirm_newest(client)
    assert confirmed() == {"bosai", "gomi"}


def test_page_names_every_topic_that_begins(client, topic, another_topic):
    ask_by_mail(email="a@example.jp", topics=[topic])
    ask_by_mail(email="a@example.jp", topics=[another_topic])
    (path,) = links_in(decrypt(OutgoingMail.objects.first().body))
    page = client.get(path).content.decode()
    assert page.count("<li>防災</li>") == page.count("<li>ごみ</li>") == 1


def test_form_says_what_is_wrong(client, topic):
    answer = client.post(reverse("notices:topic_list"), {"email": "no address"}).content.decode()
    assert "受け取りたい話題を選んでください。" in answer
    assert "メールアドレスを確認してください。" in answer
    assert not OutgoingMail.objects.exists()


def test_dead_address_is_answered_alike_and_written_nothing(client, topic):
    BadAddress.objects.create(email="dead@example.jp", reason="bounced")
    answer = client.post(reverse("notices:topic_list"), {"topics": ["bosai"], "email": "dead@example.jp"})
    assert "確認のメールを送りました" in answer.content.decode()
    assert not OutgoingMail.objects.exists()


def test_browser_without_account_chooses_its_topics(client, topic, another_topic, push_service):
    said = Browser(push_service.url).subscription | {"device_name": "Firefox"}
    answer = client.post(reverse("notices:topic_push"), said | {"topics": ["bosai", "gomi"]}, follow=True)
    assert "防災、ごみ" in answer.content.decode()
    client.post(reverse("notices:topic_push"), said | {"topics": ["gomi"]})
    browser = PushSubscription.objects.get()
    assert browser.user is None
    open_ones = browser.topic_subscriptions.filter(ended_at__isnull=True)
    assert [row.topic.key for row in open_ones] == ["gomi"]
    strange = client.post(reverse("notices:topic_push"), {"endpoint": "https://127.0.0.2/", "topics": ["bosai"]})
    assert strange.status_code == 302
    assert PushSubscription.objects.count() == 1


def test_news_go_to_who_wants_them_and_to_nobody_else(topic, another_topic, handler, push_service, line, resident):
    subscriber(topic, "a@example.jp")
    subscriber(topic, "ended@example.jp", ended_at=timezone.now())
    subscriber(topic, "dead@example.jp")
    subscriber(another_topic, "b@example.jp")
    TopicSubscription.objects.create(topic=topic, email="unconfirmed@example.jp")
    BadAddress.objects.create(email="dead@example.jp", reason="bounced")
    browser, row = add_browser(None, push_service.url)
    set_browser_topics(row, keys=["bosai"])
    TopicSubscription.objects.create(topic=topic, line=add_line(resident.user), confirmed_at=timezone.now())
    message = draft(topic, handler, url="/reports/")
    assert drain(tasks.spread_news) == 0
    send_news(message, by=handler)
    drain(tasks.spread_news)
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.lane, mail.subject) == ("a@example.jp", Lane.BULK, "【緑野市】避難所を開設しました")
    assert "http://localhost:8000/reports/" in mail.body
    assert {OutgoingPush.objects.get().lane, OutgoingLine.objects.get().lane} == {Lane.BULK}
    drain(tasks.send_pushes)
    # a push has room for the beginning only: it leads to the whole text
    assert browser.open(push_service.requests[0]["body"])["url"] == f"/topics/news/{message.public_id}/"
    message.refresh_from_db()
    assert (message.topic_state, message.told_count, message.state) == ("sent", 3, WorkState.DONE)
    assert bool(message.sent_at)


def test_news_are_read_by_everybody_once_they_are_out(client, topic, handler):
    message = draft(topic, handler, url="/reports/")
    assert client.get(reverse("notices:news_read", args=[message.public_id])).status_code == 404
    send_news(message, by=handler)
    shown = client.get(reverse("notices:news_read", args=[message.public_id])).content.decode()
    assert "緑小学校に避難所を開設しました。" in shown
    assert 'href="/reports/"' in shown
    assert message.title in client.get(reverse("notices:topic_list")).content.decode()


def test_way_out_stands_in_every_mail_for_people_and_programs(client, topic, handler):
    for name in "ab":
        subscriber(topic, f"{name}@example.jp")
    send_news(draft(topic, handler), by=handler)
    drain(tasks.spread_news)
    first, second = OutgoingMail.objects.order_by("to")
    assert first.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = first.headers["List-Unsubscribe"].removeprefix("<http://localhost:8000").removesuffix(">")
    assert path in links_in(first.body)
    assert path not in second.body
    assert "配信を停止する" in client.get(path).content.decode()
    assert not TopicSubscription.objects.filter(ended_at__isnull=False).exists()
    # RFC 8058: one POST without a page of ours before it
    outside = type(client)(enforce_csrf_checks=True)
    assert outside.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert TopicSubscription.objects.get(email="a@example.jp").ended_at is not None
    assert TopicSubscription.objects.get(email="b@example.jp").ended_at is None
    assert client.post(path[:-3] + "xx/").status_code == 404


def test_spreading_goes_in_slices_and_a_killed_one_is_not_repeated(topic, handler, monkeypatch):
    monkeypatch.setattr(news, "SLICE", 2)
    for number in range(5):
        subscriber(topic, f"{number}@example.jp")
    message = draft(topic, handler)
    send_news(message, by=handler)
    claimed = claim_due(TopicMessage)[0]
    # killed before its transaction ended: another worker takes the claim over
    other = claim_due(TopicMessage, now=claimed.lease_until)[0]
    spread(other)
    spread(claimed)
    assert OutgoingMail.objects.count() == 2
    drain(tasks.spread_news)
    assert OutgoingMail.objects.count() == OutgoingMail.objects.values("to").distinct().count() == 5
    assert TopicMessage.objects.get().told_count == 5


def test_draft_is_written_once_changed_and_sent_once(topic, another_topic, handler):
    message = draft(topic, handler)
    assert draft(topic, handler) == message
    # back to the form that was empty: what is corrected there is not lost
    assert draft(topic, handler, title="直し").title == "直し"
    assert TopicMessage.objects.get().title == "直し"
    changed = draft(another_topic, handler, title="変更", message=message)
    assert (changed.title, changed.topic) == ("変更", another_topic)
    send_news(message, by=handler)
    with pytest.raises(StaleState):
        send_news(message, by=handler)
    for known in (message, None):
        with pytest.raises(StaleState):
            draft(topic, handler, message=known)
    topic.is_active = False
    with pytest.raises(NothingChosen):
        draft(topic, handler, request_key="2")


def test_staff_write_look_and_send(client, login, topic, handler):
    subscriber(topic, "a@example.jp")
    browser = login(handler)
    form = browser.get(reverse("notices:news_new")).context["form"]
    given = {"topic": topic.pk, "title": "表題", "body": "本文", "url": "javascript:alert(1)", "request_key": "k"}
    assert "https:// から始めて" in browser.post(reverse("notices:news_new"), given).content.decode()
    assert form.initial["request_key"]
    for _time in range(2):
        answer = browser.post(reverse("notices:news_new"), given | {"url": "https://example.jp/"})
    message = TopicMessage.objects.get()
    page = browser.get(answer.url).content.decode()
    assert "メール 1件" in page
    browser.post(reverse("notices:news_edit", args=[message.public_id]), given | {"url": "", "title": "直した"})
    browser.post(reverse("notices:news_send", args=[message.public_id]))
    message.refresh_from_db()
    assert (message.title, message.topic_state) == ("直した", "sending")
    assert "直した" in browser.get(reverse("notices:news_list")).content.decode()


def test_a_form_without_topics_says_who_makes_them(login, municipality, handler, administrator):
    words = "話題は、管理者が管理画面で登録します"
    link = f'href="{reverse("admin:notices_topic_changelist")}"'
    page = login(handler).get(reverse("notices:news_new"))
    assert words in page.content.decode()
    assert link not in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert link in login(administrator).get(reverse("notices:news_new")).content.decode()
    Topic.objects.create(key="bosai", name="防災")
    assert words not in login(handler).get(reverse("notices:news_new")).content.decode()


def test_news_of_another_department_are_not_there(login, topic, handler, departments):
    message = draft(topic, handler)
    elsewhere = login(make_staff(role=Role.HANDLER, department=departments["kaigo"]))
    for name in ("news_detail", "news_edit"):
        assert elsewhere.get(reverse(f"notices:{name}", args=[message.public_id])).status_code == 404
    assert elsewhere.post(reverse("notices:news_send", args=[message.public_id])).status_code == 404
    assert list(elsewhere.get(reverse("notices:news_new")).context["form"].fields["topic"].queryset) == []


def test_what_nobody_needs_of_topics_and_line_is_forgotten(topic):
    now = timezone.now()
    old = now - dt.timedelta(days=91)
    subscriber(topic, "ended@example.jp", ended_at=old)
    TopicSubscription.objects.create(topic=topic, email="unconfirmed@example.jp", asked_at=old)
    kept = {
        subscriber(topic, "open@example.jp"),
        subscriber(topic, "just@example.jp", ended_at=now),
        TopicSubscription.objects.create(topic=topic, email="new@example.jp"),
    }
    LineEvent.objects.create(event_id="old", at=old)
    LineEvent.objects.create(event_id="new")
    tasks.sweep()
    assert set(TopicSubscription.objects.all()) == kept
    assert LineEvent.objects.get().event_id == "new"
