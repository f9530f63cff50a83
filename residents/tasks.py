"""Background work of this app."""

import datetime as dt
import logging
from typing import Final

from cityhall import queue
from residents.models import RegisterImport
from residents.services.register import release_files, run_slice, unfinished_imports

log = logging.getLogger(__name__)

PERIODIC: Final = {
    "residents.tasks.sweep_imports": dt.timedelta(minutes=1),
    "residents.tasks.release_import_files": dt.timedelta(days=1),
}
_CONTINUE: Final = "residents.tasks.continue_import"


def continue_import(import_id: int) -> None:
    """One slice of a register import; asks for the next one when there is more.

    A slice is longer than other tasks (10 s), because the file is read again up to where it stopped.
    """
    run = RegisterImport.objects.filter(pk=import_id).first()
    if run is None:
        log.info("register import is gone", extra={"import": import_id})
        return
    if run_slice(run=run):
        queue.enqueue(_CONTINUE, import_id=import_id)


def sweep_imports() -> None:
    """Go on with imports whose worker was killed."""
    for import_id in unfinished_imports():
        queue.enqueue(_CONTINUE, import_id=import_id)


def release_import_files() -> None:
    """Let files of the register be deleted when their time is over."""
    release_files()
