"""Files that the worker made on disk and that are too big to be held in memory, on their way to the storage."""

import datetime as dt
import hashlib
import os
import shutil
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils import timezone

from cityhall.enums import FileKind, FileState
from cityhall.models import StoredFile, User
from cityhall.services.files import clean_name, new_path


def store_made(
    *,
    source: Path,
    name: str,
    content_type: str,
    kind: FileKind,
    by: User | None,
    delete_after: dt.datetime | None = None,
) -> StoredFile:
    """Take over a finished file, synced, then write its row. The source is gone afterwards.

    A file whose row is rolled back is swept like every other without a row.
    """
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = os.fstat(file.fileno()).st_size
    path = new_path()
    _move(source, path)
    return StoredFile.objects.create(
        kind=kind,
        path=path,
        name=clean_name(name),
        content_type=content_type,
        size=size,
        sha256=digest,
        state=FileState.CLEAN,
        checked_at=timezone.now(),
        uploaded_by=by,
        delete_after=delete_after,
    )


def _move(source: Path, path: str) -> None:
    """Into the folder of stored files: under another name first, synced, renamed. Elsewhere the storage's own way."""
    try:
        target = Path(default_storage.path(path))
    except NotImplementedError:
        with source.open("rb") as file:
            default_storage.save(path, File(file))
        source.unlink()
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"{target.name}.part")
    shutil.move(source, temporary)
    _sync(temporary)
    temporary.rename(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
