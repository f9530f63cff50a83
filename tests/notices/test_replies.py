"""Writing back to a notice, and what staff do with it."""

import pytest
from django.urls import reverse

from notices.models import Notice, NoticeReply, NoticeType, OutgoingMail
from notices.services import open_notice, withdraw
from notices.services.receipts import NotTheRecipient
from notices.services.replies import (
    MOST_REPLIES,
    MyNumberTyped,
    NoReplies,
    NothingSaid,
    TooManyReplies,
    answer_reply,
    send_reply,
    settle_replies,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(available, consenting, notice_type):
    NoticeType.objects.update(allows_reply=True)
    notice = available(consenting)
    open_notice(notice, by=consenting.user)
    return Notice.objects.select_related("version__notice_type").get(pk=notice.pk)


def test_reply_is_an_event_and_one_however_often_it_is_sent(opened, consenting):
    replies = [send_reply(notice=opened, body=" 欠席します。 ", request_key="k", by=consenting.user) for _twice in "ab"]
    assert replies[0] == replies[1]
    assert replies[0].body == "欠席します。"
    assert opened.receipts.filter(kind="replied").count() == 1


@pytest.mark.parametrize(("body", "error"), [(" \n", NothingSaid), ("番号は 1234-5678-9018 です", MyNumberTyped)])
def test_words_that_are_refused(opened, consenting, body, error):
    with pytest.raises(error):
        send_reply(notice=opened, body=body, request_key="k", by=consenting.user)
    assert not NoticeReply.objects.exists()


def test_strangers_and_kinds_without_replies_are_refused(opened, consenting, another_resident, approver):
    with pytest.raises(NotTheRecipient):
        send_reply(notice=opened, body="x", request_key="k", by=another_resident.user)
    opened.version.notice_type.allows_reply = False
    with pytest.raises(NoReplies):
        send_reply(notice=opened, body="x", request_key="k", by=consenting.user)
    opened.version.notice_type.allows_reply = True
    with pytest.raises(NoReplies):
        send_reply(notice=withdraw(opened, by=approver, reason="x"), body="x", request_key="k", by=consenting.user)


def test_there_is_an_end_to_replies(opened, consenting):
    for number in range(MOST_REPLIES):
        send_reply(notice=opened, body="x", request_key=str(number), by=consenting.user)
    with pytest.raises(TooManyReplies):
        send_reply(notice=opened, body="x", request_key="last", by=consenting.user)


def test_answer_ends_the_waiting_and_tells_without_words(opened, consenting, handler):
    send_reply(notice=opened, body="質問です。", request_key="k", by=consenting.user)
    answer_reply(notice=opened, body="秘密の回答です。", request_key="a", by=handler)
    question, answer = opened.replies.order_by("id")
    assert (question.handled_by, answer.is_from_staff, answer.author) == (handler, True, handler)
    mail = OutgoingMail.objects.order_by("-id").first()
    assert mail.subject == "【緑野市】返信への回答があります"
    assert "秘密" not in mail.body
    answer_reply(notice=opened, body="もう一つ。", request_key="b", by=handler)
    assert opened.deliveries.filter(purpose="answer").order_by("number").values_list("number", flat=True)[1] == 2


def test_staff_home_counts_replies_nobody_has_dealt_with(opened, consenting, handler, login):
    def waiting():
        figures = [
            row for panel in login(handler).get("/staff/").context["panels"] for row in panel.context.get("figures", [])
        ]
        return next(row for row in figures if row.get("url_name") == "notices:reply_list")

    assert (waiting()["text"], waiting()["is_alarm"]) == ("0", False)
    send_reply(notice=opened, body="質問です。", request_key="k", by=consenting.user)
    assert (waiting()["text"], waiting()["is_alarm"]) == ("1", True)
    settle_replies(opened, by=handler)
    assert waiting()["text"] == "0"


def test_settling_without_an_answer(opened, consenting, handler):
    reply = send_reply(notice=opened, body="了解しました。", request_key="k", by=consenting.user)
    settle_replies(opened, by=handler)
    reply.refresh_from_db()
    first = reply.handled_at
    settle_replies(opened, by=handler)
    reply.refresh_from_db()
    assert reply.handled_at == first


def test_page_shows_the_words_and_keeps_them_when_refused(opened, consenting, login, handler):
    client = login(consenting)
    path = reverse("notices:notice_reply", args=[opened.public_id])
    refused = client.post(path, {"body": "番号は 123456789018 です", "request_key": "k"})
    assert refused.status_code == 422
    assert "123456789018" in refused.content.decode()
    assert client.post(path, {"body": "出席します。", "request_key": "k"}).status_code == 302
    answer_reply(notice=opened, body="承知しました。", request_key="a", by=handler)
    page = client.get(reverse("notices:notice_detail", args=[opened.public_id])).content.decode()
    assert page.index("出席します。") < page.index("承知しました。")


def test_last_reply_sent_twice_is_one_and_no_refusal(opened, consenting, login):
    for number in range(MOST_REPLIES):
        send_reply(notice=opened, body="x", request_key=str(number), by=consenting.user)
    last = {"body": "x", "request_key": str(MOST_REPLIES - 1)}
    answer = login(consenting).post(reverse("notices:notice_reply", args=[opened.public_id]), last)
    assert (answer.status_code, opened.replies.count()) == (302, MOST_REPLIES)


def test_answer_posted_twice_is_one_and_leads_to_the_same_page(opened, consenting, handler, login):
    send_reply(notice=opened, body="質問です。", request_key="k", by=consenting.user)
    client = login(handler)
    path = reverse("notices:reply_answer", args=[opened.public_id])
    answers = [client.post(path, {"body": "回答です。", "request_key": "a"}) for _twice in "ab"]
    page = reverse("notices:staff_detail", args=[opened.public_id])
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, page)] * 2
    assert opened.replies.filter(is_from_staff=True).count() == 1
    assert opened.deliveries.filter(purpose="answer").count() == 1
    # also when the notice was wiped between the two
    Notice.objects.filter(pk=opened.pk).update(wiped_at=opened.opened_at)
    assert client.post(path, {"body": "回答です。", "request_key": "a"}).url == page
