"""A new campaign: its text, its list or its condition, what is the same for all."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.enums import AuditAction, FileKind, Lane, WorkState
from cityhall.models import Department, User
from cityhall.services.files import store_bytes
from cityhall.text import clean_json
from cityhall.workbook_reading import is_workbook
from cityhall.workbooks import CONTENT_TYPE as WORKBOOK_TYPE
from notices.enums import CampaignSource, CampaignState
from notices.models import Campaign, CampaignEvent, CampaignRow, NoticeTypeVersion
from notices.segments import read_segment
from notices.services.campaigns import states
from notices.services.campaigns.changing import change, note
from notices.services.campaigns.columns import guess_mapping, layout_of
from notices.services.campaigns.errors import ListRefused
from notices.services.campaigns.forgetting import release
from notices.services.campaigns.reading import MOST_BYTES, encoding_of, open_list
from notices.services.campaigns.texts import needed_names, wanted_names


@dataclass(frozen=True)
class Plan:
    """What a campaign is, before its list is read."""

    name: str
    version: NoticeTypeVersion
    department: Department
    source: CampaignSource
    segment: Mapping[str, Any] | None = None


def create_campaign(*, plan: Plan, by: User, request_key: str, now: dt.datetime | None = None) -> Campaign:
    """A new campaign without a list; asking again with the same key returns the first. Audited."""
    columns = {
        "name": plan.name,
        "version": plan.version,
        "department": plan.department,
        "source": plan.source,
        "segment": dict(plan.segment or {}),
        "created_by": by,
        # nothing to do for the worker until the list is checked
        "lane": Lane.BULK,
        "state": WorkState.DONE,
        "finished_at": now or timezone.now(),
    }
    with transaction.atomic():
        campaign, created = Campaign.objects.get_or_create(request_key=request_key, defaults=columns)
        if created:
            CampaignEvent.objects.create(campaign=campaign, state=CampaignState.DRAFT, by=by)
            note(campaign, by=by, action=AuditAction.CREATE, detail="campaign created")
    return campaign


def set_list(*, campaign: Campaign, upload: "UploadedFile[Any]", by: User) -> None:
    """Take a list (CSV or XLSX) and guess what its columns are; what was checked before is forgotten, the list before
    goes with the next sweep. Audited as an import. Raises ListRefused, StaleState.
    """
    if (upload.size or 0) > MOST_BYTES:
        raise ListRefused(_("ファイルが大きすぎます。%(most)dMBまでです。") % {"most": MOST_BYTES // 1_000_000})
    upload.seek(0)
    data = bytes(upload.read())
    if not data:
        raise ListRefused(_("ファイルが空です。名簿のファイルを選び直してください。"))
    with transaction.atomic():
        file = store_bytes(
            content=data,
            name=upload.name or "list",
            content_type=WORKBOOK_TYPE if is_workbook(data) else "text/csv",
            kind=FileKind.CAMPAIGN,
            by=by,
        )
        encoding = encoding_of(file)
        with open_list(file, encoding) as (headings, _rows):
            mapping = guess_mapping(headings, wanted_names(campaign), _last_mapping(campaign))
        old = campaign.file_id
        change(campaign, by=by, file=file, encoding=encoding, mapping=mapping, refusal="")
        release(old)
        note(campaign, by=by, action=AuditAction.IMPORT, detail="list uploaded")


def set_segment(*, campaign: Campaign, document: Mapping[str, Any], by: User) -> None:
    """Take a condition that chooses the receivers; what was checked before is forgotten. Audited.

    Raises SegmentRefused, StaleState.
    """
    read_segment(document)
    with transaction.atomic():
        change(campaign, by=by, segment=clean_json(dict(document)), refusal="")
        note(campaign, by=by, action=AuditAction.CHANGE, detail="segment changed")


def headings_of(campaign: Campaign) -> list[str]:
    """The headings of the list. Raises ListRefused."""
    if campaign.file is None:
        raise ListRefused(_("名簿のファイルがありません。もう一度選んでください。"))
    with open_list(campaign.file, campaign.encoding) as (headings, _rows):
        return headings


def start_check(
    *,
    campaign: Campaign,
    mapping: Mapping[str, str],
    values: Mapping[str, str],
    by: User,
    now: dt.datetime | None = None,
) -> None:
    """Have the worker check the list, with these columns and these values for all; earlier rows are forgotten.

    Raises ListRefused for a mapping that cannot be, StaleState when the campaign is past that.
    """
    chosen = {key: heading for key, heading in mapping.items() if heading}
    given = {name: value for name, value in values.items() if value.strip()}
    needed = needed_names(campaign)
    if campaign.source == CampaignSource.FILE:
        layout_of(chosen, headings_of(campaign), names=wanted_names(campaign), needed=needed, given=given)
    elif missing := [name for name in needed if name not in given]:
        raise ListRefused(_("全員に共通の値を入力してください：%(names)s") % {"names": "、".join(missing)})
    with transaction.atomic():
        states.move(
            campaign,
            CampaignState.CHECKING,
            by=by,
            now=now,
            mapping=chosen,
            values=given,
            refusal="",
            **states.NO_COUNTS,
        )
        CampaignRow.objects.filter(campaign=campaign).delete()


def _last_mapping(campaign: Campaign) -> dict[str, str]:
    """What the last list for the same kind of notice in this department meant by its headings."""
    same = Campaign.objects.filter(version__notice_type=campaign.version.notice_type, department=campaign.department)
    last = same.exclude(pk=campaign.pk).exclude(mapping={}).order_by("-id").values_list("mapping", flat=True).first()
    return last or {}
