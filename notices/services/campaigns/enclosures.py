"""Files for single rows of a list: a ZIP of PDFs, and whether they may go out."""

import unicodedata
import zipfile
import zlib
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cityhall import uploads
from cityhall.enums import AuditAction, FileKind, FileState
from cityhall.models import StoredFile, User
from cityhall.queue import wake
from cityhall.services.files import clean_name, store_bytes
from notices.enums import RowState
from notices.models import Campaign, CampaignFile, CampaignRow, VersionFile
from notices.services.campaigns.changing import change, note
from notices.services.campaigns.errors import ListRefused, NotReady
from notices.services.campaigns.forgetting import release

MOST_ENCLOSURES: Final = 2000
MOST_ENCLOSURE_BYTES: Final = 5_000_000
MOST_ZIP_BYTES: Final = 200_000_000


def add_enclosures(*, campaign: Campaign, upload: "UploadedFile[Any]", by: User) -> int:
    """Take a ZIP of PDFs that rows name; a name that is there already is replaced. How many. Audited.

    Folders of the package do not count: rows name a file by its last part, so no two may have the same. What was
    checked before is forgotten. Raises ListRefused (no ZIP, empty, too many or too large, one name twice, not a PDF),
    StaleState.
    """
    if (upload.size or 0) > MOST_ZIP_BYTES:
        raise ListRefused(_("ファイルが大きすぎます。%(most)dMBまでです。") % {"most": MOST_ZIP_BYTES // 1_000_000})
    upload.seek(0)
    try:
        with zipfile.ZipFile(upload) as package, transaction.atomic():
            members = _members(package)
            change(campaign, by=by)
            for name, info in members.items():
                _enclose(campaign, name, _content(package, name, info), by)
            note(campaign, by=by, action=AuditAction.IMPORT, detail=f"{len(members)} enclosures uploaded")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        # encrypted members are a RuntimeError of zipfile, damaged ones whatever their packing says
        raise ListRefused(_("ZIPファイルとして読めません。パスワードなしのZIPにまとめてください。")) from None
    return len(members)


def need_clean_files(campaign: Campaign) -> None:
    """Files that would go out have passed the virus check. Raises NotReady with what is to be done."""
    rows = CampaignRow.objects.filter(campaign=campaign, state=RowState.GOOD, file__isnull=False)
    of_version = VersionFile.objects.filter(version=campaign.version)
    wanted = StoredFile.objects.filter(Q(pk__in=rows.values("file")) | Q(pk__in=of_version.values("file")))
    faulty = wanted.exclude(state=FileState.CLEAN).order_by("id")
    refused = faulty.exclude(state=FileState.PENDING).first()
    if refused is not None:
        raise NotReady(
            _("添付ファイル「%(name)s」は、ウイルス検査で受け付けられませんでした。別のファイルに替えてください。")
            % {"name": refused.name}
        )
    if count := faulty.count():
        raise NotReady(
            _("添付ファイル%(count)d個のウイルス検査が終わっていません。しばらくしてから、もう一度操作してください。")
            % {"count": count}
        )


def _members(package: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Name as rows write it → member. Raises ListRefused."""
    found: dict[str, zipfile.ZipInfo] = {}
    for info in package.infolist():
        if info.is_dir() or _is_hidden(info.filename):
            continue
        name = unicodedata.normalize("NFC", clean_name(_name_of(info)))[:200]
        if name in found:
            raise ListRefused(
                _("「%(first)s」と「%(second)s」は、ファイル名が同じです。別々の名前にしてください。")
                % {"first": _name_of(found[name]), "second": _name_of(info)}
            )
        found[name] = info
    if not found:
        raise ListRefused(_("ZIPの中に、ファイルがありません。"))
    if len(found) > MOST_ENCLOSURES:
        raise ListRefused(_("添付ファイルは%(most)d個までです。") % {"most": MOST_ENCLOSURES})
    return found


def _content(package: zipfile.ZipFile, name: str, info: zipfile.ZipInfo) -> bytes:
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
    return data


def _enclose(campaign: Campaign, name: str, data: bytes, by: User) -> None:
    file = store_bytes(
        content=data, name=name, content_type=uploads.PDF, kind=FileKind.ENCLOSURE, by=by, state=FileState.PENDING
    )
    wake("cityhall.tasks.check_files")
    release(CampaignFile.objects.filter(campaign=campaign, name=name).values_list("file", flat=True).first())
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
