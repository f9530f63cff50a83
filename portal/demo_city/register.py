"""Writes the people of the city the way the register import would, only without a file."""

from collections.abc import Callable
from itertools import islice
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from portal.demo_city.people import DATA_DAY, people
from residents.enums import ExternalIdKind, RegisterImportKind, RegisterImportState
from residents.models import ExternalId, RegisterImport
from residents.services.register.batches import Outcome, write

_BATCH: Final = 5000


def load_people(*, number: int, seed: int, tell: Callable[[int], None] = lambda _count: None) -> int:
    """Make the city hold `number` people; those there stay. Returns how many are new. Memory stays flat."""
    newest = ExternalId.objects.filter(kind=ExternalIdKind.RESIDENT_NUMBER).aggregate(number=Max("value"))["number"]
    there = int(newest) if newest else 0
    if there >= number:
        return 0
    run = _run()
    everybody = islice(people(seed), there, number)
    while batch := list(islice(everybody, _BATCH)):
        with transaction.atomic():
            write(Outcome(new=batch), run, now=timezone.now())
        tell(batch[-1].row)
    RegisterImport.objects.filter(pk=run.pk).update(rows=number, created=number)
    return number - there


def _run() -> RegisterImport:
    """The import the people come from: pages show the day of its data, and a later full file can follow it."""
    run = RegisterImport.objects.filter(as_of=DATA_DAY, file=None, encoding="demo").first()
    return run or RegisterImport.objects.create(
        kind=RegisterImportKind.FULL,
        state=RegisterImportState.APPLIED,
        encoding="demo",
        as_of=DATA_DAY,
        applied_at=timezone.now(),
    )
