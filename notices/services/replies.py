"""Answers to a notice that allows them, and what staff say to them. Nothing of them goes into a mail."""

import datetime as dt
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.my_numbers import REFUSED
from cityhall.services import audit
from cityhall.text import clean_text, has_my_number
from notices.enums import AlertPurpose, NoticeState, ReceiptKind
from notices.models import Notice, NoticeReply
from notices.queries.access import standing_of
from notices.services.alerts import remind
from notices.services.events import record_event
from notices.services.receipts import NotTheRecipient, role_of

MAX_LENGTH = 2000
MOST_REPLIES = 20
_SAME_REQUEST = "notices_noticereply_request_key_key"


class NoReplies(DomainError):
    """The kind of notice takes no answers, or the notice is withdrawn, unopened or wiped."""

    code = "no_replies"
    message = _("この通知には返信できません。担当課に電話でご連絡ください。")


class NothingSaid(DomainError):
    """An answer without words."""

    code = "nothing_said"
    message = _("返信の内容を入力してください。")


class TooManyReplies(DomainError):
    """More answers than a person reads."""

    code = "too_many_replies"
    message = _("この通知への返信は20通までです。担当課に電話でご連絡ください。")


class MyNumberTyped(DomainError):
    """A My Number stands in the text. It is never stored (番号法19条, design of the product)."""

    code = "my_number_typed"
    message = REFUSED


def takes_replies(notice: Notice) -> bool:
    """Whether the recipient may write back now."""
    is_readable = notice.state in (NoticeState.OPENED, NoticeState.CONFIRMED) and notice.wiped_at is None
    return is_readable and notice.version.notice_type.allows_reply


def send_reply(*, notice: Notice, body: str, request_key: str, by: User, now: dt.datetime | None = None) -> NoticeReply:
    """Send an answer to the city, with its event; the same `request_key` is the same answer.

    Raises NotTheRecipient, NoReplies, NothingSaid, BadText, MyNumberTyped, TooManyReplies.
    """
    standing = standing_of(notice, by)
    if standing is None or not standing.counts:
        raise NotTheRecipient
    # the twentieth, sent twice, is not one too many
    if earlier := _sent_with(by, request_key):
        return earlier
    if not takes_replies(notice):
        raise NoReplies
    text = _words(body)
    if has_my_number(text):
        raise MyNumberTyped
    if notice.replies.filter(is_from_staff=False).count() >= MOST_REPLIES:
        raise TooManyReplies
    moment = now or timezone.now()

    def write() -> NoticeReply:
        reply = NoticeReply.objects.create(
            notice=notice, body=text, author=by, request_key=_key(by, request_key), created_at=moment
        )
        record_event(notice, ReceiptKind.REPLIED, by=by, moment=moment, detail=role_of(standing))
        return reply

    return _once(by, request_key, write)


def answer_reply(
    *, notice: Notice, body: str, request_key: str, by: User, now: dt.datetime | None = None
) -> NoticeReply:
    """Answer the recipient: what waited is dealt with, and they are told that something is there. Audited.

    The same `request_key` is the same answer. Locks the notice: two answers at once are told of one after the other.
    Raises NoReplies (wiped), NothingSaid, BadText, MyNumberTyped.
    """
    if earlier := _sent_with(by, request_key):
        return earlier
    if notice.wiped_at is not None:
        raise NoReplies
    text = _words(body)
    if has_my_number(text):
        raise MyNumberTyped
    moment = now or timezone.now()

    def write() -> NoticeReply:
        Notice.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=notice.pk)
        answer = NoticeReply.objects.create(
            notice=notice,
            body=text,
            author=by,
            is_from_staff=True,
            request_key=_key(by, request_key),
            created_at=moment,
        )
        _settle(notice, by=by, moment=moment)
        _record(notice, by, "reply answered")
        number = notice.replies.filter(is_from_staff=True).count()
        remind(notice, purpose=AlertPurpose.ANSWER, moment=moment, number=number)
        return answer

    return _once(by, request_key, write)


def settle_replies(notice: Notice, *, by: User, now: dt.datetime | None = None) -> None:
    """Note that what the recipient wrote was dealt with without an answer here; twice is once. Audited."""
    with transaction.atomic():
        if _settle(notice, by=by, moment=now or timezone.now()):
            _record(notice, by, "reply settled")


def _settle(notice: Notice, *, by: User, moment: dt.datetime) -> int:
    waiting = NoticeReply.objects.filter(notice=notice, is_from_staff=False, handled_at__isnull=True)
    return waiting.update(handled_at=moment, handled_by=by)


def _record(notice: Notice, by: User, detail: str) -> None:
    audit.record(
        action=AuditAction.CHANGE,
        actor=by,
        target_type="notice",
        target_id=notice.public_id,
        target_label=notice.number,
        detail=detail,
        department_code=notice.department.code,
    )


def _words(body: str) -> str:
    text = clean_text(body).strip()[:MAX_LENGTH]
    if not text:
        raise NothingSaid
    return text


def _key(by: User, request_key: str) -> str:
    return f"{by.pk}:{request_key}"[:80]


def _sent_with(by: User, request_key: str) -> NoticeReply | None:
    return NoticeReply.objects.filter(request_key=_key(by, request_key)).first()


def _once(by: User, request_key: str, write: Callable[[], NoticeReply]) -> NoticeReply:
    """What `write` makes in one transaction; of two requests with one key, what the faster one made."""
    try:
        with transaction.atomic():
            return write()
    except IntegrityError as error:
        if violated(error) != _SAME_REQUEST:
            raise
        return NoticeReply.objects.get(request_key=_key(by, request_key))
