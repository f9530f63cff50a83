"""A file of the portal: read and kept for a look, then applied by the worker or thrown away."""

import datetime as dt
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from cityhall import queue
from cityhall.db import violated
from cityhall.enums import AuditAction, WorkState
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.services import audit
from cityhall.services.work import retry
from counter.models import MoveInImport, MoveInItem, MoveInSettings
from counter.moving_in.errors import MoveInNotSetUp
from counter.moving_in.reading import read_file
from counter.moving_in.sealing import mark_of_file, seal_notice

TASK: Final = "counter.tasks.apply_move_ins"
SHOWN_PROBLEMS: Final = 20
NOT_YET: Final = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
"""Rows of a file that nobody has looked at are not due; applying makes them so."""
_SAME_REQUEST: Final = "counter_moveinimport_request_key_key"


def settings_of_city() -> MoveInSettings:
    """What the city says of these files; blank where nobody has. One query."""
    return MoveInSettings.objects.select_related("service__group", "place").first() or MoveInSettings(pk=1)


def upload(content: bytes, *, by: User, request_key: str, now: dt.datetime | None = None) -> MoveInImport:
    """Read a file and keep its rows, sealed, until somebody decides. The same key is one import. Audited.

    Nothing is changed by it yet. Raises MoveInFileRefused, MoveInNotSetUp.
    """
    moment = now or timezone.now()
    key = f"{by.pk}:{request_key}"[:80]
    if earlier := MoveInImport.objects.filter(request_key=key).first():
        return earlier
    settings = settings_of_city()
    if not settings.procedures:
        raise MoveInNotSetUp
    read = read_file(content, headings=settings.headings, cancel_words=settings.cancel_words)
    problems = [[one.number, one.message] for one in read.problems]
    columns: dict[str, Any] = {
        "request_key": key,
        "uploaded_by": by,
        "uploaded_at": moment,
        "file_mark": mark_of_file(content),
        "problem_count": len(problems),
        "problems": problems[:SHOWN_PROBLEMS],
    }
    try:
        with transaction.atomic():
            made = MoveInImport.objects.create(**columns)
            MoveInItem.objects.bulk_create(
                MoveInItem(batch=made, number=row, content=seal_notice(notice), due_at=NOT_YET, created_at=moment)
                for row, notice in read.notices
            )
            _record(made, AuditAction.CREATE, by, f"{len(read.notices)} rows")
    except IntegrityError as error:
        # the button was pressed twice: the other was faster
        if violated(error) != _SAME_REQUEST:
            raise
        return MoveInImport.objects.get(request_key=key)
    return made


def apply(batch: MoveInImport, *, by: User, now: dt.datetime | None = None) -> None:
    """Hand the rows to the worker. Twice is once. Raises StaleState for what was thrown away meanwhile. Audited."""
    moment = now or timezone.now()
    with transaction.atomic():
        rows = MoveInImport.objects.filter(pk=batch.pk, applied_at=None, discarded_at=None)
        if rows.update(applied_at=moment):
            MoveInItem.objects.filter(batch=batch, finished_at=None).update(due_at=moment)
            _record(batch, AuditAction.STATE, by, "applied")
            queue.wake(TASK)
    batch.refresh_from_db()
    if batch.applied_at is None:
        raise StaleState


def discard(batch: MoveInImport, *, by: User, now: dt.datetime | None = None) -> None:
    """Throw a file away before anything came of it; its rows go at once. Twice is once. Raises StaleState. Audited."""
    with transaction.atomic():
        rows = MoveInImport.objects.filter(pk=batch.pk, applied_at=None, discarded_at=None)
        if rows.update(discarded_at=now or timezone.now()):
            MoveInItem.objects.filter(batch=batch).delete()
            _record(batch, AuditAction.STATE, by, "discarded")
    batch.refresh_from_db()
    if batch.discarded_at is None:
        raise StaleState


def retry_row(batch: MoveInImport, number: int, *, by: User, now: dt.datetime | None = None) -> None:
    """Try a row again that the worker gave up, or could not take then. Raises StaleState. Audited."""
    row = MoveInItem.objects.filter(batch=batch, number=number).exclude(content="").first()
    if row is None:
        raise StaleState
    with transaction.atomic():
        retry(row, by=by, now=now)
        MoveInItem.objects.filter(pk=row.pk).update(outcome="", reason="")
        queue.wake(TASK)


def throw_away_old(*, before: dt.datetime) -> int:
    """Files that nobody decided on, and rows that were given up long ago: what they say goes. How many files."""
    given_up = Q(state=WorkState.GIVEN_UP, finished_at__lt=before)
    MoveInItem.objects.filter(given_up).exclude(content="").update(content="")
    old = MoveInImport.objects.filter(applied_at=None, discarded_at=None, uploaded_at__lt=before)
    count = 0
    for batch in old:
        with transaction.atomic():
            if MoveInImport.objects.filter(pk=batch.pk, applied_at=None, discarded_at=None).update(
                discarded_at=timezone.now()
            ):
                MoveInItem.objects.filter(batch=batch).delete()
                count += 1
    return count


def _record(batch: MoveInImport, action: AuditAction, by: User, detail: str) -> None:
    audit.record(
        action=action,
        actor=by,
        target_type="counter.moveinimport",
        target_id=batch.public_id,
        detail=detail,
    )
