"""Files that somebody uploads to look at first and take over then: kept for a day, read once they are checked."""

import datetime as dt
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall import queue
from cityhall.enums import FileKind, FileState
from cityhall.errors import DomainError, StaleState
from cityhall.models import StoredFile, User
from cityhall.services.files import read_bytes, store_bytes

KEPT_FOR: Final = dt.timedelta(hours=24)


class FileNotChecked(DomainError):
    """The uploaded file is still in quarantine."""

    code = "file_not_checked"
    message = _("ファイルの検査がまだ終わっていません。少し待ってから、もう一度「取り込む」を押してください。")


class FileGone(DomainError):
    """Refused by the check, or deleted after a day."""

    code = "file_gone"
    message = _("このファイルは使えません。もう一度アップロードしてください。")


class ChangedSinceLook(StaleState):
    """The database is not what the difference was made from."""

    code = "changed_since_look"
    message = _(
        "差分を表示した後で、手続の内容が変更されました。まだ何も取り込んでいません。"
        "新しい差分を確認してから、もう一度「取り込む」を押してください。"
    )


def keep(*, name: str, data: bytes, content_type: str, by: User, now: dt.datetime | None = None) -> StoredFile:
    """Store an upload for a day, in quarantine. The caller has seen that it can be read."""
    stored = store_bytes(
        content=data,
        name=name,
        content_type=content_type,
        kind=FileKind.IMPORT,
        by=by,
        state=FileState.PENDING,
        delete_after=(now or timezone.now()) + KEPT_FOR,
    )
    queue.wake("cityhall.tasks.check_files")
    return stored


def bytes_of(stored: StoredFile) -> bytes:
    """What was uploaded, also before the check is over: it is only looked at. Raises FileGone."""
    if stored.state in (FileState.INFECTED, FileState.REJECTED):
        raise FileGone
    try:
        return read_bytes(stored)
    except FileNotFoundError:
        raise FileGone from None


def lock(stored: StoredFile) -> StoredFile:
    """The row of a file that is about to be taken over: of two confirmations the second sees what the first has done.

    Locks it. Raises FileGone, FileNotChecked.
    """
    locked = StoredFile.objects.select_for_update().filter(pk=stored.pk).first()
    if locked is None or locked.state in (FileState.INFECTED, FileState.REJECTED):
        raise FileGone
    if locked.state == FileState.PENDING:
        raise FileNotChecked
    return locked
