"""The reminder clock: who has not opened a notice in time is told once more, in the daytime."""

import datetime as dt

from django.db import connection, transaction
from django.utils import timezone

from notices.enums import AlertPurpose, NoticeState, ReceiptKind
from notices.models import Notice
from notices.services.alerts.telling import remind
from notices.services.events import record_events

# nobody's phone rings for us at night: what falls due then goes out in the morning
FIRST_HOUR, LAST_HOUR = 8, 21


def is_quiet(moment: dt.datetime) -> bool:
    """Whether it is night in the city."""
    return not FIRST_HOUR <= timezone.localtime(moment).hour < LAST_HOUR


def remind_unopened(*, limit: int = 200, now: dt.datetime | None = None) -> int:
    """Tell again of notices that are unopened after the hours of their kind; the number of them, 0 at night.

    Each once: the claim (`reminded_at`), its event and the alerts are one transaction. Two workers at once share the
    rows: on PostgreSQL by skipping locked ones, on SQLite one after the other.
    """
    moment = now or timezone.now()
    if is_quiet(moment):
        return 0
    late = Notice.objects.filter(
        state=NoticeState.AVAILABLE, reminded_at__isnull=True, reminder_due_at__lte=moment
    ).order_by("reminder_due_at")
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            late = late.select_for_update(skip_locked=True, of=("self",))
        notices = list(late.select_related("version__notice_type", "department", "recipient__user")[:limit])
        ids = [notice.pk for notice in notices]
        Notice.objects.filter(pk__in=ids).update(reminded_at=moment)
        record_events(ids, ReceiptKind.REMINDED, moment=moment)
        for notice in notices:
            remind(notice, purpose=AlertPurpose.REMINDER, moment=moment)
    return len(notices)
