"""Files given as answers: received before the page is checked, so that no other mistake loses them."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import typed
from applications.corrections import lock_of
from applications.definition import Field
from applications.enums import FieldType
from applications.models import Application, Attachment
from applications.row_paths import groups
from applications.services.drafts import NotEditable
from cityhall.enums import FileKind
from cityhall.errors import DomainError
from cityhall.models import StoredFile, User
from cityhall.services.files import accept_upload

REMOVED_KEPT = dt.timedelta(days=7)
"""How long a file taken out of an unsent draft may come back."""
EXCHANGES = 3
"""How many times the files an application may have can be taken out of it, until they are swept."""


class TooManyFiles(DomainError):
    """The question, or the application as a whole, has all the files it may have."""

    code = "too_many_files"
    message = gettext_lazy("添付できるファイルの数を超えています。不要なファイルを取り外してから、追加してください。")


class TooManyExchanges(DomainError):
    """More files were taken out again than anybody needs."""

    code = "too_many_exchanges"
    message = gettext_lazy(
        "ファイルを差し替えた回数が多すぎるため、今は追加できません。数日おいてから追加するか、担当課にご相談ください。"
    )


def attach(
    *,
    application: Application,
    field: Field,
    upload: "UploadedFile[Any]",
    by: User | None,
    replaces: str = "",
    now: dt.datetime | None = None,
) -> Attachment:
    """Receive one file for a question. The same bytes for the same question are the same attachment.

    A page that is sent twice, an upload that is tried again, or one after signing in, thus adds nothing; a file
    that was taken out comes back. `replaces` is the public id of the file whose place it takes. Stores the file,
    then the row, locking the application. Raises UploadRefused, TooManyFiles, TooManyExchanges, NotEditable.
    """
    key = _request_key(application, field, upload)
    known = Attachment.objects.filter(request_key=key, removed_at=None).first()
    if known:
        if replaces and replaces != known.public_id:
            detach(application=application, public_id=replaces)
        return known
    # before the file is decoded and written: refusals should cost little
    _refuse_locked(application, field.key)
    _check_room(application, field, replaces)
    accepted = ("image",) if field.type == FieldType.SIGNATURE else field.accept
    stored = accept_upload(upload=upload, kind=FileKind.ATTACHMENT, by=by, allowed=accepted)
    with transaction.atomic():
        row = _lock(application)
        if replaces:
            _take_out(row, replaces, now or timezone.now())
        attachment = Attachment.objects.filter(request_key=key).first()
        if attachment is None:
            _check_room(application, field)
            return Attachment.objects.create(
                application=application,
                field_key=field.key,
                file=stored,
                request_key=key,
                created_at=now or timezone.now(),
            )
        # a twin was faster, or the file was taken out before: the new copy is not needed
        StoredFile.objects.filter(pk=stored.pk).update(delete_after=now or timezone.now())
        if attachment.removed_at:
            _check_room(application, field)
            Attachment.objects.filter(pk=attachment.pk).update(removed_at=None)
            StoredFile.objects.filter(pk=attachment.file_id).update(delete_after=None)
            attachment.removed_at = None
        return attachment


def attach_all(
    *, application: Application, field: Field, uploads: "Sequence[UploadedFile[Any]]", by: User | None
) -> tuple[list[Attachment], list[str]]:
    """Receive the files a page brought for one question: those taken, and a sentence for each refused."""
    taken: list[Attachment] = []
    refusals: list[str] = []
    for upload in uploads:
        try:
            taken.append(attach(application=application, field=field, upload=upload, by=by))
        except NotEditable:
            raise
        except DomainError as error:
            refusals.append(
                _("「%(name)s」を添付できませんでした。%(reason)s") % {"name": upload.name or "", "reason": error}
            )
    return taken, refusals


def detach(*, application: Application, public_id: str, now: dt.datetime | None = None) -> None:
    """Take a file out of the answers. Twice changes nothing. Raises NotEditable.

    It may come back for a while; out of a draft it then goes for good (`sweeping.sweep_removed_files`). What
    was sent once stays: a revision names it.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        _take_out(_lock(application), public_id, moment)


def _take_out(application: Application, public_id: str, now: dt.datetime) -> None:
    """The caller has locked the application. Raises NotEditable for a file that stays as it was sent."""
    taken = Attachment.objects.filter(application=application, public_id=public_id, removed_at=None).first()
    if taken is None:
        return
    _refuse_locked(application, taken.field_key)
    Attachment.objects.filter(pk=taken.pk).update(removed_at=now)
    if application.submitted_at is None:
        StoredFile.objects.filter(pk=taken.file_id).update(delete_after=now + REMOVED_KEPT)


def detach_rows(*, application: Application, fields: Sequence[Field], values: typed.Typed) -> None:
    """Take out the files of rows that are no longer on the page. One query where no row went. Raises NotEditable."""
    kept = {f"{group.key}.{row['id']}" for group in groups(fields) for row in values.get(group.key, ())}
    keys = {group.key for group in groups(fields)}
    if not keys:
        return
    rows = Attachment.objects.filter(application=application, removed_at=None, field_key__contains=".")
    for public_id, path in rows.values_list("public_id", "field_key"):
        if path.partition(".")[0] in keys and path.rpartition(".")[0] not in kept:
            detach(application=application, public_id=public_id)


def _lock(application: Application) -> Application:
    row = Application.objects.editable().select_for_update().filter(pk=application.pk).first()
    if row is None:
        raise NotEditable
    return row


def _refuse_locked(application: Application, field_key: str) -> None:
    """In a round of corrections only marked files are exchanged. Raises NotEditable; the page does not offer it."""
    lock = lock_of(application)
    if lock is not None and lock.holds(field_key):
        raise NotEditable


def _check_room(application: Application, field: Field, replaces: str = "") -> None:
    others = Attachment.objects.filter(application=application).exclude(public_id=replaces)
    rows = list(others.values_list("field_key", "removed_at"))
    held = [key for key, removed_at in rows if removed_at is None]
    if len(rows) - len(held) >= EXCHANGES * settings.UPLOAD_MAX_FILES:
        raise TooManyExchanges
    if held.count(field.key) >= field.max_files or len(held) >= settings.UPLOAD_MAX_FILES:
        raise TooManyFiles


def _request_key(application: Application, field: Field, upload: "UploadedFile[Any]") -> str:
    digest = hashlib.sha256(f"{application.public_id} {field.key} ".encode())
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
