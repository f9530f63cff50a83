"""Writing a circular, beginning to pass it round, taking it back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.enums import AuditAction, FileKind, FileState
from cityhall.errors import DomainError
from cityhall.models import Department, StoredFile, User
from cityhall.services import audit
from cityhall.services.files import accept_upload
from cityhall.text import clean_text
from notices.models import Circular, District
from notices.services.circulars.telling import order_round


class AlreadyPublished(DomainError):
    """What homes have begun to read is not written anew."""

    code = "circular_published"
    message = _("この回覧はすでに始まっているか、取り消されています。内容を変えるときは、新しい回覧を作ってください。")


class FileNotChecked(DomainError):
    """The attached file is in quarantine, or was refused."""

    code = "circular_file_not_checked"
    message = _(
        "添付のPDFは、まだウイルス検査が終わっていないか、検査で受け付けられませんでした。"
        "1分ほど待ってもう一度押すか、別のファイルを添付してください。"
    )


@dataclass(frozen=True)
class CircularFields:
    """What stands on the sheet, and where it goes.

    `upload` replaces the file of a draft; without one it stays, or is taken off.
    """

    title: str
    body: str
    districts: Sequence[District]
    ends_on: dt.date | None = None
    upload: "UploadedFile[Any] | None" = None
    takes_file_off: bool = False


def save_draft(
    *,
    fields: CircularFields,
    department: Department | None,
    by: User,
    request_key: str,
    circular: Circular | None = None,
    now: dt.datetime | None = None,
) -> Circular:
    """Write a new draft (one for a `request_key`, however often it is sent) or change one; audited.

    Whoever goes back to the empty form and sends it again, corrected, changes the draft they wrote with it.
    `department` is None for what the head of a district writes; the caller has checked who may write where.
    Raises UploadRefused, AlreadyPublished.
    """
    if circular is None:
        circular = Circular.objects.filter(request_key=request_key, created_by=by).first()
    columns: dict[str, Any] = {
        "title": clean_text(fields.title),
        "body": clean_text(fields.body),
        "ends_on": fields.ends_on,
        "department": department,
    }
    with transaction.atomic():
        if fields.upload is not None:
            columns["file"] = accept_upload(upload=fields.upload, kind=FileKind.CIRCULAR, by=by, allowed={"pdf"})
        elif fields.takes_file_off:
            columns["file"] = None
        if circular is None:
            columns |= {"created_by": by, "created_at": now or timezone.now()}
            circular, _is_new = Circular.objects.get_or_create(request_key=request_key, defaults=columns)
            action = AuditAction.CREATE
        else:
            action = AuditAction.CHANGE
            if not _drafts(circular).update(**columns):
                raise AlreadyPublished
            if "file" in columns and circular.file_id is not None:
                # nobody has read it: a file taken off a draft, or another one in its place, leaves nothing behind
                StoredFile.objects.filter(pk=circular.file_id).update(delete_after=now or timezone.now())
        circular.districts.set(fields.districts)
        _record(circular, action, by)
    circular.refresh_from_db()
    return circular


def publish(circular: Circular, *, by: User, now: dt.datetime | None = None) -> None:
    """Let the homes read it from now on, and have their people told of it; audited.

    Raises FileNotChecked, AlreadyPublished.
    """
    if circular.file is not None and circular.file.state != FileState.CLEAN:
        raise FileNotChecked
    moment = now or timezone.now()
    with transaction.atomic():
        if not _drafts(circular).update(published_at=moment):
            raise AlreadyPublished
        order_round(circular, moment=moment)
        _record(circular, AuditAction.STATE, by, "published")
    circular.refresh_from_db()


def withdraw(circular: Circular, *, by: User, now: dt.datetime | None = None) -> None:
    """Take it off every page and tablet, or throw a draft away; who has read it stays on record. Twice is once."""
    with transaction.atomic():
        running = Circular.objects.filter(pk=circular.pk, withdrawn_at__isnull=True)
        if running.update(withdrawn_at=now or timezone.now()):
            _record(circular, AuditAction.STATE, by, "withdrawn")
    circular.refresh_from_db()


def _drafts(circular: Circular) -> QuerySet[Circular]:
    return Circular.objects.filter(pk=circular.pk, published_at__isnull=True, withdrawn_at__isnull=True)


def _record(circular: Circular, action: AuditAction, by: User, detail: str = "") -> None:
    audit.record(
        action=action,
        actor=by,
        target_type="notices.circular",
        target_id=circular.public_id,
        target_label=circular.title,
        detail=detail,
        department_code=circular.department.code if circular.department else "",
    )
