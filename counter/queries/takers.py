"""Whether anybody fetches what waits in the outbox: the programs of the back office, and since when none has asked."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from cityhall.days import local_date
from cityhall.enums import DeviceKind, Role
from cityhall.models import Device, StaffRole
from counter.models import HandOver

QUIET: Final = dt.timedelta(minutes=15)
"""Programs ask every minute or so; that one asked is noted every few minutes."""
_NAMED: Final = 3


@dataclass(frozen=True)
class Silence:
    """Cases wait, and nothing takes them: the program that should, when it last asked, and who can look after it."""

    minutes: int
    program: str
    asked_at: dt.datetime | None
    is_asking: bool
    administrators: Sequence[str]


def silence(waiting: Sequence[HandOver], now: dt.datetime) -> Silence | None:
    """None while nothing waits for longer than a program may take. Two queries, else none.

    `waiting` has its applications. Where files alone are dropped, nobody says what became of them: nothing is missed.
    """
    late = [row for row in waiting if now - _since(row) >= QUIET]
    if not late:
        return None
    departments = {row.application.department_id for row in late}
    programs = [one for one in _programs() if one.department_id is None or one.department_id in departments]
    if not programs and settings.HANDOVER_DIR:
        return None
    newest = max(programs, key=lambda one: (one.last_seen_at is not None, one.last_seen_at or now), default=None)
    asked_at = newest.last_seen_at if newest else None
    return Silence(
        minutes=int((now - min(_since(row) for row in late)).total_seconds()) // 60,
        program=newest.name if newest else "",
        asked_at=asked_at,
        is_asking=asked_at is not None and now - asked_at < QUIET,
        administrators=_administrators(local_date(now)),
    )


def _since(row: HandOver) -> dt.datetime:
    """Since when it waits: handed over once more, it waits anew."""
    return row.created_at if row.times == 1 else row.due_at


def _programs() -> list[Device]:
    return list(Device.objects.filter(kind=DeviceKind.SYSTEM, revoked_at=None))


def _administrators(on: dt.date) -> list[str]:
    roles = StaffRole.objects.active(on).filter(role=Role.ADMINISTRATOR, user__is_active=True)
    return [str(role.user) for role in roles.select_related("user").order_by("id")[:_NAMED]]
