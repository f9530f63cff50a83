"""A file of the register is the whole city: it goes when its time is over, the record of the import stays."""

import datetime as dt
from typing import Final

from django.utils import timezone

from cityhall import queue
from residents.enums import RegisterImportState
from residents.models import RegisterImport

_RUNNING: Final = (RegisterImportState.CHECKING, RegisterImportState.APPLYING)


def release_files(now: dt.datetime | None = None) -> int:
    """Let go of files past their `delete_after`, so that the sweep may delete them; the number let go.

    An import that runs keeps its file until it is done. One that was checked and never applied asks for
    the file again.
    """
    moment = now or timezone.now()
    idle = RegisterImport.objects.exclude(state__in=_RUNNING)
    due = list(idle.filter(file__delete_after__lte=moment).values_list("pk", flat=True))
    # asked again: an import may have begun in between
    count = idle.filter(pk__in=due).update(file=None)
    if count:
        queue.wake("cityhall.tasks.sweep_files")
    return count
