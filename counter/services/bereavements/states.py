"""The moves of what a family told the corner: one conditional update on (state, revision), with its event."""

import datetime as dt
from typing import Any

from django.db.models import F

from cityhall.errors import StaleState
from cityhall.models import User
from counter.bereavement.enums import BEREAVEMENT_MOVES, BereavementEventKind, BereavementState
from counter.models import Bereavement, BereavementEvent


def touch(
    row: Bereavement,
    *,
    event: BereavementEventKind,
    by: User | None,
    now: dt.datetime,
    detail: str = "",
    **columns: Any,
) -> Bereavement:
    """Change columns with the event, in the caller's transaction. Raises StaleState."""
    to = columns.get("state", row.state)
    if to != row.state and to not in BEREAVEMENT_MOVES[BereavementState(row.state)]:
        raise StaleState
    seen = Bereavement.objects.filter(pk=row.pk, state=row.state, revision=row.revision)
    if seen.update(revision=F("revision") + 1, **columns) != 1:
        raise StaleState
    row.revision += 1
    for name, value in columns.items():
        setattr(row, name, value)
    note(row, event, by=by, now=now, detail=detail)
    return row


def note(row: Bereavement, event: BereavementEventKind, *, by: User | None, now: dt.datetime, detail: str = "") -> None:
    """Write what happened. No personal data in `detail`."""
    BereavementEvent.objects.create(bereavement=row, kind=event, at=now, actor=by, detail=detail[:200])


def locked(row: Bereavement) -> Bereavement:
    """The row as it is, held until the transaction ends: whatever belongs to it is written under this lock."""
    rows = Bereavement.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("corner", "guide", "reservation__place").get(pk=row.pk)
