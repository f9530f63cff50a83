"""Claiming, finishing and repeating items of background work (see models.work).

No function here keeps a lock or a transaction open while the work is done: a claim is a lease.
Everything that ends a claim is conditional on its id, so a worker that lost its lease changes nothing.
"""

import datetime as dt
import logging
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from cityhall import queue
from cityhall.enums import AuditAction, Lane, WorkState
from cityhall.errors import DomainError, StaleState
from cityhall.models import User, Work
from cityhall.services import audit

log = logging.getLogger(__name__)
W = TypeVar("W", bound=Work)

# the reason of a row that was never ended by its workers: each was killed, or took longer than its lease
WORKER_DIED = "worker_died"
DEFAULT_LEASE = dt.timedelta(minutes=2)
# how long work waits for a peer that is down (a mail server over a long weekend), and the longest pause between tries
OUTAGE = dt.timedelta(days=4)
OUTAGE_PAUSE = dt.timedelta(minutes=30)
_CLAIMABLE = (WorkState.QUEUED, WorkState.FAILED, WorkState.RUNNING)
_SURELY_FAILED = (WorkState.FAILED, WorkState.GIVEN_UP)
_REPEATABLE = (*_SURELY_FAILED, WorkState.UNCERTAIN)


def claim_due(
    model: type[W],
    *,
    limit: int = 1,
    lease: dt.timedelta = DEFAULT_LEASE,
    lanes: Sequence[Lane] = (Lane.SINGLE, Lane.BULK),
    now: dt.datetime | None = None,
) -> list[W]:
    """Claim up to `limit` due rows, the first lane before the next; each belongs to the caller until its lease ends.

    Rows whose earlier claim ran out (the worker died) come back with `lost_lease` set: whether they are
    repeated or handed to a person is the task's rule. Short transaction; on PostgreSQL rows that another
    worker is claiming are skipped, on SQLite the conditional update decides.
    """
    moment = now or timezone.now()
    rows: list[W] = []
    with transaction.atomic():
        for lane in lanes:
            if len(rows) < limit:
                rows += _claim_in_lane(model, lane=lane, limit=limit - len(rows), lease=lease, now=moment)
    return rows


def is_due(model: type[W], *, now: dt.datetime | None = None) -> bool:
    """Whether a row waits for a worker, or its worker's lease is over."""
    due = model._default_manager.filter(finished_at__isnull=True, due_at__lte=now or timezone.now())
    return due.filter(lane__in=list(Lane), state__in=_CLAIMABLE).exists()


def _claim_in_lane(model: type[W], *, lane: Lane, limit: int, lease: dt.timedelta, now: dt.datetime) -> list[W]:
    # a running row is due when its lease ends: one index on due_at serves both
    due = model._default_manager.filter(
        finished_at__isnull=True, lane=lane, state__in=_CLAIMABLE, due_at__lte=now
    ).order_by("due_at", "id")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True, of=("self",))
    return [row for row in due[:limit] if _claim(row, until=now + lease)]


def _claim(row: Work, *, until: dt.datetime) -> bool:
    claim_id = uuid.uuid4()
    count = (
        _rows(row)
        .filter(state=row.state, claim_id=row.claim_id, due_at=row.due_at)
        .update(state=WorkState.RUNNING, claim_id=claim_id, lease_until=until, due_at=until, attempts=F("attempts") + 1)
    )
    if count:
        row.lost_lease = row.state == WorkState.RUNNING
        row.state = WorkState.RUNNING
        row.claim_id = claim_id
        row.lease_until = row.due_at = until
        row.attempts += 1
    return bool(count)


def finish(row: Work, *, now: dt.datetime | None = None, **fields: Any) -> bool:
    """Record that the work is done, with further columns if given; False when the lease was lost meanwhile."""
    return _end_claim(row, state=WorkState.DONE, finished_at=now or timezone.now(), last_error="", **fields)


