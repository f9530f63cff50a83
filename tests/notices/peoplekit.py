"""Campaigns as they stand when their notices are out."""

from django.utils import timezone

from notices.models import Campaign, CampaignRow, Notice


def make_campaign(notice_type, department, *, by, approved_by, state="done", **fields):
    now = timezone.now()
    return Campaign.objects.create(
        **{
            "name": "就学援助のご案内",
            "version": notice_type.versions.get(number=1),
            "department": department,
            "source": "file",
            "campaign_state": state,
            "request_key": "campaign-1",
            "created_by": by,
            "submitted_by": by,
            "approved_by": approved_by,
            "approved_at": now,
            "done_at": now,
            "finished_at": now,
        }
        | fields
    )


def put_into(campaign, notice, position):
    """The notice as the campaign would have made it."""
    Notice.objects.filter(pk=notice.pk).update(campaign=campaign)
    notice.refresh_from_db()
    return CampaignRow.objects.create(
        campaign=campaign,
        position=position,
        state="made",
        recipient=notice.recipient,
        subject=notice.subject,
        notice=notice,
    )
