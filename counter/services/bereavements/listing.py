"""The list of procedures for the one desk: what the answers call for, as departments found it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from cityhall.models import Department
from counter.bereavement.enums import Finding, StepOrigin, StepState
from counter.models import Bereavement, BereavementRequest, BereavementStep
from counter.queries.bereavements import advice_of, findings_of, guide_in, step_key

_LONGEST_REASON = 200
_RENEWED = ("position", "title", "department", "procedure", "due_on", "due_text", "origin", "state", "reason")
_OWN_FIRST = 1000
"""Positions of what staff add themselves begin here: after everything else."""


def refresh_steps(row: Bereavement, *, now: dt.datetime) -> None:
    """Bring the list up to what is known now, in the caller's transaction under the lock of the row.

    What somebody decided at the desk stays as it was decided.
    """
    wanted = _wanted(row, now)
    held = {step.key: step for step in row.steps.select_related("department", "procedure")}
    new, changed = [], []
    for position, (key, columns) in enumerate(wanted.items(), start=1):
        step = held.get(key)
        if step is None:
            new.append(BereavementStep(bereavement=row, key=key, position=position, **columns))
        elif _is_changed(step, {"position": position} | columns):
            changed.append(step)
    BereavementStep.objects.bulk_create(new)
    if changed:
        BereavementStep.objects.bulk_update(changed, _RENEWED)
    gone = [step.pk for key, step in held.items() if key not in wanted and not step.is_settled]
    BereavementStep.objects.filter(pk__in=gone).exclude(origin=StepOrigin.STAFF).delete()


def _is_changed(step: BereavementStep, columns: dict[str, Any]) -> bool:
    """Bring one step up to date, unsaved; whether anything is different."""
    names = ("position", "due_on") if step.is_settled else columns.keys()
    different = {name: columns[name] for name in names if getattr(step, name) != columns[name]}
    for name, value in different.items():
        setattr(step, name, value)
    return bool(different)


def _wanted(row: Bereavement, now: dt.datetime) -> dict[str, dict[str, Any]]:
    """Every procedure of the list in its order, by key."""
    found = findings_of(row)
    departments = {one.code: one for one in Department.objects.all()}
    wanted: dict[str, dict[str, Any]] = {}
    for advice in advice_of(row, now):
        result = advice.task.result
        if not result.office.department:
            continue
        about = [one for one in found if advice.key in one.check_row.results]
        wanted[advice.key] = {
            "title": result.title,
            "department": departments.get(advice.office.department),
            "procedure": advice.procedure,
            "due_on": advice.task.due_on,
            "due_text": result.due.text[:200],
            "origin": StepOrigin.ANSWERS,
            **_state(about),
        }
    return wanted | _found_besides(row, found, wanted.keys())


def _found_besides(
    row: Bereavement, found: Iterable[BereavementRequest], listed: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """What a department says applies and the answers did not call for."""
    guide = guide_in(row.guide)
    titles = {result.key: result.title for result in guide.results} if guide else {}
    besides: dict[str, dict[str, Any]] = {}
    known = set(listed)
    for one in found:
        if one.finding != Finding.YES:
            continue
        named = [key for key in one.check_row.results if key in titles]
        for key in named or [step_key(one)]:
            if key not in known:
                title = titles.get(key, one.check_row.title)
                besides[key] = _by_department(one, title)
    return besides


def _by_department(request: BereavementRequest, title: str) -> dict[str, Any]:
    return {
        "title": title[:120],
        "department": request.sheet.department,
        "procedure": None,
        "due_on": None,
        "due_text": "",
        "origin": StepOrigin.DEPARTMENT,
        **_state([request]),
    }


def _state(about: list[BereavementRequest]) -> dict[str, Any]:
    """Not needed once every department that was asked found nothing.

    Notes stay with the findings: they are for the desk, and a reason may stand on a paper of the family.
    """
    if about and all(one.finding == Finding.NO for one in about):
        names = "・".join(dict.fromkeys(one.sheet.department.name for one in about))
        return {"state": StepState.NOT_NEEDED, "reason": f"{names}：{Finding.NO.label}"[:_LONGEST_REASON]}
    return {"state": StepState.OPEN, "reason": ""}


def own_position(row: Bereavement) -> int:
    """Where something that staff add stands."""
    return max(_OWN_FIRST, *(step.position + 1 for step in row.steps.all()), _OWN_FIRST)
