"""What the city's account answers a friend. Replies are free; nothing personal is ever said here."""

from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings
from django.utils.translation import gettext as _

from cityhall.queries.city import municipality
from notices.models import LineAccount, Topic, TopicSubscription
from notices.services.line.client import LineClient


class Wish(StrEnum):
    """What an answer is about."""

    HELLO = "hello"
    MENU = "menu"
    LINK = "link"
    LINKED = "linked"
    LINK_FAILED = "link_failed"
    UNLINKED = "unlinked"
    TOPICS = "topics"
    TOPIC_ON = "topic_on"
    TOPIC_OFF = "topic_off"


@dataclass(frozen=True)
class Answer:
    """A text and the buttons below it: (label, data)."""

    text: str
    choices: list[tuple[str, str]] = field(default_factory=list)


def answer(*, account: LineAccount, wish: Wish, reply_token: str) -> None:
    """Answer one friend. Errors of the client go through: a reply that failed is not repeated, its token is short."""
    client = LineClient()
    try:
        found = _linking(client, account) if wish == Wish.LINK else _answer_of(wish, account)
        client.reply(token=reply_token, text=found.text, choices=found.choices)
    finally:
        client.close()


def _linking(client: LineClient, account: LineAccount) -> Answer:
    token = client.link_token(account.line_user_id)
    url = f"{settings.SITE_URL}/my/channels/line/?linkToken={token}"
    text = _(
        "次のページにログインして、LINEとの連携をお進めください（10分以内）。\n%(url)s\n\n"
        "この案内は、ほかの人に転送しないでください。"
    )
    return Answer(text % {"url": url})


def _answer_of(wish: Wish, account: LineAccount) -> Answer:
    city = municipality().name
    match wish:
        case Wish.HELLO:
            text = _(
                "%(city)sの公式アカウントです。\n「連携」と送ると、市からの通知が届いたことをここでお知らせできます。\n"
                "「お知らせ」と送ると、受け取りたい話題を選べます。"
            )
            return Answer(text % {"city": city})
        case Wish.LINKED:
            return Answer(_("LINEとの連携が終わりました。通知が届くと、ここでお知らせします。内容はお送りしません。"))
        case Wish.LINK_FAILED:
            return Answer(_("連携できませんでした。お手数ですが「連携」と送って、はじめからやり直してください。"))
        case Wish.UNLINKED:
            return Answer(_("LINEとの連携を解除しました。今後はほかの方法でお知らせします。"))
        case Wish.TOPICS | Wish.TOPIC_ON | Wish.TOPIC_OFF:
            return _topics(account)
    return Answer(_menu())


def _menu() -> str:
    pages = [
        (_("手続を探す"), "/procedures/"),
        (_("窓口を予約する"), "/reserve/"),
        (_("道路などの異常を知らせる"), "/reports/new/"),
    ]
    lines = [f"{label}\n{settings.SITE_URL}{path}" for label, path in pages]
    return "\n\n".join([*lines, _("「連携」で通知のお知らせ、「お知らせ」で話題の登録ができます。")])


def _topics(account: LineAccount) -> Answer:
    """The topics with a button each: pressing it turns the topic on or off."""
    chosen = set(
        TopicSubscription.objects.filter(line=account, ended_at__isnull=True).values_list("topic_id", flat=True)
    )
    topics = list(Topic.objects.filter(is_active=True)[:13])
    if not topics:
        return Answer(_("いまは登録できる話題がありません。"))
    names = [topic.name for topic in topics if topic.pk in chosen]
    now = (
        _("受け取っている話題：%(names)s") % {"names": "、".join(names)}
        if names
        else _("受け取っている話題はありません。")
    )
    return Answer(
        f"{now}\n{_('ボタンを押すと、登録と解除ができます。')}",
        [(f"{'✓' if topic.pk in chosen else '＋'} {topic.name}", f"topic={topic.key}") for topic in topics],
    )
