"""The only way to disk or object storage.

A file is written and synced before its row is committed, so a row never points at nothing; a file
whose row was rolled back is swept a day later.
"""

import datetime as dt
import hashlib
import logging
import os
import re
import uuid
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall import queue, uploads
from cityhall.enums import FileKind, FileState
from cityhall.models import StoredFile, User
from cityhall.scanning import Verdict, scan
from cityhall.text import BadText, clean_text
from cityhall.uploads import UploadRefused

__all__ = [
    "UploadRefused",
    "accept_upload",
    "check_pending_files",
    "open_stored",
    "read_bytes",
    "store_bytes",
    "sweep_files",
]

log = logging.getLogger(__name__)

_FOLDER = "stored"
_ORPHAN_AGE = dt.timedelta(days=1)
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
    path = _new_path()
    _write(path, content)
    return StoredFile.objects.create(
        kind=kind,
        path=path,
        name=_clean_name(name),
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
    """Store a person's file in quarantine (`pending`) and wake the check.

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
    queue.wake("cityhall.tasks.check_files")
    return stored


def open_stored(stored: StoredFile) -> "File[Any]":
    """The file for reading; the caller closes it."""
    return default_storage.open(stored.path, "rb")


def read_bytes(stored: StoredFile) -> bytes:
    """The whole content."""
    with open_stored(stored) as file:
        return bytes(file.read())


def check_pending_files(limit: int = 20) -> int:
    """Check files in quarantine, oldest first, and record the verdict; the number decided.

    A file whose scanner cannot be reached stays in quarantine for the next round.
    """
    decided = 0
    for stored in StoredFile.objects.filter(state=FileState.PENDING).order_by("id")[:limit]:
        try:
            verdict = scan(read_bytes(stored), stored.content_type)
        except FileNotFoundError:
            verdict = Verdict(FileState.REJECTED, "missing")
        except OSError as error:
            log.error("file check failed", extra={"file": stored.pk, "error": type(error).__name__})  # noqa: TRY400
            continue
        if verdict.state != FileState.CLEAN:
            log.warning("file refused", extra={"file": stored.pk, "reason": verdict.reason})
        decided += StoredFile.objects.filter(pk=stored.pk, state=FileState.PENDING).update(
            state=verdict.state, checked_at=timezone.now()
        )
    return decided


def sweep_files(now: dt.datetime | None = None) -> tuple[int, int]:
    """Delete rows past their `delete_after` (unless something still needs them) and files without a row.

    Returns the numbers of both. The row goes first: a crash in between leaves an orphan for the next sweep.
    """
    moment = now or timezone.now()
    rows = 0
    for stored in StoredFile.objects.filter(delete_after__lte=moment).order_by("id").iterator():
        path = stored.path
        try:
            stored.delete()
        except ProtectedError:
            continue
        default_storage.delete(path)
        rows += 1
    orphans = 0
    for folder_paths in _stored_paths():
        known = set(StoredFile.objects.filter(path__in=folder_paths).values_list("path", flat=True))
        for path in folder_paths:
            if path not in known and default_storage.get_modified_time(path) < moment - _ORPHAN_AGE:
                default_storage.delete(path)
                orphans += 1
    return rows, orphans


def _new_path() -> str:
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
    temporary = target.with_suffix(".part")
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


def _stored_paths() -> Iterator[list[str]]:
    """Paths in storage, folder by folder."""
    for outer in _folders(_FOLDER):
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


def _clean_name(name: str) -> str:
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
    stem = Path(_clean_name(name)).stem or "file"
    return f"{stem[: 255 - len(suffix)]}{suffix}"
