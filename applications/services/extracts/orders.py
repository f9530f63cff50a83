"""Asking for an extract, looking before, stopping it, and writing down who fetched it."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.extracts.columns import Heading
from applications.extracts.table import Table
from applications.extracts.texts import as_text, in_words
from applications.extracts.writing import Writing
from applications.models import Extract, ExtractProfile
from applications.queries.extracts import CaseReader, Limits, may_extract, selection
from applications.services.extracts.profiles import NotYourProcedure
from cityhall import queue
from cityhall.db import violated
from cityhall.enums import AuditAction, Lane, WorkState
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.services import audit

TASK = "applications.tasks.make_extracts"
PREVIEWED = 10
_OPEN = (WorkState.QUEUED, WorkState.RUNNING, WorkState.FAILED)


class ExtractRunning(DomainError):
    """One at a time: two at once would both take what is new."""

    code = "extract_running"
    message = _("この抽出は、いま作成中です。終わるまで待つか、中止してからやり直してください。")


class NothingToExtract(DomainError):
    """A file of no columns."""

    code = "nothing_to_extract"
    message = _("列が一つも選ばれていません。列を選んでから作成してください。")


@dataclass(frozen=True)
class Preview:
    """The first lines of each table as texts, and how many cases there are."""

    total: int
    titles: list[str]
    headings: list[tuple[Heading, ...]]
    lines: list[list[list[str]]]
    hidden_addresses: int


def order(*, profile: ExtractProfile, limits: Limits, scope: str, request_key: str, by: User) -> Extract:
    """Have the worker make a file. The same button pressed twice is one order. Locks the profile's row; audited.

    Raises NotYourProcedure, NothingToExtract, ExtractRunning.
    """
    if not may_extract(by, profile.procedure):
        raise NotYourProcedure
    if not (profile.columns or profile.has_files):
        raise NothingToExtract
    try:
        with transaction.atomic():
            # held until the commit: of two people who press at once, one waits and finds the other's
            ExtractProfile.objects.select_for_update().get(pk=profile.pk)
            known = profile.extracts.filter(request_key=request_key).first()
            return known or _create(profile, limits, scope, request_key, by)
    except IntegrityError as error:
        if violated(error) != "applications_extract_request_key_key":
            raise
        return profile.extracts.get(request_key=request_key)


def _create(profile: ExtractProfile, limits: Limits, scope: str, request_key: str, by: User) -> Extract:
    if profile.extracts.filter(state__in=_OPEN).exists():
        raise ExtractRunning
    extract = Extract.objects.create(
        profile=profile,
        scope=scope,
        lane=Lane.BULK,
        options={
            "columns": profile.columns,
            "format": profile.format,
            "encoding": profile.encoding,
            "writing": profile.writing,
            **limits.stored(),
        },
        by=by,
        request_key=request_key,
    )
    _note(extract, AuditAction.EXPORT, by, detail=f"{profile.format} {scope}")
    queue.wake(TASK)
    return extract


def cancel(*, extract: Extract, by: User) -> None:
    """Stop an extract that waits or is being made; the worker lets go of it. Audited.

    Raises NotYourProcedure, StaleState when it is over.
    """
    if not may_extract(by, extract.profile.procedure):
        raise NotYourProcedure
    now = timezone.now()
    with transaction.atomic():
        stopped = Extract.objects.filter(pk=extract.pk, state__in=_OPEN).update(
            state=WorkState.DONE, cancelled_at=now, finished_at=now, claim_id=None, lease_until=None
        )
        if not stopped:
            raise StaleState
        _note(extract, AuditAction.STATE, by, detail="cancel")


def preview(*, profile: ExtractProfile, limits: Limits, scope: str, by: User) -> Preview:
    """What the first cases would look like. Audited with the cases it shows. Raises NotYourProcedure."""
    if not may_extract(by, profile.procedure):
        raise NotYourProcedure
    writing = Writing.of(profile.writing)
    cases = selection(profile=profile, by=by, limits=limits, scope=scope, version=writing.version)
    reader = CaseReader(profile.procedure, writing, by)
    table = Table(names=profile.columns, forms=[form for _n, form in reader.forms.values()], writing=writing)
    ids = list(cases.order_by("pk").values_list("pk", flat=True)[:PREVIEWED])
    rows = reader.read(cases, ids)
    lines: list[list[list[str]]] = [[] for _title in table.titles]
    for row in rows:
        for place, cells in table.lines(row):
            if len(lines[place]) < PREVIEWED:
                lines[place].append([as_text(in_words(cell, writing.dates)) for cell in cells])
    audit.record(
        action=AuditAction.LIST,
        actor=by,
        target_type="application",
        object_ids=[row.sent.case.public_id for row in rows],
        detail=f"extract preview {profile.public_id}",
        department_code=profile.department.code,
    )
    return Preview(cases.count(), table.titles, table.headings, lines, reader.hidden)


def note_download(extract: Extract, *, by: User) -> None:
    """Write down who fetched the file, and how many cases are in it; nobody's data. Its cases stay taken now."""
    with transaction.atomic():
        Extract.objects.filter(pk=extract.pk, fetched_at=None).update(fetched_at=timezone.now())
        _note(extract, AuditAction.DOWNLOAD, by, detail=f"cases {extract.rows_done}")


def _note(extract: Extract, action: AuditAction, by: User, *, detail: str) -> None:
    audit.record(
        action=action,
        actor=by,
        target_type="applications.extract",
        target_id=extract.public_id,
        target_label=extract.profile.name,
        detail=detail,
        department_code=extract.profile.department.code,
    )
