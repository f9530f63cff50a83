"""Mass notices in every state that has a page of its own."""

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cityhall.services.work import claim_due
from notices.enums import CampaignSource, CampaignState
from notices.models import Campaign, NoticeType
from notices.services import campaigns
from residents.models import ExternalId

_ORDER = iter(range(1000))


def at(name, *parts):
    return reverse(f"notices:campaign_{name}", args=parts)


def pages_of_campaigns(user):
    """List, a new one, each step with its faults, each state."""
    yield from (at("list"), at("new"))
    draft = _new(user, CampaignSource.FILE)
    yield from (at("file", draft.public_id), at("detail", draft.public_id))
    chosen = _new(user, CampaignSource.SEGMENT)
    yield at("segment", chosen.public_id)
    checked = _checked(user)
    yield from (at(name, checked.public_id) for name in ("columns", "detail", "review"))
    campaigns.leave_out_doubtful(checked, by=user)
    yield at("detail", checked.public_id)
    for state in (
        CampaignState.CHECKING,
        CampaignState.REFUSED,
        CampaignState.READY,
        CampaignState.APPROVED,
        CampaignState.MISSED,
        CampaignState.SENDING,
        CampaignState.PAUSED,
        CampaignState.DONE,
        CampaignState.CANCELLED,
    ):
        yield at("detail", _standing_at(user, state).public_id)


def _new(user, source):
    kind = NoticeType.objects.get(key="nyuyoji-kenshin")
    plan = campaigns.Plan("乳幼児健診のご案内", kind.versions.first(), kind.department, source)
    return campaigns.create_campaign(plan=plan, by=user, request_key=f"axe-{next(_ORDER)}")


def _checked(user):
    """One row that is right, one that is doubtful, one that is unknown."""
    campaign = _new(user, CampaignSource.FILE)
    known = ExternalId.objects.filter(kind="resident_number", resident__died_on=None, resident__moved_out_on=None)
    right, other = known.select_related("resident").order_by("id")[:2]
    lines = [
        "宛名番号,氏名",
        f"{right.value},{right.resident.full_name}",
        f"{other.value},山田 太郎",
        "9999999999,山田 花子",
    ]
    upload = SimpleUploadedFile("list.csv", "\n".join(lines).encode())
    campaigns.set_list(campaign=campaign, upload=upload, by=user)
    names = campaigns.wanted_names(campaign)
    campaigns.start_check(campaign=campaign, mapping=campaign.mapping, values=dict.fromkeys(names, "あり"), by=user)
    while claimed := claim_due(Campaign):
        campaigns.work_on(claimed[0])
    campaign.refresh_from_db()
    return campaign


def _standing_at(user, state):
    """A campaign put into a state, with what the state needs and nothing for the worker to do."""
    campaign = _new(user, CampaignSource.FILE)
    now = timezone.now()
    columns = {"campaign_state": state, "scheduled_at": now, "approved_by": user, "approved_at": now, "done_at": now}
    if state in (CampaignState.SENDING, CampaignState.PAUSED, CampaignState.DONE, CampaignState.CANCELLED):
        columns |= {"sending_at": now, "good_count": 3, "made_count": 2, "failed_count": 1}
    if state in (CampaignState.CHECKING, CampaignState.SENDING):
        # the page moves by itself
        columns |= {"state": "queued", "finished_at": None, "due_at": now + dt.timedelta(days=1)}
    Campaign.objects.filter(pk=campaign.pk).update(**columns, refusal="列の対応を確認してください。")
    return campaign
