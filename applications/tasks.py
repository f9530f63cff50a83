"""Background work of this app. Each task looks for what is due itself and may run twice at once."""

import datetime as dt

from applications.services import sweeping
from cityhall import queue

PERIODIC = {
    "applications.tasks.sweep_drafts": dt.timedelta(days=1),
    "applications.tasks.sweep_removed_files": dt.timedelta(days=1),
}

_BATCH = 500


def sweep_drafts() -> None:
    """Delete drafts nobody touches any more; a full batch means there are more."""
    if sweeping.sweep_drafts(limit=_BATCH) == _BATCH:
        queue.wake("applications.tasks.sweep_drafts")


def sweep_removed_files() -> None:
    """Let go of files taken out of drafts; a full batch means there are more."""
    if sweeping.sweep_removed_files(limit=_BATCH) == _BATCH:
        queue.wake("applications.tasks.sweep_removed_files")
