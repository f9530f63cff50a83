"""On the day: the visit begins with the list, each procedure is settled, the family gets its sheet."""

import datetime as dt
import hashlib
from typing import Any

from django.core.validators import slug_re
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from applications.models import Procedure
from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import Department, User
from cityhall.services import audit
from cityhall.text import clean_text
from counter.bereavement.enums import BereavementEventKind, BereavementState, StepOrigin, StepState
from counter.bereavement.errors import BereavementOver, BookingGivenUp, ReasonNeeded, VisitNotReady
from counter.entries import Entries
from counter.enums import Origin, Source, VisitEventKind
from counter.forms import combined_of
from counter.models import Bereavement, BereavementSheet, BereavementStep, Visit
from counter.queries.bereavements import form_of_family, is_given_up, sent_values
from counter.queries.procedures import hindrance_of
from counter.queries.visits import chosen_procedures
from counter.services import visits
from counter.services.bereavements.listing import own_position
from counter.services.bereavements.states import locked, note, touch
from counter.services.visits.choosing import CHOOSING
from counter.services.visits.states import touch as touch_visit

_SERVED = frozenset({BereavementState.SENT, BereavementState.PREPARING})
_LONGEST = 200
_LONGEST_KEY = 40


def settle(
    step: BereavementStep,
    *,
    to: StepState,
    reason: str = "",
    seen_revision: int,
    by: User,
    now: dt.datetime | None = None,
) -> BereavementStep:
    """Say at the desk what becomes of a procedure. The same once more is once; of two the slower raises StaleState.

    Raises ReasonNeeded (not needed), BereavementOver.
    """
    moment, why = now or timezone.now(), clean_text(reason.strip())[:_LONGEST]
    if to == StepState.NOT_NEEDED and not why:
        raise ReasonNeeded
    with transaction.atomic():
        row = _served(step.bereavement)
        held = BereavementStep.objects.get(pk=step.pk)
        if (held.state, held.reason, held.is_settled) == (to, why, True):
            return held
        if held.revision != seen_revision:
            raise StaleState
        columns: dict[str, Any] = {"state": to, "reason": why, "is_settled": True}
        BereavementStep.objects.filter(pk=held.pk).update(revision=F("revision") + 1, **columns)
        note(row, BereavementEventKind.STEP, by=by, now=moment, detail=f"{held.key} {to}")
        held.refresh_from_db()
    return held


def add_step(
    row: Bereavement,
    *,
    title: str,
    reason: str,
    department: Department | None,
    request_key: str,
    by: User,
    now: dt.datetime | None = None,
) -> BereavementStep:
    """Put something on the list that nobody had thought of, with the reason. The same `request_key` is once.

    Raises ReasonNeeded without words, BereavementOver.
    """
    moment, words, why = now or timezone.now(), clean_text(title.strip())[:120], clean_text(reason.strip())[:_LONGEST]
    if not words or not why:
        raise ReasonNeeded
    key = _own_key(request_key)
    with transaction.atomic():
        held = _served(row)
        if found := BereavementStep.objects.filter(bereavement=held, key=key).first():
            return found
        step = BereavementStep.objects.create(
            bereavement=held,
            key=key,
            title=words,
            department=department,
            origin=StepOrigin.STAFF,
            reason=why,
            is_settled=True,
            position=own_position(held),
        )
        note(held, BereavementEventKind.STEP, by=by, now=moment, detail=f"{key} added")
    return step


def _own_key(request_key: str) -> str:
    """A key of a step stands in addresses: whatever a browser sends becomes a slug, the same for the same."""
    if len(request_key) > _LONGEST_KEY or not slug_re.fullmatch(request_key):
        request_key = hashlib.sha256(request_key.encode()).hexdigest()[:_LONGEST_KEY]
    return f"own-{request_key}"


def take_into_visit(row: Bereavement, visit: Visit, *, by: User, now: dt.datetime | None = None) -> int:
    """Bring the list into the visit: what applies and this desk may receive is added with its reason, what a
    department found not to apply is dropped with its own; what the family wrote fills the forms. How many were added.

    Twice is once. Raises VisitNotReady before who came is known and once the answers are read over; StaleState.
    """
    moment = now or timezone.now()
    if visit.state not in CHOOSING:
        raise VisitNotReady
    with transaction.atomic():
        held = _served(row)
        steps = list(held.steps.filter(procedure__isnull=False).select_related("procedure__current_version"))
        there = {one.procedure_id for one in visit.procedures.all()}
        now_in = {one.procedure_id for one in chosen_procedures(visit)}
        added = _wanted(steps, there, by, moment)
        if added:
            visits.add(visit, added, origin=Origin.GUIDE, by=by, now=moment)
        for step in steps:
            if step.state == StepState.NOT_NEEDED and step.procedure_id in now_in and step.procedure is not None:
                visits.drop(visit, step.procedure, reason=step.reason, by=by, now=moment)
        _fill(held, visit, by, moment)
        if added:
            note(held, BereavementEventKind.STEP, by=by, now=moment, detail=f"{len(added)} into visit")
    return len(added)


