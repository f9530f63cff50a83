"""What recipients wrote back, for staff."""

from django.db.models import Exists, OuterRef, QuerySet

from cityhall.models import User
from cityhall.queries.staff import scope_of
from notices.models import NoticeReply


def replies_for(user: User, *, is_waiting: bool = True) -> QuerySet[NoticeReply]:
    """The newest thing each recipient wrote to the person's departments; those nobody has dealt with, or all.

    One row a notice. Oldest first while they wait, so that nobody waits longest unseen; otherwise newest first.
    """
    scope = scope_of(user)
    replies = NoticeReply.objects.filter(is_from_staff=False)
    if not (scope.is_administrator or scope.is_auditor):
        replies = replies.filter(notice__department__in=scope.department_ids)
    if is_waiting:
        replies = replies.filter(handled_at__isnull=True)
    newer = NoticeReply.objects.filter(notice=OuterRef("notice"), is_from_staff=False, pk__gt=OuterRef("pk"))
    shown = replies.exclude(Exists(newer)).select_related("notice__department")
    return shown.order_by("id" if is_waiting else "-id")
