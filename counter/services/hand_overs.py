"""Handing cases over to the back office: put into the outbox, dropped as files, taken, given back."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from cityhall import queue
from cityhall.enums import AuditAction, WorkState
from cityhall.errors import DomainError, StaleState
from cityhall.models import Device, User
from cityhall.services import audit
from cityhall.services.work import OUTAGE, backoff, fail
from counter.enums import HAND_OVER_MOVES, HandOverEventKind, HandOverKind, HandOverOutcome
from counter.handing import csv_of, drop, json_of, name_of
from counter.models import HandOver, HandOverEvent
from counter.queries.hand_overs import document, with_content

TASK: Final = "counter.tasks.drop_hand_overs"
_OUT: Final = (
    HandOverEventKind.READ,
    HandOverEventKind.FILE_WRITTEN,
    HandOverEventKind.TAKEN,
    HandOverEventKind.RETURNED,
)
"""Events after which a program may know a case."""
_LONGEST_REASON: Final = 400
_LONGEST_REFERENCE: Final = 60


class NoReason(DomainError):
    """A program gives a case back without a word."""

    code = "no_reason"
    message = _("戻す理由を入力してください。")


def hand_over(applications: Iterable[Application], *, by: User | None, now: dt.datetime) -> list[HandOver]:
    """Put cases into the outbox, in the transaction that receives them; each case is in it once. Wakes the worker."""
    return _put([application.pk for application in applications], HandOverKind.CASE, by=by, now=now)


def call_back(application: Application, *, by: User | None, now: dt.datetime) -> HandOver | None:
    """A case is cancelled or withdrawn: who has not fetched it does not get it any more, who may have it is told.

    The row that tells it, in the outbox as its case was, or None where nobody can have the case. Twice is once.
    In the caller's transaction; locks the row of the case. Audited; wakes the worker.
    """
    cases = HandOver.objects.select_for_update(no_key=True).filter(application=application, kind=HandOverKind.CASE)
    case = cases.first()
    if case is None:
        return None
    is_out = _is_out(case)
    if case.outcome in (HandOverOutcome.OPEN, HandOverOutcome.RETURNED):
        settle(case, by=by, now=now)
    if is_out:
        _put([application.pk], HandOverKind.CANCEL, by=by, now=now)
    return HandOver.objects.filter(application=application, kind=HandOverKind.CANCEL).first()


def _is_out(case: HandOver) -> bool:
    """Whether a program ever had a case, whatever became of it since: read, taken, given back, a file, half a file."""
    if settings.HANDOVER_DIR and case.state != WorkState.QUEUED:
        return True
    return HandOverEvent.objects.filter(hand_over=case, kind__in=_OUT).exists()


def note_read(rows: Collection[HandOver], *, system: Device, now: dt.datetime | None = None) -> set[int]:
    """A program is about to be shown these: the ids of those that are still open, each noted once as read.

    Under a lock of the rows, in the order of their ids: what is cancelled at the same moment is either not shown, or
    known to be out (`call_back`).
    """
    moment, read = now or timezone.now(), HandOverEventKind.READ
    with transaction.atomic():
        wanted = HandOver.objects.filter(pk__in=[row.pk for row in rows], outcome=HandOverOutcome.OPEN)
        found = set(wanted.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
        known = HandOverEvent.objects.filter(hand_over__in=found, kind=read).values_list("hand_over", flat=True)
        HandOverEvent.objects.bulk_create(
            HandOverEvent(hand_over_id=pk, kind=read, at=moment, system=system) for pk in sorted(found - set(known))
        )
    return found


def _put(ids: Collection[int], kind: HandOverKind, *, by: User | None, now: dt.datetime) -> list[HandOver]:
    """Rows of the outbox, one of each kind for a case."""
    known = set(HandOver.objects.filter(application__in=ids, kind=kind).values_list("application_id", flat=True))
    rows = HandOver.objects.bulk_create(
        HandOver(application_id=pk, kind=kind, created_at=now, due_at=now) for pk in ids if pk not in known
    )
    HandOverEvent.objects.bulk_create(
        HandOverEvent(hand_over=row, kind=HandOverEventKind.QUEUED, at=now, actor=by) for row in rows
    )
    if rows:
        queue.wake(TASK)
    return rows


def write_files(row: HandOver) -> None:
    """Drop a case as JSON and CSV into `HANDOVER_DIR`; without one the API alone hands over.

    For `run_due`: the files of one turn have one name, so that twice is once. A folder that is gone is waited for.
    """
    if not settings.HANDOVER_DIR or row.outcome != HandOverOutcome.OPEN:
        return
    folder = Path(settings.HANDOVER_DIR)
    content = document(with_content(HandOver.objects.filter(pk=row.pk)).get())
    name = name_of(content)
    try:
        drop(folder, f"{name}.csv", csv_of(content))
        # last: a program that waits for the JSON finds the table beside it
        drop(folder, f"{name}.json", json_of(content))
    except OSError as error:
        fail(row, error=type(error).__name__, retry_in=backoff(row.attempts), patience=OUTAGE)
        return
    HandOverEvent.objects.create(hand_over=row, kind=HandOverEventKind.FILE_WRITTEN, detail=name)


def take(row: HandOver, *, system: Device, reference: str = "", now: dt.datetime | None = None) -> HandOver:
    """A program has the case, under its own number if it says so. Said twice by the same program is said once.

    Raises StaleState when the case came back or was settled meanwhile, or another program took it.
    """
    if row.outcome == HandOverOutcome.TAKEN and row.system_id == system.pk:
        return row
    columns = {"system": system, "reference": reference.strip()[:_LONGEST_REFERENCE], "reason": ""}
    return _move(row, HandOverOutcome.TAKEN, HandOverEventKind.TAKEN, changes=columns, system=system, now=now)


def give_back(row: HandOver, *, system: Device, reason: str, now: dt.datetime | None = None) -> HandOver:
    """A program cannot work with the case: the desk sees it, with the reason. Said twice is said once.

    Raises NoReason, StaleState.
    """
    words = " ".join(reason.split())[:_LONGEST_REASON]
    if not words:
        raise NoReason
    if row.outcome == HandOverOutcome.RETURNED and row.system_id == system.pk:
        return row
    columns = {"system": system, "reason": words}
    return _move(row, HandOverOutcome.RETURNED, HandOverEventKind.RETURNED, changes=columns, system=system, now=now)


def put_again(row: HandOver, *, by: User, now: dt.datetime | None = None) -> HandOver:
    """Hand a case that came back over once more, as it stands now; not one that is cancelled.

    Raises StaleState. Audited; wakes the worker.
    """
    moment = now or timezone.now()
    is_case = row.kind == HandOverKind.CASE
    if is_case and HandOver.objects.filter(application=row.application_id, kind=HandOverKind.CANCEL).exists():
        raise StaleState
    columns: dict[str, Any] = {
        "times": row.times + 1,
        "outcome_at": None,
        "system": None,
        "reason": "",
        "reference": "",
        "state": WorkState.QUEUED,
        "attempts": 0,
        "due_at": moment,
        "finished_at": None,
        "claim_id": None,
        "lease_until": None,
    }
    moved = _move(row, HandOverOutcome.OPEN, HandOverEventKind.PUT_AGAIN, changes=columns, by=by, now=moment)
    queue.wake(TASK)
    return moved


def settle(row: HandOver, *, by: User | None, now: dt.datetime | None = None) -> HandOver:
    """Somebody typed the case into the core system by hand, or it is cancelled: it is over.

    Raises StaleState. Audited.
    """
    return _move(row, HandOverOutcome.SETTLED, HandOverEventKind.SETTLED, by=by, now=now)


def _move(
    row: HandOver,
    to: HandOverOutcome,
    event: HandOverEventKind,
    *,
    system: Device | None = None,
    by: User | None = None,
    now: dt.datetime | None = None,
    changes: Mapping[str, Any] = MappingProxyType({}),
) -> HandOver:
    """The only writer of `outcome`: conditional on what the caller saw, with its event. Raises StaleState."""
    moment = now or timezone.now()
    if to not in HAND_OVER_MOVES[HandOverOutcome(row.outcome)]:
        raise StaleState
    columns = {"outcome": to, "outcome_at": moment, **changes}
    with transaction.atomic():
        seen = HandOver.objects.filter(pk=row.pk, outcome=row.outcome, times=row.times)
        if not seen.update(**columns):
            raise StaleState
        HandOverEvent.objects.create(hand_over=row, kind=event, at=moment, actor=by, system=system)
        if by is not None:
            audit.record(
                action=AuditAction.STATE,
                actor=by,
                target_type="hand_over",
                target_id=row.public_id,
                detail=event,
            )
    for name, value in columns.items():
        setattr(row, name, value)
    return row
