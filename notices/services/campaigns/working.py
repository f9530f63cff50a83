"""The worker's part of a campaign: one slice after another, each safe to be killed anywhere."""

import contextlib
import datetime as dt
import time
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.errors import StaleState
from cityhall.services.work import finish, put_back
from notices.enums import CampaignSource, CampaignState
from notices.models import Campaign, DocumentJob
from notices.services.campaigns import states
from notices.services.campaigns.cancelling import clear_up
from notices.services.campaigns.checking import check_list
from notices.services.campaigns.choosing import choose_people
from notices.services.campaigns.costs import write_down
from notices.services.campaigns.errors import ListRefused, LostClaim, MyNumbersFound
from notices.services.campaigns.forgetting import forget_at_once, forget_list
from notices.services.campaigns.making import make_notices
from notices.services.campaigns.unpacking import unpack_list

SLICE_SECONDS: Final = 5.0
LOOK_AGAIN: Final = dt.timedelta(seconds=10)
"""How often the worker looks whether the documents of a campaign are all made."""
FORGIVEN: Final = dt.timedelta(hours=1)
"""How late a campaign may begin without anybody being asked."""


def work_on(campaign: Campaign, *, seconds: float = SLICE_SECONDS) -> None:
    """One slice of a claimed campaign; what it leaves is due again.

    Each batch is one transaction with the place it ends at, under the claim: after a kill the next slice goes on from
    the last batch, and nothing is counted or made twice.
    """
    slice_of = _SLICES.get(CampaignState(campaign.campaign_state))
    if slice_of is None:
        finish(campaign)
        return
    try:
        slice_of(campaign, time.monotonic() + seconds)
    except LostClaim:
        return


def start_due(*, now: dt.datetime | None = None) -> int:
    """Begin campaigns whose time has come; those whose time passed long ago are put to a person. How many.

    One that another clock or a person has moved meanwhile is theirs; the others go on.
    """
    moment = now or timezone.now()
    due = Campaign.objects.filter(campaign_state=CampaignState.APPROVED, scheduled_at__lte=moment)
    count = 0
    for campaign in due.select_related("department").order_by("scheduled_at", "id"):
        with contextlib.suppress(StaleState):
            _start(campaign, moment)
            count += 1
    return count


def _start(campaign: Campaign, moment: dt.datetime) -> None:
    assert campaign.scheduled_at is not None  # noqa: S101 - the filter asks for it
    if moment - campaign.scheduled_at > FORGIVEN:
        states.move(campaign, CampaignState.MISSED, by=None, now=moment)
    else:
        states.move(campaign, CampaignState.SENDING, by=None, now=moment, sending_at=moment)


def _check(campaign: Campaign, deadline: float) -> None:
    now = timezone.now()
    read = check_list if campaign.source == CampaignSource.FILE else choose_people
    try:
        unpack_list(campaign)
        is_over = read(campaign, deadline=deadline, now=now)
    except ListRefused as refusal:
        _refuse(campaign, refusal)
        return
    if not is_over:
        put_back(campaign, due_at=now)
        return
    write_down(campaign)
    states.move(campaign, CampaignState.CHECKED, by=None, holds_claim=True)


def _refuse(campaign: Campaign, refusal: ListRefused) -> None:
    said: dict[str, Any] = {"refusal": str(refusal)[:300]}
    with transaction.atomic():
        if isinstance(refusal, MyNumbersFound):
            forget_at_once(campaign)
            said |= {"file": None, **states.NO_COUNTS}
        states.move(campaign, CampaignState.REFUSED, by=None, holds_claim=True, **said)


def _send(campaign: Campaign, deadline: float) -> None:
    now = timezone.now()
    if not make_notices(campaign, deadline=deadline, now=now):
        put_back(campaign, due_at=now)
    elif _documents_left(campaign):
        put_back(campaign, due_at=now + LOOK_AGAIN)
    else:
        with transaction.atomic():
            forget_list(campaign)
            states.move(
                campaign,
                CampaignState.DONE,
                by=None,
                holds_claim=True,
                done_at=now,
                file=None,
                detail=_summary(campaign),
            )


def _documents_left(campaign: Campaign) -> bool:
    """Whether a document is still to be made; one that was given up is a person's and holds nothing up."""
    return DocumentJob.objects.filter(
        notice__campaign=campaign, notice__state="draft", finished_at__isnull=True
    ).exists()


def _summary(campaign: Campaign) -> str:
    counts = {"made": campaign.made_count, "failed": campaign.failed_count}
    return _("作成%(made)d件、失敗%(failed)d件") % counts


def _cancel(campaign: Campaign, deadline: float) -> None:
    if clear_up(campaign, deadline=deadline, now=timezone.now()):
        with transaction.atomic():
            forget_list(campaign)
            finish(campaign, file=None)
    else:
        put_back(campaign, due_at=timezone.now())


_SLICES: Final = {
    CampaignState.CHECKING: _check,
    CampaignState.SENDING: _send,
    CampaignState.CANCELLED: _cancel,
}
