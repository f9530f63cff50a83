"""What is not kept: who reported, photos nobody shows and the reporter's words, some time after a report was closed."""

import datetime as dt
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from applications.enums import ReportState
from applications.models import Report, ReportPhoto
from cityhall.enums import AuditAction
from cityhall.models import StoredFile
from cityhall.services import audit

WIPED: Final = "（保存期間が過ぎたため、消去しました。）"
"""What stands in the place of words: a place without a position may not be blank."""
_WORDS: Final = ("body", "place_note")


def sweep(*, limit: int = 500, now: dt.datetime | None = None) -> int:
    """Wipe name, address and words, and delete photos, of reports closed long enough; the number of rows touched.

    A duplicate is as old as the report it was put to. Audited, without an actor. Running it again changes nothing.
    """
    moment = now or timezone.now()
    wiped = _wipe(_closed_before(moment, settings.REPORTER_KEPT_DAYS), limit)
    wiped += _wipe_words(_closed_before(moment, settings.REPORT_WORDS_KEPT_DAYS), limit)
    return wiped + _delete_photos(_closed_before(moment, settings.REPORT_PHOTOS_KEPT_DAYS), limit, moment)


def _closed_before(now: dt.datetime, days: int) -> QuerySet[Report]:
    # a duplicate of what is open again waits with it
    waits = Q(state=ReportState.DUPLICATE, merged_into__closed_at=None)
    rows = Report.objects.filter(is_open=False).exclude(waits)
    return rows.alias(over_at=Coalesce("merged_into__closed_at", F("closed_at"))).filter(
        over_at__lt=now - dt.timedelta(days=days)
    )


def _wipe(rows: QuerySet[Report], limit: int) -> int:
    named = rows.filter(~Q(reporter_name="") | ~Q(reporter_email=""))
    found = dict(named.order_by("pk").values_list("pk", "public_id")[:limit])
    if not found:
        return 0
    with transaction.atomic():
        # reopened in this moment it keeps its reporter
        count = Report.objects.filter(pk__in=found, is_open=False).update(reporter_name="", reporter_email="")
        audit.record(
            action=AuditAction.DELETE,
            actor=None,
            target_type="report",
            detail="reporter wiped",
            object_ids=list(found.values()),
            changed_fields=["reporter_email", "reporter_name"],
        )
    return count


def _wipe_words(rows: QuerySet[Report], limit: int) -> int:
    said = {name: ~Q(**{f"{name}__in": ["", WIPED]}) for name in _WORDS}
    found = dict(rows.filter(said["body"] | said["place_note"]).order_by("pk").values_list("pk", "public_id")[:limit])
    if not found:
        return 0
    with transaction.atomic():
        # reopened in this moment it keeps its words
        closed = Report.objects.filter(pk__in=found, is_open=False)
        for name, has_words in said.items():
            closed.filter(has_words).update(**{name: WIPED})
        audit.record(
            action=AuditAction.DELETE,
            actor=None,
            target_type="report",
            detail="words wiped",
            object_ids=list(found.values()),
            changed_fields=list(_WORDS),
        )
    return len(found)


def _delete_photos(rows: QuerySet[Report], limit: int, now: dt.datetime) -> int:
    hidden = ReportPhoto.objects.filter(Q(is_public=False) | Q(report__is_public=False), report__in=rows)
    found = list(hidden.order_by("pk").values_list("pk", "file_id", "report__public_id")[:limit])
    if not found:
        return 0
    with transaction.atomic():
        # reopened in this moment it keeps them: a file with a photo is not swept
        ReportPhoto.objects.filter(pk__in=[photo for photo, _file, _report in found], report__is_open=False).delete()
        StoredFile.objects.filter(pk__in=[file for _photo, file, _report in found]).update(delete_after=now)
        audit.record(
            action=AuditAction.DELETE,
            actor=None,
            target_type="report",
            detail="photos deleted",
            object_ids=sorted({report for _photo, _file, report in found}),
        )
    return len(found)
