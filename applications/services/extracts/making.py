"""The worker's part: a file is written beside the storage, and taken over in the transaction that ends the claim.

Nothing half-made is ever seen: a worker that is stopped leaves a folder that the next one clears, and begins anew.
"""

import datetime as dt
import logging
import shutil
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.enums import ExtractFormat
from applications.extracts.attachments import FilesFile
from applications.extracts.columns import CaseRow
from applications.extracts.files import Made, TableFile, open_file
from applications.extracts.table import Table
from applications.extracts.writing import Writing
from applications.models import Extract, ExtractedCase
from applications.queries.extracts import (
    CHUNK,
    CaseFiles,
    CaseReader,
    Limits,
    files_of_cases,
    ids_of,
    may_extract,
    selection,
    went_to_nobody,
)
from cityhall.days import local_date
from cityhall.enums import FileKind, FileState
from cityhall.models import StoredFile
from cityhall.services import work
from cityhall.services.files import open_stored
from cityhall.services.made_files import store_made

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=5)
FILES_AT_ONCE = 20
"""Cases whose files are copied between two signs of life."""
_MARKED_AT_ONCE = 1000
_FOLDER_AGE = dt.timedelta(days=1)


class Stopped(Exception):
    """Somebody cancelled the extract, or another worker has it: what was written is of no use."""


@dataclass
class Taken:
    """The cases that were written and the revisions they had, twelve bytes each."""

    cases: "array[int]"
    revisions: "array[int]"

    def add(self, row: CaseRow) -> None:
        self.cases.append(row.sent.case.pk)
        self.revisions.append(row.sent.revision.number)


def make_extract(extract: Extract) -> None:
    """Write the file of an extract that this worker has claimed. Ends the claim itself.

    From the start, whoever began before; the cases are those of this moment. Ends quietly when it was cancelled.
    """
    row = Extract.objects.select_related("profile__procedure", "profile__department", "by").get(pk=extract.pk)
    if not may_extract(row.by, row.profile.procedure):
        work.fail(extract, error="not_your_procedure", retry_in=None)
        return
    folder = _fresh_folder(extract)
    try:
        made, taken, report = _write(extract, row, folder)
        _publish(extract, row, made, taken, report)
    except Stopped:
        log.info("extract stopped", extra=extract.describe())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep_folders(*, now: dt.datetime | None = None) -> int:
    """Remove what killed workers left and nobody began anew; the number of folders."""
    oldest = ((now or timezone.now()) - _FOLDER_AGE).timestamp()
    old = [path for path in _root().glob("*") if path.stat().st_mtime < oldest]
    for path in old:
        shutil.rmtree(path, ignore_errors=True)
    return len(old)


def _write(extract: Extract, row: Extract, folder: Path) -> tuple[Made, Taken, dict[str, int]]:
    writing = Writing.of(row.options["writing"])
    has_files = row.options["format"] == ExtractFormat.FILES
    cases = selection(
        profile=row.profile,
        by=row.by,
        limits=Limits.of(row.options),
        scope=row.scope,
        version=writing.version,
    )
    ids = ids_of(cases)
    _keep(extract, rows_total=len(ids), rows_done=0)
    reader = CaseReader(row.profile.procedure, writing, row.by, needs_names=not has_files)
    taken = Taken(array("q"), array("i"))
    portions = reader.portions(cases, ids, FILES_AT_ONCE if has_files else CHUNK)
    if has_files:
        made = _write_files(extract, FilesFile(folder), portions, taken)
    else:
        forms = [form for _number, form in reader.forms.values()]
        table = Table(names=row.options["columns"], forms=forms, writing=writing)
        encoding = row.options["encoding"]
        file = open_file(kind=row.options["format"], folder=folder, table=table, writing=writing, encoding=encoding)
        made = _write_table(extract, file, table, portions, taken)
    return made, taken, {"protected_hidden": reader.hidden, "protected_shown": reader.shown}


