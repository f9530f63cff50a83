"""Clearing up after a campaign that was cancelled half-way: nothing more goes out, every row has its final state."""

import datetime as dt
import time
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from cityhall.enums import WorkState
from notices.enums import NoticeState, ReceiptKind, RowState
from notices.models import Campaign, CampaignRow, DocumentJob, Notice
from notices.services.campaigns.claims import hold
from notices.services.events import record_events

BATCH: Final = 2000
_OPEN: Final = (RowState.GOOD, RowState.DOUBTFUL, RowState.PROBLEM)


def clear_up(campaign: Campaign, *, deadline: float, now: dt.datetime) -> bool:
    """Cancel rows that were not made and withdraw notices that nobody could read yet; whether all is done.

    What was delivered stays delivered. Each batch is one transaction. Raises LostClaim.
    """
    while time.monotonic() < deadline:
        with transaction.atomic():
            hold(campaign)
            rows = CampaignRow.objects.filter(campaign=campaign, state__in=_OPEN).order_by("position")
            ids = list(rows.values_list("pk", flat=True)[:BATCH])
            CampaignRow.objects.filter(pk__in=ids).update(state=RowState.CANCELLED, values={}, one_time_code="")
            left = len(ids) == BATCH or _withdraw_drafts(campaign, now)
        if not left:
            return True
    return False


def _withdraw_drafts(campaign: Campaign, now: dt.datetime) -> bool:
    """One batch of notices whose document is not made; whether there were any.

    A document that is being made at this moment finds its notice withdrawn and is thrown away.
    """
    drafts = Notice.objects.filter(campaign=campaign, state=NoticeState.DRAFT)
    # locked in the order of ids; who publishes one of them waits, or was faster and it is no draft any more
    ids = list(drafts.order_by("pk").select_for_update().values_list("pk", flat=True)[:BATCH])
    if not ids:
        return False
    reason = _("一斉通知の中止")
    Notice.objects.filter(pk__in=ids).update(
        state=NoticeState.WITHDRAWN, withdrawn_at=now, withdrawn_reason=reason, one_time_code=""
    )
    record_events(ids, ReceiptKind.WITHDRAWN, moment=now, detail=reason)
    waiting = DocumentJob.objects.filter(notice__in=ids, claim_id=None, finished_at=None)
    waiting.update(state=WorkState.DONE, finished_at=now)
    made = CampaignRow.objects.filter(notice__in=ids, state=RowState.MADE).update(state=RowState.CANCELLED)
    hold(campaign, made_count=campaign.made_count - made)
    return True