def _wanted(steps: list[BereavementStep], there: set[int], by: User, now: dt.datetime) -> list[tuple[Procedure, str]]:
    """What is to be done, was not in the visit before (dropped there, it stays so), and can be received here."""
    found: dict[int, tuple[Procedure, str]] = {}
    for step in steps:
        procedure = step.procedure
        if procedure is None or step.state != StepState.OPEN or procedure.pk in there or procedure.pk in found:
            continue
        if not hindrance_of(procedure, by, now):
            found[procedure.pk] = (procedure, step.reason or step.title)
    return list(found.values())


def _fill(row: Bereavement, visit: Visit, by: User, now: dt.datetime) -> None:
    """Blank questions about the deceased take what the family sent: it was brought, like any prefill."""
    sent = sent_values(row)
    own = {one.concept: (one.type, sent.get(one.key)) for one in form_of_family(row).questions if one.concept}
    combined = combined_of(chosen_procedures(visit), at_desk=True)
    before = entries = Entries.of(visit)
    for field in combined.form.questions:
        kind, value = own.get(field.concept, (None, None))
        if field.concept and kind == field.type and value:
            entries = entries.fill(field, value, Source.BROUGHT)
    if entries != before:
        revision = visit.values_revision + (entries.values != before.values)
        columns: dict[str, Any] = {"values_revision": revision, **entries.columns()}
        touch_visit(visit, event=VisitEventKind.SAVED, by=by, now=now, detail="bereavement", **columns)


def close(row: Bereavement, *, seen_revision: int, by: User, now: dt.datetime | None = None) -> Bereavement:
    """The family goes with its sheet. Twice is once. Raises StaleState, BookingGivenUp. Audited."""
    moment = now or timezone.now()
    with transaction.atomic():
        held = locked(row)
        if held.state == BereavementState.CLOSED:
            return held
        _refuse(held)
        if held.revision != seen_revision:
            raise StaleState
        columns: dict[str, Any] = {"state": BereavementState.CLOSED, "ended_at": moment}
        touch(held, event=BereavementEventKind.CLOSED, by=by, now=moment, **columns)
        _record(held, by, "closed")
    return held


def reopen(row: Bereavement, *, by: User, now: dt.datetime | None = None) -> Bereavement:
    """The family is back, or something was marked wrongly. Twice is once."""
    moment = now or timezone.now()
    with transaction.atomic():
        held = locked(row)
        if held.state != BereavementState.CLOSED:
            return held
        columns: dict[str, Any] = {"state": BereavementState.PREPARING, "ended_at": None}
        touch(held, event=BereavementEventKind.REOPENED, by=by, now=moment, **columns)
        _record(held, by, "reopened")
    return held


def count_family_print(row: Bereavement, *, by: User, now: dt.datetime | None = None) -> int:
    """Write down that the family's sheet is printed; how many times it was before. Audited."""
    moment = now or timezone.now()
    with transaction.atomic():
        held = locked(row)
        Bereavement.objects.filter(pk=held.pk).update(family_prints=F("family_prints") + 1)
        note(held, BereavementEventKind.PRINTED, by=by, now=moment, detail="family")
        _record(held, by, "family sheet", action=AuditAction.PRINT)
    return held.family_prints


def count_sheet_prints(row: Bereavement, sheets: list[BereavementSheet], *, by: User, now: dt.datetime) -> None:
    """Write down that sheets of departments are printed. Audited."""
    with transaction.atomic():
        BereavementSheet.objects.filter(pk__in=[sheet.pk for sheet in sheets]).update(prints=F("prints") + 1)
        note(row, BereavementEventKind.PRINTED, by=by, now=now, detail=f"{len(sheets)} sheets")
        _record(row, by, "sheets", action=AuditAction.PRINT)


def _served(row: Bereavement) -> Bereavement:
    held = locked(row)
    _refuse(held)
    return held


def _refuse(row: Bereavement) -> None:
    if is_given_up(row):
        raise BookingGivenUp
    if row.state not in _SERVED:
        raise BereavementOver


def _record(row: Bereavement, by: User | None, detail: str, *, action: AuditAction = AuditAction.STATE) -> None:
    audit.record(action=action, actor=by, target_type="bereavement", target_id=row.public_id, detail=detail)
