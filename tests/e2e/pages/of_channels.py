"""Pages where people choose how they are told, and city news by topic."""

from django.urls import reverse
from django.utils import timezone

from cityhall.links import link_secret
from notices.models import Topic, TopicSubscription
from notices.services.topics import send_news, stop_secret, write_news
from notices.services.topics.subscribing import CONFIRM_PURPOSE


def at(name, *parts):
    return reverse(f"notices:{name}", args=parts)


def pages_of_everybody():
    """The topics, and the two links of their mails, before and after."""
    topic = _topic()
    yield at("topic_list")
    waiting = TopicSubscription.objects.create(topic=topic, email="waiting@example.jp")
    yield at("topic_confirm", waiting.public_id, link_secret(CONFIRM_PURPOSE, waiting.public_id, 1))
    over = TopicSubscription.objects.create(topic=topic, email="over@example.jp", ended_at=timezone.now())
    for row in (waiting, over):
        yield at("topic_stop", row.public_id, stop_secret(row))


def pages_of_resident(_user):
    """What the person has and chose."""
    yield at("my_channels")


def pages_of_news(user):
    """News of a topic: the list, a form, a draft and one that is out."""
    topic = _topic()
    texts = {"title": "避難所を開設しました", "body": "緑小学校に避難所を開設しました。", "by": user}
    draft = write_news(topic=topic, request_key="axe draft", **texts)
    sent = write_news(topic=topic, request_key="axe sent", **texts)
    send_news(sent, by=user)
    yield from (at("news_list"), at("news_new"), at("news_edit", draft.public_id))
    yield from (at("news_detail", news.public_id) for news in (draft, sent))
    yield at("news_read", sent.public_id)


def _topic():
    topic, _made = Topic.objects.get_or_create(key="axe", defaults={"name": "防災", "description": "避難所と天気"})
    return topic
