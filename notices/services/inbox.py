"""Putting notices away and taking them back. Nothing is deleted: an archived notice is found under 保管."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError
from cityhall.models import User
from notices.enums import NoticeState
from notices.models import Notice
from notices.queries.access import may_open
from notices.services.receipts import NotTheRecipient


class StillUnread(DomainError):
    """An unopened notice would be out of sight."""

    code = "still_unread"
    message = _("開封していない通知は保管できません。先に開封してください。")


def archive(notice: Notice, *, by: User, now: dt.datetime | None = None) -> None:
    """Put an opened or withdrawn notice away; twice is once. Raises NotTheRecipient, StillUnread."""
    if not may_open(notice, by):
        raise NotTheRecipient
    unread = Notice.objects.filter(pk=notice.pk, archived_at__isnull=True)
    if not unread.exclude(state=NoticeState.AVAILABLE).update(archived_at=now or timezone.now()) and unread.exists():
        raise StillUnread


def unarchive(notice: Notice, *, by: User) -> None:
    """Take a notice back into the inbox. Raises NotTheRecipient."""
    if not may_open(notice, by):
        raise NotTheRecipient
    Notice.objects.filter(pk=notice.pk).update(archived_at=None)
