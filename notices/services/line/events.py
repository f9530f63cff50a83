"""What LINE tells us: each event once, whatever it is delivered; answers are sent by the worker."""

import base64
import datetime as dt
import hashlib
import hmac
import unicodedata
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cityhall.queue import enqueue
from notices.models import LineAccount, LineEvent
from notices.services.line.answers import Wish
from notices.services.line.linking import link, unlink
from notices.services.topics.subscribing import toggle_on_line

_WORDS = {
    "連携": Wish.LINK,
    "アカウント連携": Wish.LINK,
    "お知らせ": Wish.TOPICS,
    "お知らせ登録": Wish.TOPICS,
    "連携解除": Wish.UNLINKED,
}
_TOPIC = "topic="


def is_genuine(body: bytes, signature: str) -> bool:
    """Whether the body was signed with the channel's secret (X-Line-Signature), compared in constant time.

    The SDK's own check takes seconds to import, which no web process should wait for.
    """
    if not settings.LINE_CHANNEL_SECRET:
        return False
    digest = hmac.digest(settings.LINE_CHANNEL_SECRET.encode(), body, hashlib.sha256)
    return hmac.compare_digest(base64.b64encode(digest), signature.encode())


def handle_event(event: dict[str, Any], *, now: dt.datetime | None = None) -> None:
    """Take in one event of a friend, once; groups, rooms and kinds we do not know are left alone."""
    moment = now or timezone.now()
    user_id = str(event.get("source", {}).get("userId") or "")
    event_id = str(event.get("webhookEventId") or "")
    if not user_id or not event_id or event.get("source", {}).get("type") != "user":
        return
    with transaction.atomic():
        _row, is_new = LineEvent.objects.get_or_create(event_id=event_id[:60], defaults={"at": moment})
        if not is_new:
            return
        wish = _take_in(event, user_id, moment)
        token = str(event.get("replyToken") or "")
        if wish and token:
            account = _friend(user_id, moment)
            enqueue("notices.tasks.answer_on_line", reply_token=token, account_id=account.pk, wish=wish)


def _take_in(event: dict[str, Any], user_id: str, moment: dt.datetime) -> str:
    """What the event changes; the wish it ends in, or ""."""
    match event.get("type"):
        case "follow":
            _friend(user_id, moment)
            LineAccount.objects.filter(line_user_id=user_id).update(followed_at=moment, blocked_at=None)
            return Wish.HELLO
        case "unfollow":
            LineAccount.objects.filter(line_user_id=user_id).update(blocked_at=moment)
            return ""
        case "accountLink":
            return _linked(event.get("link") or {}, user_id, moment)
        case "message":
            return _wish_of(str((event.get("message") or {}).get("text") or ""), user_id)
        case "postback":
            return _pressed(str((event.get("postback") or {}).get("data") or ""), user_id, moment)
    return ""


def _linked(answer: dict[str, Any], user_id: str, moment: dt.datetime) -> str:
    is_ok = answer.get("result") == "ok" and link(
        line_user_id=user_id, nonce=str(answer.get("nonce") or ""), now=moment
    )
    return Wish.LINKED if is_ok else Wish.LINK_FAILED


def _wish_of(text: str, user_id: str) -> str:
    wish = _WORDS.get(unicodedata.normalize("NFKC", text).strip(), Wish.MENU)
    if wish == Wish.UNLINKED:
        account = LineAccount.objects.select_related("user").filter(line_user_id=user_id).first()
        if account is not None and account.user is not None:
            unlink(account.user)
    return wish


def _pressed(data: str, user_id: str, moment: dt.datetime) -> str:
    if not data.startswith(_TOPIC):
        return Wish.MENU
    is_on = toggle_on_line(_friend(user_id, moment), key=data.removeprefix(_TOPIC), now=moment)
    if is_on is None:
        return Wish.TOPICS
    return Wish.TOPIC_ON if is_on else Wish.TOPIC_OFF


def _friend(user_id: str, moment: dt.datetime) -> LineAccount:
    account, _made = LineAccount.objects.get_or_create(line_user_id=user_id[:40], defaults={"followed_at": moment})
    return account