def _write_table(
    extract: Extract, file: TableFile, table: Table, portions: Iterator[list[CaseRow]], taken: Taken
) -> Made:
    try:
        for rows in portions:
            for row in rows:
                for line in table.lines(row):
                    file.write(line, row.sent.case.number or "")
                taken.add(row)
            _keep(extract, rows_done=len(taken.cases))
    except BaseException:
        file.abandon()
        raise
    return file.close()


def _write_files(extract: Extract, file: FilesFile, portions: Iterator[list[CaseRow]], taken: Taken) -> Made:
    try:
        for rows in portions:
            for found in files_of_cases(rows):
                _add_files(file, found)
                taken.add(found.row)
            _keep(extract, rows_done=len(taken.cases))
    except BaseException:
        file.abandon()
        raise
    return file.close()


def _add_files(file: FilesFile, found: CaseFiles) -> None:
    number = found.row.sent.case.number or ""
    protection = _("支援措置の対象者の申請です。") if found.row.sent.is_protected else ""
    for answered, stored in found.files:
        if stored is None or stored.state != FileState.CLEAN:
            file.add(number, answered, stored=stored, content=None, note=protection + _reason(stored))
            continue
        try:
            content = open_stored(stored)
        except FileNotFoundError:
            file.add(number, answered, stored=stored, content=None, note=protection + _("ファイルが見つかりません。"))
            continue
        with content:
            file.add(number, answered, stored=stored, content=content, note=protection)


def _reason(stored: StoredFile | None) -> str:
    if stored is None:
        return _("ファイルは削除されています。")
    if stored.state == FileState.PENDING:
        return _("安全確認がまだ終わっていません。")
    return _("安全確認で受け付けられなかったファイルです。")


def _publish(extract: Extract, row: Extract, made: Made, taken: Taken, report: dict[str, int]) -> None:
    """Hand the file over and mark its cases, all or nothing: the claim is ended first, so that nobody else may."""
    now = timezone.now()
    expires = now + dt.timedelta(hours=settings.EXTRACT_HOURS)
    with transaction.atomic():
        stored = store_made(
            source=made.path,
            name=f"{row.profile.name}_{local_date(row.created_at):%Y%m%d}{made.suffix}",
            content_type=made.content_type,
            kind=FileKind.EXTRACT,
            by=row.by,
            delete_after=expires,
        )
        outcome = {"file": stored, "expires_at": expires, "rows_done": len(taken.cases)}
        if not work.finish(extract, now=now, report=made.report | report, **outcome):
            # its row goes with the transaction; the personal data does not wait for the sweep of files without one
            default_storage.delete(stored.path)
            raise Stopped
        _mark(extract, taken, now)


def _mark(extract: Extract, taken: Taken, now: dt.datetime) -> None:
    """What went out when. What went out before keeps the extract it went out with first, if anybody fetched it."""
    ExtractedCase.objects.filter(went_to_nobody(now), profile=extract.profile_id).delete()
    pairs = zip(taken.cases, taken.revisions, strict=True)
    while portion := list(islice(pairs, _MARKED_AT_ONCE)):
        ExtractedCase.objects.bulk_create(
            [
                ExtractedCase(
                    profile_id=extract.profile_id, application_id=case, revision_number=number, extract=extract
                )
                for case, number in portion
            ],
            ignore_conflicts=True,
        )


def _keep(extract: Extract, **fields: Any) -> None:
    if not work.keep(extract, lease=LEASE, **fields):
        raise Stopped


def _root() -> Path:
    return Path(settings.VAR_DIR) / "extracts"


def _fresh_folder(extract: Extract) -> Path:
    """An empty folder of this claim; what earlier claims left is removed."""
    root = _root()
    for left in root.glob(f"{extract.pk}-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = root / f"{extract.pk}-{extract.claim_id}"
    folder.mkdir(parents=True, mode=0o700)
    return folder
