"""What is not needed any more: the uploaded list, files that went to nobody, what rows say of people."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.errors import StaleState
from cityhall.models import StoredFile
from cityhall.queue import wake
from notices.enums import CampaignState, RowState
from notices.models import Campaign, CampaignFile, CampaignRow, NoticeFile
from notices.services.campaigns import states
from notices.services.campaigns.changing import OPEN

KEPT_OPEN: Final = dt.timedelta(days=90)
"""How long a list lies about that nobody hands in."""
_WIPED: Final[dict[str, Any]] = {"values": {}, "typed": {}, "candidates": [], "one_time_code": "", "file": None}


def release(*files: int | None) -> None:
    """Files that are not needed any more go with the next sweep; what something still holds stays."""
    ids = [pk for pk in files if pk is not None]
    StoredFile.objects.filter(pk__in=ids).update(delete_after=timezone.now())


def forget_list(campaign: Campaign) -> None:
    """Forget what a campaign that is over knows of people; call it in the transaction that ends it.

    Rows that were not made lose everything but their reason. A row that failed keeps what another try needs, unless
    the campaign was cancelled. The list goes; of the PDFs those stay that a notice encloses or that may yet be tried.
    """
    rows = CampaignRow.objects.filter(campaign=campaign)
    over = [RowState.LEFT_OUT, RowState.CANCELLED, RowState.PROBLEM, RowState.DOUBTFUL]
    if campaign.campaign_state == CampaignState.CANCELLED:
        over.append(RowState.FAILED)
    rows.filter(state__in=over).update(**_WIPED)
    rows.filter(state=RowState.MADE, decided_by__isnull=False).update(typed={}, candidates=[])
    rows.filter(state=RowState.FAILED).update(typed={})
    release(campaign.file_id, *_enclosed_nowhere(campaign, rows.filter(file__isnull=False).values_list("file")))
    CampaignFile.objects.filter(campaign=campaign).delete()


def cancel_untouched(*, now: dt.datetime | None = None) -> int:
    """Cancel campaigns that nobody touched for long and that were never handed in; how many."""
    moment = now or timezone.now()
    old = Campaign.objects.filter(campaign_state__in=OPEN, finished_at__lt=moment - KEPT_OPEN)
    count = 0
    for campaign in old.select_related("department").order_by("id"):
        try:
            detail = _("%(days)d日間使われなかったため、中止しました。") % {"days": KEPT_OPEN.days}
            states.move(campaign, CampaignState.CANCELLED, by=None, detail=detail, now=moment)
        except StaleState:
            # somebody took it up at this moment
            continue
        count += 1
    return count


def forget_at_once(campaign: Campaign) -> None:
    """A list that must not be here: its rows and its file go now, not with the campaign."""
    with transaction.atomic():
        CampaignRow.objects.filter(campaign=campaign).delete()
        release(campaign.file_id)
        wake("cityhall.tasks.sweep_files")


def _enclosed_nowhere(campaign: Campaign, of_rows: Iterable[tuple[int | None]]) -> list[int]:
    files = CampaignFile.objects.filter(campaign=campaign)
    enclosed = NoticeFile.objects.filter(file__in=files.values("file")).values("file")
    kept = {pk for (pk,) in of_rows}
    return [pk for pk in files.exclude(file__in=enclosed).values_list("file", flat=True) if pk not in kept]
