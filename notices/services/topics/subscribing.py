"""Who wants news of a topic: by mail once the address is confirmed, by push and LINE at once."""

import datetime as dt
from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.errors import DomainError
from cityhall.links import link_secret
from cityhall.queries.city import municipality
from cityhall.rate_limits import is_within_limit_of
from notices.models import LineAccount, PushSubscription, Topic, TopicSubscription
from notices.services.alerts.reach import is_bad
from notices.services.mail import queue_mail

CONFIRM_PURPOSE, STOP_PURPOSE = "topic confirm", "topic stop"
CONFIRM_DAYS = 3
_MAILS_PER_HOUR = 3


class AddressRefused(DomainError):
    """Too many confirmations were asked for this address."""

    code = "topic_address_refused"
    message = gettext_lazy(
        "このメールアドレスには、確認のメールを送ったばかりです。1時間ほど待ってから、お試しください。"
    )


def ask_by_mail(*, email: str, topics: Collection[Topic], now: dt.datetime | None = None) -> None:
    """Note the wish of an address and mail it a link to confirm; nothing is told to whoever asked.

    What the address asked for before and has not confirmed yet is in the mail too: one press begins all of it. The mail
    is the same whether the address subscribes already or not. Raises AddressRefused after three in an hour.
    """
    address = email.strip().lower()
    if not is_within_limit_of(address, "topic-mail", times=_MAILS_PER_HOUR, seconds=3600):
        raise AddressRefused
    if is_bad(address) or not topics:
        return
    moment = now or timezone.now()
    with transaction.atomic():
        asked = [_subscription(topic, address, moment) for topic in topics]
        waiting = _waiting(address)
        waiting.update(asked_at=moment)
        earlier = list(waiting.exclude(pk__in=[row.pk for row in asked]).select_related("topic").order_by("pk"))
        # the link of a topic that goes on already would confirm nothing
        first = next((row for row in [*asked, *earlier] if row.confirmed_at is None), asked[0])
        _mail_confirmation(first, [row.topic.name for row in [*asked, *earlier]], moment)


def _subscription(topic: Topic, address: str, moment: dt.datetime) -> TopicSubscription:
    row, _made = TopicSubscription.objects.get_or_create(
        topic=topic, email=address, ended_at=None, defaults={"created_at": moment, "asked_at": moment}
    )
    return row


def _waiting(address: str) -> QuerySet[TopicSubscription]:
    """What an address asked for and has not confirmed."""
    rows = TopicSubscription.objects.filter(email=address, confirmed_at__isnull=True, ended_at__isnull=True)
    return rows.exclude(email="")


def _mail_confirmation(row: TopicSubscription, names: list[str], moment: dt.datetime) -> None:
    secret = link_secret(CONFIRM_PURPOSE, row.public_id, row.secret_version)
    values = {
        "city": municipality().name,
        "names": "、".join(names),
        "url": f"{settings.SITE_URL}/topics/confirm/{row.public_id}/{secret}/",
        "days": CONFIRM_DAYS,
    }
    body = _(
        "%(city)sのお知らせ（%(names)s）の配信登録を受け付けました。\n"
        "次のページを開いて「登録する」を押すと、配信が始まります（%(days)s日以内）。\n%(url)s\n\n"
        "心当たりがない場合は、何もしないでください。配信は始まりません。"
    )
    queue_mail(
        to=row.email,
        subject=_("【%(city)s】お知らせ配信の登録を確認してください") % values,
        body=body % values,
        sensitive=True,
        now=moment,
    )


def confirm_address(row: TopicSubscription, *, now: dt.datetime | None = None) -> int:
    """Confirm every open wish of the address the link was sent to; the number of topics that begin now."""
    return _waiting(row.email).update(confirmed_at=now or timezone.now())


def names_to_confirm(row: TopicSubscription) -> list[str]:
    """The topics that the link in the mail begins."""
    return list(_waiting(row.email).order_by("topic__position", "pk").values_list("topic__name", flat=True))


def is_confirmable(row: TopicSubscription, *, now: dt.datetime | None = None) -> bool:
    """Whether the link in the mail still counts."""
    return row.ended_at is None and (now or timezone.now()) - row.asked_at < dt.timedelta(days=CONFIRM_DAYS)


def end_subscription(row: TopicSubscription, *, now: dt.datetime | None = None) -> bool:
    """End one subscription; once, however often it is asked (mail programs ask by themselves, RFC 8058)."""
    open_ones = TopicSubscription.objects.filter(pk=row.pk, ended_at__isnull=True)
    return bool(open_ones.update(ended_at=now or timezone.now()))


def stop_secret(row: TopicSubscription) -> str:
    """The secret of the link that ends a subscription; it stands in every message."""
    return link_secret(STOP_PURPOSE, row.public_id, row.secret_version)


def set_browser_topics(
    browser: PushSubscription, *, keys: Collection[str], now: dt.datetime | None = None
) -> list[Topic]:
    """Make the topics of a browser just these; what it gets now."""
    moment = now or timezone.now()
    wanted = list(Topic.objects.filter(key__in=keys, is_active=True))
    with transaction.atomic():
        current = TopicSubscription.objects.filter(push=browser, ended_at__isnull=True)
        current.exclude(topic__in=wanted).update(ended_at=moment)
        for topic in wanted:
            TopicSubscription.objects.get_or_create(
                topic=topic, push=browser, ended_at=None, defaults={"created_at": moment, "confirmed_at": moment}
            )
    return wanted


def toggle_on_line(friend: LineAccount, *, key: str, now: dt.datetime | None = None) -> bool | None:
    """Turn a topic on or off for a friend; which of them, or None when there is no such topic."""
    moment = now or timezone.now()
    topic = Topic.objects.filter(key=key, is_active=True).first()
    if topic is None:
        return None
    with transaction.atomic():
        row, made = TopicSubscription.objects.get_or_create(
            topic=topic, line=friend, ended_at=None, defaults={"created_at": moment, "confirmed_at": moment}
        )
        if not made:
            end_subscription(row, now=moment)
    return made