def keep(row: Work, *, lease: dt.timedelta, now: dt.datetime | None = None, **fields: Any) -> bool:
    """Hold on to a claim for another `lease`, writing down how far it came; False when it is the caller's no more.

    For work that takes longer than one lease: to be called well before it ends.
    """
    until = (now or timezone.now()) + lease
    changes = {"lease_until": until, "due_at": until, **fields}
    held = _rows(row).filter(state=WorkState.RUNNING, claim_id=row.claim_id)
    if row.claim_id is None or not held.update(**changes):
        return False
    _copy(row, changes)
    return True


def put_back(row: Work, *, due_at: dt.datetime, **fields: Any) -> bool:
    """End a claim with work left, due again at `due_at` with all attempts; False when the lease was lost meanwhile.

    For work that is done in slices: each slice that got anywhere begins the counting of attempts anew.
    """
    return _end_claim(row, state=WorkState.QUEUED, due_at=due_at, attempts=0, **fields)


def fail(
    row: Work,
    *,
    error: str,
    retry_in: dt.timedelta | None,
    max_attempts: int = 8,
    patience: dt.timedelta | None = None,
    now: dt.datetime | None = None,
) -> bool:
    """Record a failure; try again after `retry_in`, or give up (None, or after `max_attempts`).

    With `patience` the fault is not the row's own (a peer is down, a key is missing): it is not given up before it is
    that old, however often it was tried. `error` is shown to staff and kept: no personal data in it.
    False when the lease was lost meanwhile.
    """
    moment = now or timezone.now()
    is_patient = patience is not None and moment - row.created_at < patience
    if retry_in is None or (row.attempts >= max_attempts and not is_patient):
        return _end_claim(row, state=WorkState.GIVEN_UP, finished_at=moment, last_error=error[:200])
    return _end_claim(row, state=WorkState.FAILED, due_at=moment + retry_in, last_error=error[:200])


def mark_uncertain(row: Work, *, error: str, now: dt.datetime | None = None) -> bool:
    """Record that nobody knows whether the peer took it: a person decides. False when the lease was lost."""
    return _end_claim(row, state=WorkState.UNCERTAIN, finished_at=now or timezone.now(), last_error=error[:200])


def retry(row: Work, *, by: User | None, now: dt.datetime | None = None) -> None:
    """Put a failed, uncertain or given-up row back in the queue, with all its attempts; audited.

    Raises StaleState when it has moved on meanwhile. The caller wakes the task.
    """
    if row.state not in _REPEATABLE:
        raise StaleState
    changes = {"state": WorkState.QUEUED, "attempts": 0, "due_at": now or timezone.now(), "finished_at": None}
    with transaction.atomic():
        if not _rows(row).filter(state=row.state, attempts=row.attempts).update(**changes):
            raise StaleState
        audit.record(
            action=AuditAction.STATE, actor=by, target_type=row._meta.label_lower, target_id=row.pk, detail="retry"
        )
    _copy(row, changes)


def retry_all(rows: QuerySet[W], *, by: User, limit: int, now: dt.datetime | None = None) -> int:
    """Put the oldest failed and given-up rows among these back in the queue; the number of them, audited as one.

    Uncertain ones are left: each may have arrived, which a person decides. The caller wakes the task.
    """
    failed = rows.filter(state__in=_SURELY_FAILED)
    ids = list(failed.order_by("pk").values_list("pk", flat=True)[:limit])
    changes = {"state": WorkState.QUEUED, "attempts": 0, "due_at": now or timezone.now(), "finished_at": None}
    with transaction.atomic():
        # whatever a worker or a colleague took meanwhile is not failed any more
        moved = rows.model._default_manager.filter(pk__in=ids, state__in=_SURELY_FAILED).update(**changes)
        if moved:
            audit.record(
                action=AuditAction.STATE,
                actor=by,
                target_type=rows.model._meta.label_lower,
                object_ids=[str(pk) for pk in ids],
                detail="retry",
            )
    return moved


