"""Hands on a campaign that is being sent: pause, go on, cancel, try again what failed."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from cityhall.enums import AuditAction, WorkState
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.queue import wake
from cityhall.services import audit
from notices.enums import CampaignState, NoticeState, RowState
from notices.models import Campaign, CampaignRow, DocumentJob
from notices.services.campaigns import states

# documents of a paused campaign wait without end: it is left by `resume`, which frees them, or by `cancel`, after which
# the worker withdraws their notices
_HELD_UNTIL: Final = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
_DOCUMENTS: Final = "notices.tasks.make_documents"


def pause(*, campaign: Campaign, by: User, now: dt.datetime | None = None) -> None:
    """Stop where it is: no further notice is made, and documents that are not begun wait. Raises StaleState."""
    with transaction.atomic():
        states.move(campaign, CampaignState.PAUSED, by=by, now=now)
        _waiting_documents(campaign).filter(claim_id=None).update(due_at=_HELD_UNTIL)


def resume(*, campaign: Campaign, by: User, now: dt.datetime | None = None) -> None:
    """Go on from where it was paused: the worker takes up the rows that are not made. Raises StaleState."""
    moment = now or timezone.now()
    with transaction.atomic():
        states.move(campaign, CampaignState.SENDING, by=by, now=moment, only_from={CampaignState.PAUSED})
        _waiting_documents(campaign).filter(due_at=_HELD_UNTIL).update(due_at=moment)
        wake(_DOCUMENTS)


def cancel(*, campaign: Campaign, by: User, reason: str = "", now: dt.datetime | None = None) -> None:
    """Send nothing more; the worker clears up. What was delivered stays delivered. Raises StaleState."""
    states.move(campaign, CampaignState.CANCELLED, by=by, detail=reason, now=now)


def resend_failed(*, campaign: Campaign, by: User, now: dt.datetime | None = None) -> int:
    """Try the rows again that could not be made, and the documents that were given up; nobody else. How many. Audited.

    Raises StaleState when nothing failed or the campaign is not over.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        rows = CampaignRow.objects.filter(campaign=campaign, state=RowState.FAILED)
        documents = failed_documents(campaign)
        if not rows.exists() and not documents.exists():
            raise StaleState
        states.move(campaign, CampaignState.SENDING, by=by, now=moment, only_from={CampaignState.DONE})
        count = rows.update(state=RowState.GOOD, problem="")
        Campaign.objects.filter(pk=campaign.pk).update(failed_count=F("failed_count") - count)
        again = documents.update(state=WorkState.QUEUED, attempts=0, due_at=moment, finished_at=None)
        audit.record(
            action=AuditAction.STATE,
            actor=by,
            target_type="campaign",
            target_id=campaign.public_id,
            target_label=campaign.name,
            detail=f"retry: {count} rows, {again} documents",
            department_code=campaign.department.code,
        )
        wake(_DOCUMENTS)
    campaign.refresh_from_db()
    return count + again


def failed_documents(campaign: Campaign) -> QuerySet[DocumentJob]:
    """Documents of the campaign that only a person can move on."""
    return DocumentJob.objects.filter(
        notice__campaign=campaign,
        notice__state=NoticeState.DRAFT,
        state__in=[WorkState.GIVEN_UP, WorkState.UNCERTAIN],
    )


def _waiting_documents(campaign: Campaign) -> QuerySet[DocumentJob]:
    return DocumentJob.objects.filter(
        notice__campaign=campaign,
        notice__state=NoticeState.DRAFT,
        finished_at=None,
        state__in=[WorkState.QUEUED, WorkState.FAILED],
    )
