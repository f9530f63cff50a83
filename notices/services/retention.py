"""Forgetting what notices said, when their time is over. Number, hash and evidence stay: the check page goes on."""

import datetime as dt
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall import queue
from cityhall.days import local_date
from cityhall.enums import AuditAction, WorkState
from cityhall.models import StoredFile
from cityhall.services import audit
from notices.enums import PaperState, ReceiptKind
from notices.models import CampaignRow, DocumentJob, Notice, NoticeFile, NoticeReply, VersionFile
from notices.services.events import record_events

BATCH: Final = 200
EMPTIED: Final[dict[str, Any]] = {
    "body": "",
    "particulars": [],
    "appeal_text": "",
    "translations": {},
    "action_values": {},
    "one_time_code": "",
    "recipient_postal_code": "",
    "recipient_address": "",
    "recipient_street": "",
    "recipient_building": "",
    "document": None,
}
"""What of a notice goes. Names, title, times and the SHA-256 of the document are the evidence and stay."""
_ON_ITS_WAY: Final = (PaperState.DUE, PaperState.PRINTING, PaperState.PRINTED)


def wipe_contents(*, limit: int = BATCH, now: dt.datetime | None = None) -> int:
    """Wipe one batch of notices whose day is over, each with its event; the number wiped. Idempotent.

    Texts, addresses, files, codes, replies and the values of the campaign's list go; files that others still need
    stay. A letter on its way is left for later. A draft goes too, whether its letter was posted by hand or it was
    forgotten, and no document is made of it any more. Audited as one, without an actor. Locks the batch's notices.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        notices = _due(moment, limit)
        if not notices:
            return 0
        ids = [notice.pk for notice in notices]
        files = _files_of(notices)
        Notice.objects.filter(pk__in=ids).update(**EMPTIED, wiped_at=moment)
        NoticeFile.objects.filter(notice__in=ids).delete()
        open_jobs = DocumentJob.objects.filter(notice__in=ids).exclude(state__in=(WorkState.DONE, WorkState.RUNNING))
        open_jobs.update(state=WorkState.DONE, finished_at=moment, last_error=_("保存期間が過ぎました。"))
        NoticeReply.objects.filter(notice__in=ids).update(body="")
        CampaignRow.objects.filter(notice__in=ids).update(values={}, typed={}, one_time_code="", file=None)
        # a file of the kind of notice goes with every notice of it: it stays while the text is there
        shared = VersionFile.objects.filter(file__in=files).values("file")
        StoredFile.objects.filter(pk__in=files).exclude(pk__in=shared).update(delete_after=moment)
        record_events(ids, ReceiptKind.CONTENT_WIPED, moment=moment)
        audit.record(
            action=AuditAction.DELETE,
            actor=None,
            target_type="notice",
            detail="content wiped",
            object_ids=[notice.public_id for notice in notices],
        )
    queue.wake("cityhall.tasks.sweep_files")
    return len(notices)


def _due(moment: dt.datetime, limit: int) -> list[Notice]:
    over = Notice.objects.filter(keep_until__lt=local_date(moment), wiped_at__isnull=True)
    over = over.exclude(paper_state__in=_ON_ITS_WAY).order_by("keep_until", "id")
    if connection.features.has_select_for_update_skip_locked:
        over = over.select_for_update(skip_locked=True, of=("self",), no_key=True)
    return list(over.only("public_id", "document_id")[:limit])


def _files_of(notices: list[Notice]) -> list[int]:
    enclosed = NoticeFile.objects.filter(notice__in=notices).values_list("file", flat=True)
    listed = CampaignRow.objects.filter(notice__in=notices, file__isnull=False).values_list("file", flat=True)
    documents = [notice.document_id for notice in notices if notice.document_id is not None]
    return [*documents, *enclosed, *listed]
