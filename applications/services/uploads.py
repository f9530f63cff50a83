"""Files given as answers: received before the page is checked, so that no other mistake loses them."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
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
from applications.services.sent_files import sent_ids
from cityhall.enums import FileKind
from cityhall.errors import DomainError
from cityhall.models import StoredFile, User
from cityhall.services.files import accept_upload

REMOVED_KEPT = dt.timedelta(days=7)
"""How long a file taken out of an unsent draft may come back."""
EXCHANGES = 3
"""How many times the files an application may have can be taken out of it, until they are swept."""
ANONYMOUS_BYTES = 100 * 1024 * 1024
"""What a draft without an account may hold: nobody answers for it. Twice as much with what was taken out of it."""


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


class TooMuchData(DomainError):
    """The files of a draft without an account are larger together than it may hold."""

    code = "too_much_data"

    def __init__(self) -> None:
        text = _(
            "利用者登録なしの申請に添付できるファイルは、合わせて%(limit)sMBまでです。"
            "不要なファイルを取り外すか、小さくしてから追加してください。"
        )
        super().__init__(text % {"limit": ANONYMOUS_BYTES // (1024 * 1024)})


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
    then the row, locking the application. Raises UploadRefused, TooManyFiles, TooManyExchanges, TooMuchData,
    NotEditable.
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
    moment = now or timezone.now()
    try:
        with transaction.atomic():
            row = _lock(application)
            if replaces:
                _take_out(row, replaces, moment)
            return _keep(row, field, key, stored, moment)
    except DomainError:
        # somebody was faster, or there is no room for what it really is
        StoredFile.objects.filter(pk=stored.pk).update(delete_after=moment)
        raise


def _keep(application: Application, field: Field, key: str, stored: StoredFile, now: dt.datetime) -> Attachment:
    """The attachment of a file that was stored; the caller has locked the application."""
    attachment = Attachment.objects.filter(request_key=key).first()
    if attachment is None:
        _check_room(application, field, size=stored.size)
        return Attachment.objects.create(
            application=application, field_key=field.key, file=stored, request_key=key, created_at=now
        )
    # a twin was faster, or the file was taken out before: the new copy is not needed
    StoredFile.objects.filter(pk=stored.pk).update(delete_after=now)
    if attachment.removed_at:
        _check_room(application, field)
        bring_back(Attachment.objects.filter(pk=attachment.pk))
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

    It may come back for a while and then goes for good (`sweeping.sweep_removed_files`). What was sent once stays:
    a revision names it.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        _take_out(_lock(application), public_id, moment)


def take_out(application: Application, files: QuerySet[Attachment], *, now: dt.datetime) -> None:
    """Take files out in the caller's transaction, which has locked the application; the never sent are swept later."""
    sent = sent_ids(application)
    rows = list(files.values_list("pk", "file_id", "public_id"))
    Attachment.objects.filter(pk__in=[pk for pk, _file, _id in rows]).update(removed_at=now)
    unsent = [file for _pk, file, public_id in rows if public_id not in sent]
    StoredFile.objects.filter(pk__in=unsent).update(delete_after=now + REMOVED_KEPT)


def bring_back(files: QuerySet[Attachment]) -> None:
    """Put files back that were taken out, in the transaction of a caller who has locked the application."""
    rows = list(files.values_list("pk", "file_id"))
    Attachment.objects.filter(pk__in=[pk for pk, _file in rows]).update(removed_at=None)
    StoredFile.objects.filter(pk__in=[file for _pk, file in rows]).update(delete_after=None)


def _take_out(application: Application, public_id: str, now: dt.datetime) -> None:
    """The caller has locked the application. Raises NotEditable for a file that stays as it was sent."""
    held = Attachment.objects.filter(application=application, public_id=public_id, removed_at=None)
    taken = held.first()
    if taken is None:
        return
    _refuse_locked(application, taken.field_key)
    take_out(application, held, now=now)


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
    row = Application.objects.editable().select_for_update(no_key=True).filter(pk=application.pk).first()
    if row is None:
        raise NotEditable
    return row


def _refuse_locked(application: Application, field_key: str) -> None:
    """In a round of corrections only marked files are exchanged. Raises NotEditable; the page does not offer it."""
    lock = lock_of(application)
    if lock is not None and lock.holds(field_key):
        raise NotEditable


def _check_room(application: Application, field: Field, replaces: str = "", *, size: int = 0) -> None:
    """Whether one more file may come, of `size` bytes once that is known. One query."""
    others = Attachment.objects.filter(application=application).exclude(public_id=replaces)
    rows = list(others.values_list("field_key", "removed_at", "file__size"))
    held = [key for key, removed_at, _size in rows if removed_at is None]
    if len(rows) - len(held) >= EXCHANGES * settings.UPLOAD_MAX_FILES:
        raise TooManyExchanges
    if held.count(field.key) >= field.max_files or len(held) >= settings.UPLOAD_MAX_FILES:
        raise TooManyFiles
    if application.filed_by_id is None:
        _check_bytes([(removed_at is None, bytes_) for _key, removed_at, bytes_ in rows], size)


def _check_bytes(files: Sequence[tuple[bool, int]], size: int) -> None:
    """Raises TooMuchData, TooManyExchanges. Files by whether they are held; those taken out lie on disk as well."""
    if sum(taken for is_held, taken in files if is_held) + size > ANONYMOUS_BYTES:
        raise TooMuchData
    if sum(taken for _is_held, taken in files) + size > 2 * ANONYMOUS_BYTES:
        raise TooManyExchanges


def _request_key(application: Application, field: Field, upload: "UploadedFile[Any]") -> str:
    digest = hashlib.sha256(f"{application.public_id} {field.key} ".encode())
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
