"""A desk receives for whole departments: one right for each of them, given at once."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from cityhall.days import today
from cityhall.enums import AuditAction, GrantedRightKind
from cityhall.models import Department, GrantedRight, User
from cityhall.services import audit


@dataclass(frozen=True)
class Granted:
    """What giving the rights has done: new ones, those whose period changed, those that were so already."""

    created: int = 0
    changed: int = 0
    kept: int = 0


def grant_reception(
    *,
    to_department: Department,
    from_departments: Sequence[Department],
    active_from: dt.date,
    active_until: dt.date | None = None,
    by: User,
) -> Granted:
    """Let one department receive whatever the public files with the others, what they will offer later as well.

    A right given before gets this period; one that is in force is never interrupted by a later start. The receiving
    department itself is passed over. Given twice is given once.
    Locks the receiving department. Audited, each right.
    """
    done = {"created": 0, "changed": 0, "kept": 0}
    period = {"active_from": active_from, "active_until": active_until}
    with transaction.atomic():
        Department.objects.select_for_update(no_key=True).get(pk=to_department.pk)
        for giver in from_departments:
            if giver.pk != to_department.pk:
                done[_grant(giver, to_department, period, by)] += 1
    return Granted(**done)


def _grant(giver: Department, receiver: Department, period: dict[str, dt.date | None], by: User) -> str:
    right, is_new = GrantedRight.objects.get_or_create(
        from_department=giver,
        to_department=receiver,
        kind=GrantedRightKind.RECEPTION,
        procedure_key="",
        defaults=period,
    )
    if is_new:
        _record(AuditAction.CREATE, right, [], by)
        return "created"
    wanted = _uninterrupted(right, period)
    changed = [name for name, day in wanted.items() if getattr(right, name) != day]
    if not changed:
        return "kept"
    for name in changed:
        setattr(right, name, wanted[name])
    right.save(update_fields=changed)
    _record(AuditAction.CHANGE, right, changed, by)
    return "changed"


def _uninterrupted(right: GrantedRight, period: dict[str, dt.date | None]) -> dict[str, dt.date | None]:
    """The period, from the old start where the right is in force: a later one would take it away today."""
    begins, on = period["active_from"], today()
    is_in_force = right.active_from <= on and (right.active_until is None or right.active_until >= on)
    if is_in_force and begins is not None and begins > right.active_from:
        return period | {"active_from": right.active_from}
    return period


def _record(action: AuditAction, right: GrantedRight, changed: list[str], by: User) -> None:
    audit.record(
        action=action,
        actor=by,
        target_type=right._meta.label_lower,
        target_id=right.pk,
        target_label=str(right),
        changed_fields=changed,
        detail="whole department",
    )
