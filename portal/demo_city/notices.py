"""What lies in the inboxes of the known people, and news that somebody chose; campaigns are in `notices_campaigns`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from django.conf import settings
from django.db import transaction

from cityhall.models import Department, User
from notices.models import Notice, NoticeType, Topic, TopicSubscription
from notices.services import issue, open_notice
from notices.services.inbox import archive
from notices.services.issuing import newest_version
from notices.services.replies import send_reply
from notices.services.topics import ask_by_mail, confirm_address, send_news, write_news
from notices.tasks import make_documents, send_mails, spread_news
from portal.demo_city.notices_campaigns import load_campaigns
from portal.demo_city.worker import until_done
from residents.models import Resident


class Read(Enum):
    """How far a person came with a notice."""

    NOT = auto()
    OPENED = auto()
    ARCHIVED = auto()
    ANSWERED = auto()


@dataclass(frozen=True)
class Letter:
    """A notice to the head of a known household, about a member of it by the given name ("": about themselves).

    It says what the sample of its kind says, but for `values`.
    """

    head: int
    kind: str
    about: str = ""
    read: Read = Read.NOT
    values: Mapping[str, str] = field(default_factory=dict)


LETTERS: Final = (
    # a button that opens a form
    Letter(0, "kodomoen-nyuen", about="湊", values={"きょうだい": "高橋　陽葵"}),
    # opened, and to be confirmed
    Letter(
        0,
        "nyuyoji-kenshin",
        about="陽葵",
        read=Read.OPENED,
        values={"健診の名称": "3歳児健康診査", "お子さまの生年月日": "令和5年1月20日"},
    ),
    Letter(0, "kosodate-center", read=Read.ARCHIVED),
    Letter(2, "kyushokuhi-kettei", about="凛"),
    Letter(3, "ninpu-anketo-annai", read=Read.ANSWERED),
    Letter(4, "tokutei-kenshin-kansho", read=Read.OPENED),
    Letter(5, "kosodate-center"),
)
_REPLY: Final = "アンケートは来週の健診のときに、窓口で書いてもよいでしょうか。"
_TOPICS: Final = (
    ("bosai", "防災・安全", "避難所、訓練、通行止めなど", "bosai"),
    ("kosodate", "子育て", "催し、教室、募集の案内", "kosodate"),
    ("gomi", "ごみ・リサイクル", "収集日の変更、年末年始の予定", "kankyo"),
)
_NEWS: Final = (
    "地区防災訓練を行います",
    "12月13日（日）午前10時から、市内の全地区で防災訓練を行います。防災無線のサイレンが鳴りますが、実際の災害ではありません。",
)


def load_notices(heads: list[Resident]) -> None:
    """Topics, campaigns and inboxes; running it again changes nothing. Without the city's key nobody opens anything."""
    _load_topics(heads)
    load_campaigns(heads)
    made = [(letter, notice) for letter in LETTERS if (notice := _issue(letter, heads)) is not None]
    if made and settings.SIGNING_KEY_PATH.exists():
        until_done(make_documents)
        for letter, notice in made:
            notice.refresh_from_db()
            _read(letter, notice, heads)
    if settings.DEMO:
        until_done(send_mails)


@transaction.atomic
def _issue(letter: Letter, heads: list[Resident]) -> Notice | None:
    """The notice with the sample values of its kind; None when it is there, or nobody is."""
    key = f"demo-{letter.head}-{letter.kind}"
    if letter.head >= len(heads) or Notice.objects.filter(request_key=key).exists():
        return None
    recipient = heads[letter.head]
    kind = NoticeType.objects.select_related("department").get(key=letter.kind)
    if kind.department is None:
        raise ValueError(f"{letter.kind} belongs to no department")
    return issue(
        notice_type=kind,
        recipient=recipient,
        subject=_subject(letter, recipient),
        department=kind.department,
        values={**newest_version(kind).sample, **letter.values},
        source_type="",
        source_id="",
        source_label="",
        request_key=key,
        by=User.objects.filter(roles__department=kind.department, is_staff=True).order_by("pk").first(),
    )


def _subject(letter: Letter, recipient: Resident) -> Resident:
    if not letter.about:
        return recipient
    return Resident.objects.get(household=recipient.household_id, given_name=letter.about)


def _read(letter: Letter, notice: Notice, heads: list[Resident]) -> None:
    user = heads[letter.head].user
    if letter.read is Read.NOT or user is None:
        return
    open_notice(notice, by=user)
    if letter.read is Read.ARCHIVED:
        archive(notice, by=user)
    if letter.read is Read.ANSWERED:
        send_reply(notice=notice, body=_REPLY, request_key="demo-reply", by=user)


def _load_topics(heads: list[Resident]) -> None:
    """Three topics; the first family has chosen disaster prevention, and there is news."""
    if Topic.objects.exists():
        return
    topics = [
        Topic.objects.create(
            key=key, name=name, description=about, department=Department.objects.get(code=code), position=position
        )
        for position, (key, name, about, code) in enumerate(_TOPICS, start=1)
    ]
    first = heads[0].user if heads else None
    if first is not None and first.email:
        ask_by_mail(email=first.email, topics=topics[:1])
        confirm_address(TopicSubscription.objects.get(topic=topics[0], email=first.email))
    handler = User.objects.get(email="handler@city.example.jp")
    title, body = _NEWS
    news = write_news(topic=topics[0], title=title, body=body, url="/topics/", request_key="demo-news", by=handler)
    send_news(news, by=handler)
    until_done(spread_news)
