"""Changes to a campaign whose list is open: what was checked before says nothing any more."""

from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.services import audit
from notices.enums import CampaignState
from notices.models import Campaign, CampaignRow
from notices.services.campaigns import states

OPEN: Final = (CampaignState.DRAFT, CampaignState.CHECKED, CampaignState.REFUSED)


def change(campaign: Campaign, *, by: User, **columns: Any) -> None:
    """Change an open campaign; one that was checked is a draft again, without rows, until it is checked anew.

    Whoever looks at an older one is told so. Raises StaleState.
    """
    if campaign.campaign_state not in OPEN:
        raise StaleState
    if campaign.campaign_state != CampaignState.DRAFT:
        with transaction.atomic():
            detail = _("送り先が変わりました。もう一度確認が必要です。")
            states.move(campaign, CampaignState.DRAFT, by=by, detail=detail, **states.NO_COUNTS, **columns)
            CampaignRow.objects.filter(campaign=campaign).delete()
        return
    rows = Campaign.objects.filter(pk=campaign.pk, revision=campaign.revision, campaign_state=CampaignState.DRAFT)
    if not rows.update(revision=F("revision") + 1, finished_at=timezone.now(), **columns):
        raise StaleState
    campaign.refresh_from_db()


def note(campaign: Campaign, *, by: User, action: AuditAction, detail: str) -> None:
    """Write down who did what to a campaign."""
    audit.record(
        action=action,
        actor=by,
        target_type="campaign",
        target_id=campaign.public_id,
        target_label=campaign.name,
        detail=detail,
        department_code=campaign.department.code,
    )
