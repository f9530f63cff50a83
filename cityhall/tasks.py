"""Background work of the base."""

import datetime as dt

from cityhall import cache, queue
from cityhall.services import audit, files

PERIODIC = {
    "cityhall.tasks.seal_audit": dt.timedelta(minutes=1),
    "cityhall.tasks.check_files": dt.timedelta(seconds=30),
    "cityhall.tasks.sweep_files": dt.timedelta(hours=1),
    "cityhall.tasks.forget_expired_cache": dt.timedelta(minutes=10),
}

_SEAL_BATCH = 5000
_CHECK_BATCH = 20
_CHECK_SECONDS = 20.0


def seal_audit() -> None:
    """Seal what was written since the last round; a full batch means there is more."""
    if audit.seal_events(limit=_SEAL_BATCH) == _SEAL_BATCH:
        queue.wake("cityhall.tasks.seal_audit")


def check_files() -> None:
    """Decide on files in quarantine; wakes itself while it gets on and more wait."""
    decided = files.check_pending_files(limit=_CHECK_BATCH, budget_seconds=_CHECK_SECONDS)
    if decided and files.is_check_due():
        queue.wake("cityhall.tasks.check_files")


def sweep_files() -> None:
    """Delete what is past its time, and files without a row in the folders of this hour."""
    files.sweep_files()


def forget_expired_cache() -> None:
    """Delete what the shared cache keeps past its time."""
    cache.delete_expired()
