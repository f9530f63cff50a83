"""The only way to disk or object storage.

A file is written and synced before its row is committed, so a row never points at nothing; a file
whose row was rolled back is swept a day later.
"""

import datetime as dt
import hashlib
import logging
import math
import os
import re
import time
import uuid
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Case, ProtectedError, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall import queue, uploads
from cityhall.enums import FileKind, FileState
from cityhall.models import StoredFile, User
from cityhall.scanning import ScannerUnreachable, Verdict, scan
from cityhall.services.work import backoff
from cityhall.text import BadText, clean_text
from cityhall.uploads import UploadRefused

__all__ = [
    "UploadRefused",
    "accept_upload",
    "check_pending_files",
    "clean_name",
    "files_without_verdict",
    "is_check_due",
    "new_path",
    "open_stored",
    "read_bytes",
    "store_bytes",
    "sweep_files",
    "thumbnail_of",
    "write_file",
]

log = logging.getLogger(__name__)

_FOLDER = "stored"
_ORPHAN_AGE = dt.timedelta(days=1)
# longer than a worker may take for a round of checks
_FIRST_WAIT, _LONGEST_WAIT = dt.timedelta(minutes=2), dt.timedelta(hours=1)
CHECKS_BEFORE_ALARM = 5
_ATTACHMENTS_FIRST = Case(When(kind=FileKind.ATTACHMENT, then=0), default=1)
_SMALL = "-small"
_UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]')


def store_bytes(
    *,
    content: bytes,
    name: str,
    content_type: str,
    kind: FileKind,
    by: User | None = None,
    state: FileState = FileState.CLEAN,
    delete_after: dt.datetime | None = None,
) -> StoredFile:
    """Store a file the product made or has checked. Writes and syncs the file, then its row."""
    stored = write_file(
        content=content,
        name=name,
        content_type=content_type,
        kind=kind,
        by=by,
        state=state,
        delete_after=delete_after,
    )
    stored.save(force_insert=True)
    return stored


def write_file(
    *,
    content: bytes,
    name: str,
    content_type: str,
    kind: FileKind,
    by: User | None = None,
    state: FileState = FileState.CLEAN,
    delete_after: dt.datetime | None = None,
) -> StoredFile:
    """Write and sync a file; its row is the caller's to save, at once or many together. Without one it is swept."""
    path = new_path()
    _write(path, content)
    return StoredFile(
        kind=kind,
        path=path,
        name=clean_name(name),
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        state=state,
        checked_at=timezone.now() if state == FileState.CLEAN else None,
        uploaded_by=by,
        delete_after=delete_after,
    )


def accept_upload(
    *,
    upload: "UploadedFile[Any]",
    kind: FileKind,
    by: User | None,
    allowed: Collection[str] | None = None,
    max_bytes: int | None = None,
) -> StoredFile:
    """Store a person's file in quarantine (`pending`) and wake the check (not for the check page's files).

    `allowed` holds "image", "pdf" or content types (all of ours without it). The type is told from the
    content. Images are encoded anew, without metadata. Raises UploadRefused: empty, too_large,
    wrong_type, unreadable, too_many_pixels.
    """
    types = _allowed_types(allowed)
    head = _head(upload)
    content_type = uploads.sniff(head)
    _check_size(upload, max_bytes or _limit_for(content_type))
    if content_type not in types:
        raise _wrong_type(content_type, types)
    data = _read(upload)
    if content_type in uploads.IMAGES:
        rebuilt = uploads.rebuild_image(data)
        data, content_type = rebuilt.data, rebuilt.content_type
    stored = store_bytes(
        content=data,
        name=_with_suffix(upload.name or "", content_type),
        content_type=content_type,
        kind=kind,
        by=by,
        state=FileState.PENDING,
    )
    if kind != FileKind.CHECK:
        queue.wake("cityhall.tasks.check_files")
    return stored


def open_stored(stored: StoredFile) -> "File[Any]":
    """The file for reading; the caller closes it."""
    return default_storage.open(stored.path, "rb")


def read_bytes(stored: StoredFile) -> bytes:
    """The whole content."""
    with open_stored(stored) as file:
        return bytes(file.read())


def thumbnail_of(stored: StoredFile) -> bytes:
    """A small JPEG of a stored picture: made at the first view, kept beside the file, deleted with it.

    Raises UploadRefused for what is no picture, or has more pixels than we take.
    """
    path = _thumbnail_path(stored.path)
    try:
        with default_storage.open(path, "rb") as file:
            return bytes(file.read())
    except FileNotFoundError:
        small = uploads.thumbnail(read_bytes(stored), uploads.THUMBNAIL_SIDE)
        _write(path, small)
        return small


