"""News of a topic: written by staff, spread by the worker in slices, never in the way of a single notice."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.enums import AuditAction, Lane
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.queries.city import municipality
from cityhall.queue import wake
from cityhall.services import audit
from cityhall.services.work import finish, put_back
from notices.enums import TopicState
from notices.models import BadAddress, OutgoingLine, OutgoingMail, OutgoingPush, Topic, TopicMessage, TopicSubscription
from notices.services.mail import make_mail, wake_sender
from notices.services.topics.subscribing import stop_secret

SLICE = 500
NEWS_PATH = "/topics/news/"
# a draft is work of nobody: it is due when somebody sends it
_NEVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


class NothingChosen(DomainError):
    """The topic is not used any more."""

    code = "topic_not_active"
    message = gettext_lazy("この話題は使われていません。別の話題を選んでください。")


def write_news(
    *,
    topic: Topic,
    title: str,
    body: str,
    url: str = "",
    request_key: str,
    by: User,
    message: TopicMessage | None = None,
    now: dt.datetime | None = None,
) -> TopicMessage:
    """Write a draft, or write one anew. Asking again with the same key changes the draft that was written with it.

    Raises NothingChosen, StaleState (it was sent meanwhile).
    """
    if not topic.is_active:
        raise NothingChosen
    texts = {"topic": topic, "title": title, "body": body, "url": url}
    if message is None:
        # somebody went back to the empty form, corrected it and sent it again
        message = TopicMessage.objects.filter(request_key=request_key, created_by=by).first()
    if message is not None:
        changed = TopicMessage.objects.filter(pk=message.pk, topic_state=TopicState.DRAFT).update(**texts)
        if not changed:
            raise StaleState
        message.refresh_from_db()
        return message
    created = {"created_by": by, "lane": Lane.BULK, "due_at": _NEVER, "written_at": now or timezone.now()}
    draft, _made = TopicMessage.objects.get_or_create(request_key=request_key, defaults=texts | created)
    return draft


def send_news(message: TopicMessage, *, by: User, now: dt.datetime | None = None) -> None:
    """Hand a draft to the worker; audited. Raises StaleState when it was sent already."""
    with transaction.atomic():
        drafts = TopicMessage.objects.filter(pk=message.pk, topic_state=TopicState.DRAFT)
        if not drafts.update(topic_state=TopicState.SENDING, due_at=now or timezone.now()):
            raise StaleState
        audit.record(
            action=AuditAction.STATE,
            actor=by,
            target_type="notices.topicmessage",
            target_id=message.public_id,
            target_label=message.title,
            detail="sent",
            department_code=message.topic.department.code if message.topic.department else "",
        )
        wake("notices.tasks.spread_news")


def spread(message: TopicMessage) -> None:
    """Write the mails, pushes and LINE messages for the next slice of subscribers; after the last one it is sent.

    `next_id` moves in the transaction of the rows it stands for: a killed worker loses at most one slice, and nobody
    gets the news twice.
    """
    moment = timezone.now()
    wanted = TopicSubscription.objects.filter(
        topic=message.topic_id, pk__gt=message.next_id, confirmed_at__isnull=False, ended_at__isnull=True
    )
    rows = list(wanted.select_related("push", "line").order_by("pk")[:SLICE])
    with transaction.atomic():
        if not rows:
            finish(message, now=moment, topic_state=TopicState.SENT, sent_at=moment)
            return
        told = message.told_count + _write(message, rows)
        if not put_back(message, due_at=moment, next_id=rows[-1].pk, told_count=told):
            # somebody else has it by now, and writes these rows
            transaction.set_rollback(True)


def _write(message: TopicMessage, rows: list[TopicSubscription]) -> int:
    city = municipality().name
    title = _("【%(city)s】%(title)s") % {"city": city, "title": message.title}
    common = {"topic_message": message, "lane": Lane.BULK}
    bad = set(
        BadAddress.objects.filter(email__in=[row.email for row in rows if row.email]).values_list("email", flat=True)
    )
    mails = [_mail(message, row, title) for row in rows if row.email and row.email not in bad]
    pushes = [
        OutgoingPush(
            subscription=row.push,
            title=title[:120],
            body=message.body[:300],
            url=f"{NEWS_PATH}{message.public_id}/",
            **common,
        )
        for row in rows
        if row.push is not None and row.push.ended_at is None
    ]
    lines = [
        OutgoingLine(account=row.line, text=_text(message, title), **common)
        for row in rows
        if row.line is not None and row.line.blocked_at is None
    ]
    OutgoingMail.objects.bulk_create(mails)
    OutgoingPush.objects.bulk_create(pushes)
    OutgoingLine.objects.bulk_create(lines)
    _wake_senders(mails=bool(mails), pushes=bool(pushes), lines=bool(lines))
    return len(mails) + len(pushes) + len(lines)


def _mail(message: TopicMessage, row: TopicSubscription, title: str) -> OutgoingMail:
    stop = f"{settings.SITE_URL}/topics/stop/{row.public_id}/{stop_secret(row)}/"
    footer = _("このメールは、話題「%(topic)s」の配信に登録された方へお送りしています。\n配信の停止：%(url)s")
    body = f"{_text(message, '')}\n\n-- \n{footer % {'topic': message.topic.name, 'url': stop}}"
    return make_mail(
        to=row.email,
        subject=title,
        body=body,
        # the mail program's own button (RFC 8058): a POST without asking again
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        lane=Lane.BULK,
    )


def _text(message: TopicMessage, title: str) -> str:
    link = message.url if "://" in message.url else f"{settings.SITE_URL}{message.url}" if message.url else ""
    return "\n\n".join(part for part in (title, message.body, link) if part)


def _wake_senders(*, mails: bool, pushes: bool, lines: bool) -> None:
    if mails:
        wake_sender()
    if pushes:
        wake("notices.tasks.send_pushes")
    if lines:
        wake("notices.tasks.send_lines")
