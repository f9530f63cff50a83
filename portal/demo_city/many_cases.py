"""Any number of applications, written directly: the ballast of measurements, without history or notices."""

import datetime as dt
import random
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from applications.enums import ApplicationState as State
from applications.enums import Channel, DecisionKind
from applications.models import Application, Procedure
from cityhall.ids import public_id
from cityhall.models import User
from cityhall.references import check_digit
from residents.bulk import insert_rows
from residents.models import Resident

_BATCH: Final = 20_000
_PREFIX: Final = "figures-"
# in a city most cases are done: one in sixteen waits for somebody
_STATES: Final = (State.COMPLETED, State.SUBMITTED, State.IN_REVIEW, State.RETURNED, State.APPROVING)
_WEIGHTS: Final = (94, 2, 3, 0.5, 0.5)
# prime to 9·10^9: counting in such steps meets every ten-digit number once
_STEP: Final = 6_180_339_887


def load_applications(*, number: int, seed: int) -> int:
    """Make the city hold `number` of these applications; those there stay. Returns how many are new."""
    there = Application.objects.filter(request_key__startswith=_PREFIX).count()
    if there >= number:
        return 0
    rows = _rows(there, number, random.Random(seed + there))  # noqa: S311 - figures, not secrets
    while batch := list(islice(rows, _BATCH)):
        with transaction.atomic():
            insert_rows(Application, batch)
    return number - there


def _rows(first: int, end: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    clerk = User.objects.get(email="clerk@city.example.jp")
    procedures = list(
        Procedure.objects.published()
        .filter(current_version__isnull=False)
        .values_list("pk", "current_version_id", "department_id")
    )
    people = list(
        Resident.objects.living_here()
        .order_by("pk")
        .values_list("pk", "full_name", "full_kana", "search_name", "search_kana")[:5000]
    )
    now = timezone.now()
    for place in range(first, end):
        procedure, version, department = chance.choice(procedures)
        person, name, kana, search, search_kana = chance.choice(people)
        state = chance.choices(_STATES, _WEIGHTS)[0]
        days = chance.randint(0, 30) if state != State.COMPLETED else chance.randint(30, 1800)
        submitted = now - dt.timedelta(days=days, seconds=chance.randint(0, 86_000))
        digits = str(10**9 + place * _STEP % (9 * 10**9))
        yield {
            "public_id": public_id(),
            "number": digits + check_digit(digits),
            "procedure_id": procedure,
            "form_version_id": version,
            "department_id": department,
            "resident_id": person,
            "filed_by_id": clerk.pk,
            "channel": Channel.COUNTER,
            "state": state,
            "revision": 1,
            "request_key": f"{_PREFIX}{place}",
            "applicant_name": name,
            "applicant_kana": kana,
            "applicant_search": search,
            "applicant_search_kana": search_kana,
            "created_at": submitted,
            "submitted_at": submitted,
            "due_on": (submitted + dt.timedelta(days=28)).date(),
            "decision": DecisionKind.APPROVE if state == State.COMPLETED else "",
            "decided_at": submitted + dt.timedelta(days=14) if state == State.COMPLETED else None,
        }
