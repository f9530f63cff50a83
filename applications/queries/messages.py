"""Reads of the messages of a case, and how long its applicant may still write."""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet

from applications.enums import ApplicationState, EventKind
from applications.models import Application, Message, MessageFile

__all__ = [
    "REPLY_KEPT",
    "files_of",
    "has_news",
    "has_unread",
    "may_reply",
    "messages_of",
    "unread_cases",
]

REPLY_KEPT = dt.timedelta(days=90)
"""How long the applicant may write after the case is over."""
_OVER = {
    ApplicationState.COMPLETED: EventKind.COMPLETED,
    ApplicationState.WITHDRAWN: EventKind.WITHDRAWN,
}


def messages_of(application: Application) -> list[Message]:
    """The whole conversation, oldest first, with its files. Two queries."""
    rows = Message.objects.filter(application=application).select_related("author").order_by("id")
    return list(rows.prefetch_related("files__file"))


def may_reply(application: Application, *, now: dt.datetime) -> bool:
    """Whether the applicant may write: once it is sent, and for `REPLY_KEPT` after it is over."""
    if application.submitted_at is None:
        return False
    ended_by = _OVER.get(ApplicationState(application.state))
    if ended_by is None:
        return True
    end = application.events.filter(kind=ended_by).order_by("-id").values_list("at", flat=True).first()
    return end is None or now < end + REPLY_KEPT


def has_unread() -> Exists:
    """For a list of cases: whether the applicant wrote something nobody at the city hall has read."""
    rows = Message.objects.filter(application=OuterRef("pk"), is_from_city=False, read_at__isnull=True)
    return Exists(rows)


def unread_cases() -> QuerySet[Message, int]:
    """Ids of the cases with messages the city has not read; few, and in an index of their own."""
    unread = Message.objects.order_by().filter(is_from_city=False, read_at__isnull=True)
    return unread.values_list("application", flat=True)


def has_news() -> Exists:
    """For a list of one's own applications: whether the city wrote something that was not read yet."""
    rows = Message.objects.filter(application=OuterRef("pk"), is_from_city=True, read_at__isnull=True)
    return Exists(rows)


def files_of() -> QuerySet[MessageFile]:
    """Files of messages with their case, for the check of who may have one."""
    return MessageFile.objects.select_related(
        "file", "message__application__procedure", "message__application__department"
    )
