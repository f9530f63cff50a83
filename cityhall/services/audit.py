"""The audit trail: written unchained, sealed in batches by the worker, verified by anybody with the key."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction

from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.logs import request_id
from cityhall.models import AuditEvent, AuditSeal, User

_FIRST_SEAL = "0" * 64
_MOST_PROBLEMS = 1000


def record(
    *,
    action: AuditAction,
    actor: AbstractBaseUser | AnonymousUser | None,
    target_type: str = "",
    target_id: str | int = "",
    target_label: str = "",
    detail: str = "",
    on_behalf_of: str = "",
    department_code: str = "",
    changed_fields: Sequence[str] = (),
    object_ids: Sequence[int | str] = (),
) -> AuditEvent:
    """Write one event, in the caller's transaction: what is rolled back did not happen.

    Names of fields, never their values; a list page is one event with the ids it showed.
    """
    person = actor if isinstance(actor, User) else None
    return AuditEvent.objects.create(
        action=action,
        detail=detail[:200],
        actor=person,
        actor_label=str(person)[:120] if person else "",
        on_behalf_of=on_behalf_of[:160],
        department_code=department_code[:30],
        target_type=target_type[:60],
        target_id=str(target_id)[:60],
        target_label=target_label[:160],
        object_ids=list(object_ids),
        changed_fields=sorted(changed_fields),
        request_id=request_id.get()[:40],
    )


def seal_events(limit: int = 5000) -> int:
    """Seal the oldest unsealed events as one batch; the number sealed.

    The seal is HMAC-SHA256 with AUDIT_KEY over the previous seal and the row. Two sealers at once
    would number the same positions: the second meets a unique constraint, changes nothing and returns 0.
    """
    try:
        with transaction.atomic():
            return _seal_batch(limit)
    except IntegrityError as error:
        if violated(error) in ("cityhall_auditevent_position_key", "cityhall_auditseal_last_position_key"):
            return 0
        raise


def _seal_batch(limit: int) -> int:
    last = AuditSeal.objects.order_by("-last_position").select_for_update().first()
    position = last.last_position if last else 0
    seal = last.seal if last else _FIRST_SEAL
    rows: list[tuple[int, str, int]] = []
    for event in AuditEvent.objects.filter(position__isnull=True).order_by("id")[:limit]:
        position += 1
        seal = _seal_of(seal, event)
        rows.append((position, seal, event.pk))
    if not rows:
        return 0
    AuditSeal.objects.create(last_position=position, count=len(rows), seal=seal)
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE cityhall_auditevent SET position = %s, seal = %s WHERE id = %s AND position IS NULL", rows
        )
    return len(rows)


def _seal_of(previous: str, event: AuditEvent) -> str:
    """The seal of an event after the one before it. Every stored column is in it but position and seal."""
    content = {
        field.attname: getattr(event, field.attname)
        for field in AuditEvent._meta.concrete_fields
        if field.attname not in ("at", "position", "seal")
    }
    content["at"] = int(event.at.timestamp() * 1_000_000)
    text = previous + json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hmac.digest(settings.AUDIT_KEY.encode(), text.encode(), hashlib.sha256).hex()


class ProblemKind(StrEnum):
    """What verification can find."""

    ALTERED = "altered"
    MISSING = "missing"
    REORDERED = "reordered"
    TRUNCATED = "truncated"


@dataclass(frozen=True)
class Problem:
    """One place where the trail is not as it was sealed."""

    kind: ProblemKind
    position: int
    event_id: int | None = None


@dataclass(frozen=True)
class _Misfit:
    """An event that does not follow the seal before it."""

    event: AuditEvent
    position: int
    previous: str


def verify_seals(expected: tuple[int, str] | None = None) -> list[Problem]:
    """Read the whole trail and list what is wrong with it (at most 1,000 problems).

    `expected` is a position and its seal from a copy kept elsewhere: it shows when newest events and
    their batch rows were both removed. Streams the events; the seals of the batches are kept in memory.
    """
    batches = dict(AuditSeal.objects.order_by("last_position").values_list("last_position", "seal"))
    if expected is not None:
        batches[expected[0]] = expected[1]
    problems: list[Problem] = []
    misfits: list[_Misfit] = []
    position = 0
    for event, position, previous in _chain(problems):
        wrong_batch = batches.pop(position, event.seal) != event.seal
        if wrong_batch or (previous and _seal_of(previous, event) != event.seal):
            misfits.append(_Misfit(event, position, previous))
        if len(problems) + len(misfits) >= _MOST_PROBLEMS:
            break
    else:
        problems += [Problem(ProblemKind.TRUNCATED, lost) for lost in sorted(batches) if lost > position]
    return sorted(problems + _explain(misfits), key=lambda problem: problem.position)


def _chain(problems: list[Problem]) -> Iterator[tuple[AuditEvent, int, str]]:
    """Sealed events with position and the seal before each, empty where it is gone; gaps go to the problems."""
    position, previous = 0, _FIRST_SEAL
    for event in AuditEvent.objects.filter(position__isnull=False).order_by("position").iterator(chunk_size=2000):
        here = event.position or 0
        if here != position + 1:
            problems.append(Problem(ProblemKind.MISSING, position + 1))
            previous = ""
        yield event, here, previous
        position, previous = here, event.seal or ""


def _explain(misfits: list[_Misfit]) -> list[Problem]:
    """An event whose seal fits after another misfit's neighbour was moved; any other was altered."""
    seals = {misfit.previous for misfit in misfits} | {misfit.event.seal or "" for misfit in misfits}
    problems = []
    for misfit in misfits:
        moved = any(_seal_of(seal, misfit.event) == misfit.event.seal for seal in seals - {misfit.previous})
        kind = ProblemKind.REORDERED if moved else ProblemKind.ALTERED
        problems.append(Problem(kind, misfit.position, misfit.event.pk))
    return problems
