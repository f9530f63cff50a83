"""What is typed on a tablet at the hall: over soon when nobody goes on, good until the end of the day when finished."""

import datetime as dt
from typing import Final

from django.db.models import F
from django.utils import timezone

from cityhall.days import local_date
from cityhall.errors import StaleState
from counter.enums import PrefillState
from counter.models import Prefill
from counter.services.prefills.keeping import end_of

IDLE: Final = dt.timedelta(minutes=20)
"""Without a word from the tablet. Its own clock of 90 seconds runs in the browser; this is for browsers without one."""


def hold(prefill: Prefill, *, language: str, now: dt.datetime | None = None) -> None:
    """Keep what was just typed for as long as somebody goes on, in the caller's transaction.

    The sweep wipes what was left (`services.prefills.expire`), and nothing opens it before.
    """
    moment = now or timezone.now()
    day = local_date(moment)
    # always before the end of its day, which says that it is finished: also in the last minutes before midnight
    before_end = end_of(day, moment) - dt.timedelta.resolution
    _write(prefill, day, min(moment + IDLE, before_end), language)


def finish(prefill: Prefill, *, language: str, now: dt.datetime | None = None) -> None:
    """Keep it for the desk until the end of the day. Twice changes nothing.

    Raises StaleState when it was read at a desk, or wiped, at this moment.
    """
    moment = now or timezone.now()
    day = local_date(moment)
    _write(prefill, day, end_of(day, moment), language)


def is_finished(prefill: Prefill) -> bool:
    """Whether it waits for the desk; what is still being typed ends before its day."""
    return prefill.visit_on is not None and prefill.expires_at >= end_of(prefill.visit_on, prefill.changed_at)


def _write(prefill: Prefill, day: dt.date, expires_at: dt.datetime, language: str) -> None:
    rows = Prefill.objects.filter(pk=prefill.pk, state=PrefillState.OPEN)
    columns = {"visit_on": day, "expires_at": expires_at, "language": language}
    if rows.update(revision=F("revision") + 1, **columns) != 1:
        raise StaleState
    prefill.revision += 1
    for name, value in columns.items():
        setattr(prefill, name, value)