def settle(row: Work, *, by: User, now: dt.datetime | None = None) -> None:
    """End an uncertain row as done, because a person says that it arrived; audited.

    Raises StaleState when it is not uncertain any more.
    """
    changes = {"state": WorkState.DONE, "finished_at": now or timezone.now()}
    with transaction.atomic():
        if not _rows(row).filter(state=WorkState.UNCERTAIN, attempts=row.attempts).update(**changes):
            raise StaleState
        audit.record(
            action=AuditAction.STATE, actor=by, target_type=row._meta.label_lower, target_id=row.pk, detail="settled"
        )
    _copy(row, changes)


def backoff(
    attempts: int, *, first: dt.timedelta = dt.timedelta(seconds=30), most: dt.timedelta = dt.timedelta(hours=6)
) -> dt.timedelta:
    """How long to wait after the n-th failure: 30 s, 1 min, 2 min … up to six hours."""
    doublings = min(max(attempts - 1, 0), 20)
    return min(first * (1 << doublings), most)


def run_due(
    model: type[W],
    handle: Callable[[W], None],
    *,
    budget_seconds: float = 2.0,
    lease: dt.timedelta = DEFAULT_LEASE,
    max_attempts: int = 8,
    wake: str = "",
    on_given_up: Callable[[W], None] | None = None,
) -> int:
    """Claim and handle due rows one by one until none is left or the budget is used; the number handled.

    `handle` may end the claim itself (finish with columns, fail, mark_uncertain); otherwise the row is
    finished when it returns. An exception becomes a failure with back-off; only its class name is kept
    and logged, because its text may carry personal data. A row whose worker died `max_attempts` times is
    given up without being handled again: it may be what kills the worker. `wake` names the task to call again when the
    budget ran out before the work did. `on_given_up` writes what follows from giving up here, in the same transaction;
    what `handle` gives up itself is its own affair.
    """
    deadline = time.monotonic() + budget_seconds
    count = 0
    while claimed := claim_due(model, lease=lease):
        _handle(claimed[0], handle, max_attempts, on_given_up)
        count += 1
        if time.monotonic() >= deadline:
            if wake:
                queue.wake(wake)
            break
    return count


def _handle(row: W, handle: Callable[[W], None], max_attempts: int, on_given_up: Callable[[W], None] | None) -> None:
    if row.lost_lease and row.attempts > max_attempts:
        log.error("work given up", extra={**row.describe(), "error": WORKER_DIED})
        _fail(row, WORKER_DIED, None, max_attempts, on_given_up)
        return
    try:
        handle(row)
    except Exception as error:  # noqa: BLE001 - one bad row must not stop the others
        name = error.code if isinstance(error, DomainError) else type(error).__name__
        log.error("work failed", extra={**row.describe(), "error": name})  # noqa: TRY400 - no text of the exception
        _fail(row, name, backoff(row.attempts), max_attempts, on_given_up)
    else:
        if row.claim_id is not None:
            finish(row)


def _fail(
    row: W,
    error: str,
    retry_in: dt.timedelta | None,
    max_attempts: int,
    on_given_up: Callable[[W], None] | None,
) -> None:
    with transaction.atomic():
        is_ours = fail(row, error=error, retry_in=retry_in, max_attempts=max_attempts)
        if is_ours and row.state == WorkState.GIVEN_UP and on_given_up is not None:
            on_given_up(row)


def _end_claim(row: Work, **changes: Any) -> bool:
    changes |= {"claim_id": None, "lease_until": None}
    held = _rows(row).filter(state=WorkState.RUNNING, claim_id=row.claim_id)
    if row.claim_id is None or not held.update(**changes):
        return False
    _copy(row, changes)
    return True


def _rows(row: Work) -> Any:
    return type(row)._default_manager.filter(pk=row.pk)


def _copy(row: Work, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
