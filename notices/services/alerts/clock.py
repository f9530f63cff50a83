"""The reminder clock: who has not opened a notice in time is told once more, in the daytime."""

import datetime as dt
import logging

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.enums import AlertPurpose, NoticeState, ReceiptKind
from notices.models import Notice
from notices.services.alerts.hours import is_quiet
from notices.services.alerts.telling import remind
from notices.services.clocks import claim_late
from notices.services.events import record_event, record_events

log = logging.getLogger(__name__)


def remind_unopened(*, limit: int = 200, now: dt.datetime | None = None) -> int:
    """Tell again of notices that are unopened after the hours of their kind; the number of them, 0 at night.

    Each once: the claim (`reminded_at`), its event and the alerts are one transaction. Two workers at once share the
    rows: on PostgreSQL by skipping locked ones, on SQLite one after the other. Single notices come before campaigns.
    One that cannot be told is recorded as such and holds up nobody.
    """
    moment = now or timezone.now()
    if is_quiet(moment):
        return 0
    late = Notice.objects.filter(
        state=NoticeState.AVAILABLE, reminded_at__isnull=True, reminder_due_at__lte=moment
    ).order_by("reminder_due_at")
    with transaction.atomic():
        notices = claim_late(late.select_related("version__notice_type", "department", "recipient__user"), limit=limit)
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(reminded_at=moment)
        told = [notice.pk for notice in notices if _remind(notice, moment)]
        record_events(told, ReceiptKind.REMINDED, moment=moment)
    return len(notices)


def _remind(notice: Notice, moment: dt.datetime) -> bool:
    try:
        with transaction.atomic():
            remind(notice, purpose=AlertPurpose.REMINDER, moment=moment)
    except Exception as error:  # noqa: BLE001 - one bad notice must not hold up the others
        extra = {"notice_id": notice.pk, "error": type(error).__name__}
        log.error("reminder cannot be written", extra=extra)  # noqa: TRY400 - no text of the exception
        record_event(
            notice, ReceiptKind.NOTIFY_FAILED, moment=moment, detail=_("再度のお知らせを作成できませんでした。")
        )
        return False
    return True
