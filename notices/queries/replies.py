"""What recipients wrote back, for staff."""

from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from cityhall.models import User
from cityhall.queries.staff import rows_for
from notices.models import NoticeReply

CHANGE: Final = "notices.change_noticereply"
"""Reading what waits and answering it are one right."""


def replies_for(user: User, *, is_waiting: bool = True) -> QuerySet[NoticeReply]:
    """The newest thing each recipient wrote to departments the person answers for; those nobody has dealt with, or all.

    One row a notice. Oldest first while they wait, so that nobody waits longest unseen; otherwise newest first.
    """
    replies = NoticeReply.objects.filter(is_from_staff=False)
    replies = rows_for(replies, user, CHANGE, department="notice__department")
    if is_waiting:
        replies = replies.filter(handled_at__isnull=True)
    newer = NoticeReply.objects.filter(notice=OuterRef("notice"), is_from_staff=False, pk__gt=OuterRef("pk"))
    shown = replies.exclude(Exists(newer)).select_related("notice__department")
    return shown.order_by("id" if is_waiting else "-id")
