"""A new campaign: its text, its list or its condition, what is the same for all, files for single rows."""

import datetime as dt
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall import uploads
from cityhall.enums import AuditAction, FileKind, FileState, Lane, WorkState
from cityhall.errors import StaleState
from cityhall.models import Department, StoredFile, User
from cityhall.queue import wake
from cityhall.services import audit
from cityhall.services.files import clean_name, store_bytes
from cityhall.text import clean_json
from cityhall.workbook_reading import is_workbook
from cityhall.workbooks import CONTENT_TYPE as WORKBOOK_TYPE
from notices.enums import CampaignSource, CampaignState
from notices.models import Campaign, CampaignEvent, CampaignFile, CampaignRow, NoticeTypeVersion
from notices.segments import read_segment
from notices.services.campaigns import states
from notices.services.campaigns.columns import guess_mapping, layout_of
from notices.services.campaigns.errors import ListRefused
from notices.services.campaigns.reading import MOST_BYTES, encoding_of, open_list
from notices.services.campaigns.texts import needed_names, wanted_names

MOST_ENCLOSURES: Final = 2000
MOST_ENCLOSURE_BYTES: Final = 5_000_000
MOST_ZIP_BYTES: Final = 200_000_000
_OPEN: Final = (CampaignState.DRAFT, CampaignState.CHECKED, CampaignState.REFUSED)


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
            _note(campaign, by, AuditAction.CREATE, "campaign created")
    return campaign


def set_list(*, campaign: Campaign, upload: "UploadedFile[Any]", by: User) -> None:
    """Take a list (CSV or XLSX) and guess what its columns are; what was checked before is forgotten when it is
    checked again. Audited as an import. Raises ListRefused, StaleState.
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
        old = campaign.file
        _change(campaign, file=file, encoding=encoding, mapping=mapping, refusal="")
        _release(old)
        _note(campaign, by, AuditAction.IMPORT, "list uploaded")


def set_segment(*, campaign: Campaign, document: Mapping[str, Any], by: User) -> None:
    """Take a condition that chooses the receivers. Audited. Raises SegmentRefused, StaleState."""
    read_segment(document)
    with transaction.atomic():
        _change(campaign, segment=clean_json(dict(document)), refusal="")
        _note(campaign, by, AuditAction.CHANGE, "segment changed")


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
    counts: dict[str, Any] = dict.fromkeys(
        ("next_row", "rows_count", "good_count", "doubtful_count", "problem_count", "paper_count", "postage_yen"), 0
    )
    with transaction.atomic():
        states.move(
            campaign, CampaignState.CHECKING, by=by, now=now, mapping=chosen, values=given, refusal="", **counts
        )
        CampaignRow.objects.filter(campaign=campaign).delete()


def add_enclosures(*, campaign: Campaign, upload: "UploadedFile[Any]", by: User) -> int:
    """Take a ZIP of PDFs that rows name; a name that is there already is replaced. How many. Audited.

    Raises ListRefused: no ZIP, too many or too large, not a PDF. Raises StaleState.
    """
    if (upload.size or 0) > MOST_ZIP_BYTES:
        raise ListRefused(_("ファイルが大きすぎます。%(most)dMBまでです。") % {"most": MOST_ZIP_BYTES // 1_000_000})
    upload.seek(0)
    try:
        with zipfile.ZipFile(upload) as package, transaction.atomic():
            _change(campaign)
            members = [info for info in package.infolist() if not info.is_dir() and not _is_hidden(info.filename)]
            if len(members) > MOST_ENCLOSURES:
                raise ListRefused(_("添付ファイルは%(most)d個までです。") % {"most": MOST_ENCLOSURES})
            for info in members:
                _enclose(campaign, package, info, by)
            _note(campaign, by, AuditAction.IMPORT, f"{len(members)} enclosures uploaded")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        # encrypted members are a RuntimeError of zipfile
        raise ListRefused(_("ZIPファイルとして読めません。パスワードなしのZIPにまとめてください。")) from None
    return len(members)


def _enclose(campaign: Campaign, package: zipfile.ZipFile, info: zipfile.ZipInfo, by: User) -> None:
    name = unicodedata.normalize("NFC", clean_name(_name_of(info)))[:200]
    with package.open(info) as member:
        # what the package says of its own sizes is not believed
        data = member.read(MOST_ENCLOSURE_BYTES + 1)
    if len(data) > MOST_ENCLOSURE_BYTES:
        raise ListRefused(
            _("「%(name)s」が大きすぎます。1個%(most)dMBまでです。")
            % {"name": name, "most": MOST_ENCLOSURE_BYTES // 1_000_000}
        )
    if uploads.sniff(data[:32]) != uploads.PDF:
        raise ListRefused(_("「%(name)s」はPDFではありません。添付できるのはPDFだけです。") % {"name": name})
    file = store_bytes(
        content=data, name=name, content_type=uploads.PDF, kind=FileKind.ENCLOSURE, by=by, state=FileState.PENDING
    )
    wake("cityhall.tasks.check_files")
    CampaignFile.objects.update_or_create(campaign=campaign, name=name, defaults={"file": file})


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: Windows packs Japanese names in CP932 without saying so (bit 11 says UTF-8)."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("cp932")
    except UnicodeError:
        return info.filename


def _is_hidden(path: str) -> bool:
    return path.startswith("__MACOSX/") or path.rsplit("/", 1)[-1].startswith(".")


def _last_mapping(campaign: Campaign) -> dict[str, str]:
    """What the last list for the same kind of notice in this department meant by its headings."""
    same = Campaign.objects.filter(version__notice_type=campaign.version.notice_type, department=campaign.department)
    last = same.exclude(pk=campaign.pk).exclude(mapping={}).order_by("-id").values_list("mapping", flat=True).first()
    return last or {}


def _change(campaign: Campaign, **columns: Any) -> None:
    """Change an open campaign; whoever looks at an older one is told so. Raises StaleState."""
    rows = Campaign.objects.filter(pk=campaign.pk, revision=campaign.revision, campaign_state__in=_OPEN)
    if not rows.update(revision=F("revision") + 1, **columns):
        raise StaleState
    campaign.refresh_from_db()


def _release(file: StoredFile | None) -> None:
    """A list that is not needed any more goes with the next sweep."""
    if file is not None:
        StoredFile.objects.filter(pk=file.pk).update(delete_after=timezone.now())


def _note(campaign: Campaign, by: User, action: AuditAction, detail: str) -> None:
    audit.record(
        action=action,
        actor=by,
        target_type="campaign",
        target_id=campaign.public_id,
        target_label=campaign.name,
        detail=detail,
        department_code=campaign.department.code,
    )
