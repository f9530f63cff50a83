"""What may be read of city news, and how many it goes to."""

from django.db.models import Count, Q, QuerySet

from cityhall.enums import WorkState
from cityhall.models import User
from cityhall.queries.staff import departments_where
from notices.enums import Channel, TopicState
from notices.models import OutgoingLine, OutgoingPush, Topic, TopicMessage, TopicSubscription


def topics_for(user: User) -> QuerySet[Topic]:
    """Topics a member of staff may write for: those of departments they write for, and those of none."""
    departments = departments_where(user, "notices.add_topicmessage")
    topics = Topic.objects.filter(is_active=True)
    if departments is None:
        return topics
    return topics.filter(Q(department__in=departments) | Q(department__isnull=True))


def news_for(user: User) -> QuerySet[TopicMessage]:
    """News a member of staff may see, newest first."""
    departments = departments_where(user, "notices.view_topicmessage")
    news = TopicMessage.objects.select_related("topic__department", "created_by").order_by("-id")
    if departments is None:
        return news
    return news.filter(Q(topic__department__in=departments) | Q(topic__department__isnull=True))


def published_news() -> QuerySet[TopicMessage]:
    """News that are out, for everybody to read; newest first."""
    return (
        TopicMessage.objects.filter(topic_state__in=[TopicState.SENDING, TopicState.SENT])
        .select_related("topic")
        .order_by("-id")
    )


def audience_of(topic: Topic) -> dict[str, int]:
    """How many get news of a topic now, by channel."""
    open_ones = TopicSubscription.objects.filter(topic=topic, confirmed_at__isnull=False, ended_at__isnull=True)
    found = open_ones.aggregate(
        email=Count("pk", filter=~Q(email="")),
        push=Count("pk", filter=Q(push__isnull=False, push__ended_at__isnull=True)),
        line=Count("pk", filter=Q(line__isnull=False, line__blocked_at__isnull=True)),
    )
    return {str(Channel(name).label): count for name, count in found.items()}


def outcome_of(news: TopicMessage) -> list[tuple[str, int, int, int]]:
    """Channel, written, sent, failed: of pushes and LINE messages. Mails of news are known by the outbox alone."""
    rows = []
    for channel, model in ((Channel.PUSH, OutgoingPush), (Channel.LINE, OutgoingLine)):
        found = model.objects.filter(topic_message=news).aggregate(
            written=Count("pk"),
            sent=Count("pk", filter=Q(state=WorkState.DONE)),
            failed=Count("pk", filter=Q(state__in=[WorkState.GIVEN_UP, WorkState.UNCERTAIN])),
        )
        if found["written"]:
            rows.append((str(channel.label), found["written"], found["sent"], found["failed"]))
    return rows
