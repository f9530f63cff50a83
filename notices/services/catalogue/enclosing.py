"""Files that lie beside a file of the catalogue and go with every notice of its text."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from cityhall.enums import FileKind
from cityhall.models import StoredFile
from cityhall.services.files import store_bytes
from notices.models import NoticeTypeVersion, VersionFile

PDF = "application/pdf"


def files_differ(newest: NoticeTypeVersion | None, paths: Sequence[Path]) -> bool:
    """Whether the newest text goes out with other files than these, told by their contents and names."""
    return [(one.name, one.sha256) for one in _files_of(newest)] != [(path.name, _sha256(path)) for path in paths]


def enclose(version: NoticeTypeVersion, paths: Sequence[Path], *, before: NoticeTypeVersion | None) -> None:
    """Put the files into a version. What the version before it had is taken from there, and is stored once.

    They come with the product and are not checked as uploads are.
    """
    known = {(one.name, one.sha256): one for one in _files_of(before)}
    files = [known.get((path.name, _sha256(path))) or _stored(path) for path in paths]
    VersionFile.objects.bulk_create(
        VersionFile(version=version, file=file, position=position) for position, file in enumerate(files, start=1)
    )


def _files_of(version: NoticeTypeVersion | None) -> list[StoredFile]:
    if version is None:
        return []
    return [one.file for one in version.files.select_related("file").order_by("position", "pk")]


def _stored(path: Path) -> StoredFile:
    return store_bytes(content=path.read_bytes(), name=path.name, content_type=PDF, kind=FileKind.ENCLOSURE)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