def check_pending_files(limit: int = 20, *, budget_seconds: float = math.inf, now: dt.datetime | None = None) -> int:
    """Check files in quarantine that are due, attachments first, and record the verdict; the number decided.

    A file without a verdict stays in quarantine and is tried again later and later, behind the others. A
    scanner that cannot be reached ends the round. Stops after `budget_seconds`, between two files.
    """
    deadline = time.monotonic() + budget_seconds
    moment = now or timezone.now()
    decided = 0
    for stored in _due_for_check(moment).order_by(_ATTACHMENTS_FIRST, "check_due_at", "id")[:limit]:
        if time.monotonic() >= deadline:
            break
        if not _claim_check(stored, moment):
            continue
        try:
            decided += _check(stored)
        except ScannerUnreachable:
            log.error("virus scanner cannot be reached")  # noqa: TRY400 - nothing of the exception is worth a line
            _in_quarantine(stored).update(check_attempts=stored.check_attempts, check_due_at=moment)
            break
    return decided


def is_check_due(now: dt.datetime | None = None) -> bool:
    """Whether a file in quarantine waits for its check."""
    return _due_for_check(now or timezone.now()).exists()


def files_without_verdict() -> int:
    """How many files stay in quarantine although they were checked CHECKS_BEFORE_ALARM times."""
    return _to_check().filter(check_attempts__gte=CHECKS_BEFORE_ALARM).count()


def sweep_files(now: dt.datetime | None = None, *, budget_seconds: float = 40.0) -> tuple[int, int]:
    """Delete rows past their `delete_after` (unless something still needs them) and files without a row.

    Returns the numbers of both. The row goes first: a crash in between leaves an orphan for the next sweep.
    Orphans are looked for in the folders of the hour, all of them once a day; half of the budget is theirs.
    """
    moment = now or timezone.now()
    end = time.monotonic() + budget_seconds
    return _sweep_rows(moment, end - budget_seconds / 2), _sweep_orphans(moment, end)


def _to_check() -> "QuerySet[StoredFile]":
    """Files in quarantine. What strangers bring to the check page is never handed out and does not queue here."""
    return StoredFile.objects.filter(state=FileState.PENDING).exclude(kind=FileKind.CHECK)


def _due_for_check(now: dt.datetime) -> "QuerySet[StoredFile]":
    return _to_check().filter(check_due_at__lte=now)


def _in_quarantine(stored: StoredFile) -> "QuerySet[StoredFile]":
    return StoredFile.objects.filter(pk=stored.pk, state=FileState.PENDING)


def _claim_check(stored: StoredFile, now: dt.datetime) -> bool:
    """Put the file off before it is looked at: another worker leaves it alone, and one that dies has counted it."""
    attempts = stored.check_attempts + 1
    wait = backoff(attempts, first=_FIRST_WAIT, most=_LONGEST_WAIT)
    unclaimed = _in_quarantine(stored).filter(check_attempts=stored.check_attempts)
    return bool(unclaimed.update(check_attempts=attempts, check_due_at=now + wait))


def _check(stored: StoredFile) -> int:
    """Check one file; the number of rows decided. Raises ScannerUnreachable."""
    try:
        verdict = scan(read_bytes(stored), stored.content_type)
    except ScannerUnreachable:
        raise
    except FileNotFoundError:
        verdict = Verdict(FileState.REJECTED, "missing")
    except OSError as error:
        log.error("file check failed", extra={"file": stored.pk, "error": type(error).__name__})  # noqa: TRY400
        return 0
    if verdict.state != FileState.CLEAN:
        log.warning("file refused", extra={"file": stored.pk, "reason": verdict.reason})
    return _in_quarantine(stored).update(state=verdict.state, checked_at=timezone.now())


def _sweep_rows(now: dt.datetime, deadline: float) -> int:
    count = 0
    for stored in StoredFile.objects.filter(delete_after__lte=now).order_by("id").iterator():
        if time.monotonic() >= deadline:
            break
        path = stored.path
        try:
            stored.delete()
        except ProtectedError:
            continue
        default_storage.delete(path)
        default_storage.delete(_thumbnail_path(path))
        count += 1
    return count


def _sweep_orphans(now: dt.datetime, deadline: float) -> int:
    count = 0
    for paths in _stored_paths(now):
        if time.monotonic() >= deadline:
            break
        known = set(StoredFile.objects.filter(path__in=map(_origin, paths)).values_list("path", flat=True))
        for path in paths:
            if _origin(path) not in known and _is_older(path, now - _ORPHAN_AGE):
                default_storage.delete(path)
                count += 1
    return count


