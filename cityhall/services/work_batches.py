"""Work of very many rows in batches: what every row costs alike (claim, queries, commit) is paid once for some twenty.

Lane single waits for no more than the batch under way. A row that was tried before is handled alone: it may be what
kills the worker, or what makes the others fail.
"""

import datetime as dt
import logging
import time
import uuid
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from cityhall import queue
from cityhall.enums import Lane, WorkState
from cityhall.errors import DomainError
from cityhall.models import Work
from cityhall.services.work import DEFAULT_LEASE, run_due

log = logging.getLogger(__name__)
W = TypeVar("W", bound=Work)
_DUE = (WorkState.QUEUED, WorkState.FAILED, WorkState.RUNNING)


def run_batches(
    model: type[W],
    handle: Callable[[W], None],
    handle_batch: Callable[[Sequence[W]], None],
    *,
    limit: int,
    budget_seconds: float = 2.0,
    wake: str = "",
) -> int:
    """Handle due rows until none is left or the budget is used, fresh ones of lane bulk in batches; the number handled.

    `handle` is that of `run_due`. `handle_batch` ends the claim of every row (`finish_all`, `give_back`, or one by
    one); an exception from it puts the rows that are still claimed to `handle`, each alone. It must come back soon:
    a single row may be waiting.
    """
    deadline = time.monotonic() + budget_seconds
    count = 0
    while True:
        if batch := claim_batch(model, limit=limit):
            _try(batch, handle_batch)
            count += len(batch)
        elif run_due(model, handle, budget_seconds=0):
            count += 1
        else:
            break
        if time.monotonic() >= deadline:
            if wake:
                queue.wake(wake)
            break
    return count


def claim_batch(
    model: type[W], *, limit: int, lease: dt.timedelta = DEFAULT_LEASE, now: dt.datetime | None = None
) -> list[W]:
    """Claim the next rows of lane bulk that nobody has tried yet, all under one claim id; [] or at least two.

    Nothing while work of lane single is due, or while the next row was tried before. Short transaction; rows that
    another worker is claiming are skipped on PostgreSQL, on SQLite one transaction comes after the other.
    """
    moment = now or timezone.now()
    due = model._default_manager.filter(finished_at__isnull=True, state__in=_DUE, due_at__lte=moment)
    with transaction.atomic():
        if due.filter(lane=Lane.SINGLE).exists():
            return []
        bulk = due.filter(lane=Lane.BULK).order_by("due_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            bulk = bulk.select_for_update(skip_locked=True, of=("self",))
        fresh = list(takewhile(lambda row: row.state == WorkState.QUEUED, bulk[:limit]))
        if len(fresh) < 2:
            return []
        until = moment + lease
        taken = {"state": WorkState.RUNNING, "claim_id": uuid.uuid4(), "lease_until": until, "due_at": until}
        rows = model._default_manager.filter(pk__in=[row.pk for row in fresh], state=WorkState.QUEUED)
        rows.update(**taken, attempts=F("attempts") + 1)
    for row in fresh:
        _copy(row, {**taken, "attempts": row.attempts + 1})
    return fresh


def still_held(rows: Sequence[Work]) -> set[int]:
    """Ids of those whose claim is still the caller's; locked until the transaction ends."""
    held = _held(rows).select_for_update().order_by("pk")
    return set(held.values_list("pk", flat=True))


def finish_all(rows: Sequence[Work], *, now: dt.datetime) -> None:
    """Record that the work on those still held is done."""
    _end(rows, state=WorkState.DONE, finished_at=now, last_error="")


def give_back(rows: Sequence[Work], *, now: dt.datetime) -> None:
    """Let go of rows that were not begun, as if they had never been claimed."""
    _end(rows, state=WorkState.QUEUED, attempts=0, due_at=now)


def _try(batch: Sequence[W], handle_batch: Callable[[Sequence[W]], None]) -> None:
    try:
        handle_batch(batch)
    except Exception as error:  # noqa: BLE001 - one bad row must not stop the others
        name = error.code if isinstance(error, DomainError) else type(error).__name__
        # no text of the exception: it may carry personal data
        log.error("batch failed", extra={"work": batch[0]._meta.label, "rows": len(batch), "error": name})  # noqa: TRY400
        left = [row for row in batch if row.claim_id is not None]
        _end(left, state=WorkState.FAILED, due_at=timezone.now(), last_error=name[:200])


def _held(rows: Sequence[Work]) -> Any:
    claims = {row.claim_id for row in rows if row.claim_id is not None}
    return type(rows[0])._default_manager.filter(
        pk__in=[row.pk for row in rows], state=WorkState.RUNNING, claim_id__in=claims
    )


def _end(rows: Sequence[Work], **changes: Any) -> None:
    if not rows:
        return
    changes |= {"claim_id": None, "lease_until": None}
    _held(rows).update(**changes)
    for row in rows:
        _copy(row, changes)


def _copy(row: Work, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