def _is_older(path: str, moment: dt.datetime) -> bool:
    try:
        return default_storage.get_modified_time(path) < moment
    except FileNotFoundError:
        # a file that was being written has got its name meanwhile
        return False


def _thumbnail_path(path: str) -> str:
    return f"{path}{_SMALL}"


def _origin(path: str) -> str:
    """The file that a thumbnail was made of; the path itself of all others."""
    return path.removesuffix(_SMALL)


def new_path() -> str:
    """Where the next file goes."""
    name = uuid.uuid4().hex
    return f"{_FOLDER}/{name[:2]}/{name[2:4]}/{name}"


def _write(path: str, content: bytes) -> None:
    """On disk: a temporary file, synced, renamed, and the folder synced. Elsewhere the storage's own way."""
    try:
        target = Path(default_storage.path(path))
    except NotImplementedError:
        default_storage.save(path, ContentFile(content))
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    # of its own: two requests may make the same small picture at once
    temporary = target.with_name(f"{target.name}.{uuid.uuid4().hex}.part")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _stored_paths(now: dt.datetime) -> Iterator[list[str]]:
    """Paths in the storage folders of this hour, folder by folder, beginning elsewhere each day."""
    mine = [f"{_FOLDER}/{number:02x}" for number in range(256) if number % 24 == now.hour]
    start = now.toordinal() % len(mine)
    for outer in mine[start:] + mine[:start]:
        for inner in _folders(outer):
            yield [f"{inner}/{name}" for name in default_storage.listdir(inner)[1]]


def _folders(path: str) -> list[str]:
    try:
        return [f"{path}/{name}" for name in sorted(default_storage.listdir(path)[0])]
    except FileNotFoundError:
        return []


def _allowed_types(allowed: Collection[str] | None) -> frozenset[str]:
    names = GROUP_NAMES if allowed is None else allowed
    return frozenset().union(*(uploads.GROUPS.get(name, frozenset({name})) for name in names))


GROUP_NAMES = tuple(uploads.GROUPS)


def _head(upload: "UploadedFile[Any]") -> bytes:
    if not upload.size:
        raise UploadRefused("empty", _("ファイルが空です。内容のあるファイルを選んでください。"))
    upload.seek(0)
    return bytes(upload.read(32))


def _read(upload: "UploadedFile[Any]") -> bytes:
    upload.seek(0)
    return bytes(upload.read())


def _limit_for(content_type: str) -> int:
    is_image = content_type in uploads.IMAGES or content_type == uploads.HEIC
    return int(settings.UPLOAD_IMAGE_MAX_BYTES if is_image else settings.UPLOAD_MAX_BYTES)


def _check_size(upload: "UploadedFile[Any]", limit: int) -> None:
    if (upload.size or 0) > limit:
        raise UploadRefused(
            "too_large",
            _("ファイルが大きすぎます。%(limit)sMB以下のファイルを選んでください。")
            % {"limit": limit // (1024 * 1024)},
        )


def _wrong_type(content_type: str, types: frozenset[str]) -> UploadRefused:
    if content_type == uploads.HEIC:
        return UploadRefused(
            "wrong_type",
            _(
                "HEIC形式の写真は使えません。iPhoneの「設定」→「カメラ」→「フォーマット」で「互換性優先」を選んで"
                "撮り直すか、JPEG形式に変換してください。"
            ),
        )
    names = {uploads.PDF: "PDF", uploads.JPEG: "JPEG", uploads.PNG: "PNG", uploads.WEBP: "WebP"}
    known = "・".join(name for key, name in names.items() if key in types)
    return UploadRefused(
        "wrong_type", _("このファイルは使えません。%(types)sのファイルを選んでください。") % {"types": known}
    )


def clean_name(name: str) -> str:
    """A file name that is safe to show, to send in a header and to save: no path, no control characters."""
    try:
        clean_text(name)
    except BadText:
        name = ""
    base = _UNSAFE_IN_NAMES.sub("_", name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]).strip(". ")
    stem, dot, suffix = base.rpartition(".")
    if dot and len(suffix) <= 10:
        return f"{stem[: 254 - len(suffix)]}.{suffix}"
    return base[:255] or "file"


def _with_suffix(name: str, content_type: str) -> str:
    """The name with the ending of what it really is."""
    suffix = uploads.SUFFIXES[content_type]
    stem = Path(clean_name(name)).stem or "file"
    return f"{stem[: 255 - len(suffix)]}{suffix}"
