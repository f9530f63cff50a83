"""Guides as the city offers them: which there are, and what the answers call for here and now."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from applications.definition import Problem
from applications.enums import ProcedureMode
from applications.guide import Elsewhere, Guide, Office, Task, When, assess, check_named, references_of
from applications.models import GuideVersion, LifeEvent, Procedure
from applications.queries.procedures import Opening, opening_of, visible
from applications.visits import visit_url
from cityhall import days
from cityhall.models import ClosedDay, Department, Municipality

__all__ = [
    "Advice",
    "Left",
    "assess_for",
    "grouped",
    "hidden_procedures",
    "left_of",
    "papers_of",
    "public_guides",
    "reference_problems",
    "versions_of",
    "with_guides",
]

_SAFE = "https://"
_UNSEEN = ("description", "eligibility", "keywords", "search_text", "catalogue_settings")
"""Long columns of a procedure that no result shows."""


@dataclass(frozen=True)
class Advice:
    """One task as the city can serve it now. `procedure` is None when it is not public: it is done at the office."""

    task: Task
    procedure: Procedure | None
    office: Office
    opening: Opening
    booking_url: str = ""

    @property
    def key(self) -> str:
        return self.task.result.key

    @property
    def page_url(self) -> str:
        """The page of the procedure, or nothing: never an address that answers 404."""
        return reverse("applications:procedure_detail", args=[self.procedure.key]) if self.procedure else ""

    @property
    def can_start(self) -> bool:
        """Whether it can be applied for online at this moment."""
        return self.procedure is not None and self.opening == Opening.OPEN and not self.procedure.is_full

    @property
    def has_form(self) -> bool:
        """Whether there is a form to fill in, at home before a visit too."""
        return (
            self.procedure is not None
            and self.procedure.mode != ProcedureMode.GUIDE_ONLY
            and self.procedure.current_version_id is not None
        )

    @property
    def fee(self) -> str:
        return self.task.result.fee or (self.procedure.fee if self.procedure else "")

    @cached_property
    def papers(self) -> tuple[str, ...]:
        """What the guide says to bring; where it says nothing, what the procedure needs."""
        return self.task.result.papers or tuple(self.procedure.required_papers if self.procedure else ())

    @cached_property
    def elsewhere(self) -> tuple[Elsewhere, ...]:
        """Other places of the guide and of the procedure, each once."""
        theirs = self.procedure.other_places if self.procedure else ()
        found = {one.name: one for one in (*map(_elsewhere, theirs), *self.task.result.elsewhere)}
        return tuple(found.values())


def _elsewhere(place: Mapping[str, Any]) -> Elsewhere:
    texts = {name: str(place.get(name) or "") for name in ("name", "url", "fee", "note")}
    return Elsewhere(**texts | {"url": texts["url"] if texts["url"].startswith(_SAFE) else ""})


@dataclass(frozen=True)
class Left:
    """What of the results of a guide is not done yet: the procedures with a form, and the results without one."""

    event: str
    """The key of the life event."""
    keys: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Keys of results."""


def left_of(event: str, advice: Iterable[Advice], done: Collection[str]) -> Left:
    """What of these results is left to do."""
    open_ones = [one for one in advice if one.key not in done]
    keys = [one.procedure.key for one in open_ones if one.procedure and one.has_form]
    return Left(event, tuple(keys), tuple(one.key for one in open_ones if not one.has_form))


def public_guides() -> QuerySet[LifeEvent]:
    """Life events with a public guide and its version, in their order."""
    rows = LifeEvent.objects.filter(is_guide_public=True, current_guide__isnull=False)
    return rows.select_related("current_guide").order_by("position", "key")


def with_guides() -> QuerySet[LifeEvent]:
    """All life events for staff, with the guide in force, without its document."""
    rows = LifeEvent.objects.select_related("current_guide__created_by")
    return rows.defer("current_guide__definition").order_by("position", "key")


def assess_for(
    guide: Guide, answers: Mapping[str, Any], *, today: dt.date | None = None, now: dt.datetime | None = None
) -> list[Advice]:
    """What the answers call for, with the procedures and offices of this city. Four statements, however long the guide.

    What a result says of a procedure that is not public stays, with the office to go to and no way online.
    """
    moment = now or timezone.now()
    tasks = assess(guide, answers, today=today or days.local_date(moment), closed=_closed_days())
    keys = {task.result.procedure for task in tasks if task.result.procedure}
    named = visible().filter(key__in=keys).select_related("visit_service__group").defer(*_UNSEEN)
    procedures = {row.key: row for row in named} if keys else {}
    codes = {task.result.office.department for task in tasks if task.result.office.department}
    departments = {row.code: row for row in Department.objects.filter(code__in=codes)} if codes else {}
    hours = Municipality.objects.values_list("opening_hours", flat=True).first() or ""
    return [_advice(task, procedures.get(task.result.procedure), departments, hours, moment) for task in tasks]


def _closed_days() -> frozenset[dt.date]:
    """The city's own closed days: some tens a year."""
    return frozenset(ClosedDay.objects.values_list("date", flat=True))


def _advice(
    task: Task, procedure: Procedure | None, departments: Mapping[str, Department], hours: str, now: dt.datetime
) -> Advice:
    office = task.result.office
    # where the procedure belongs is the city's to say, not the file's
    department = procedure.department if procedure and office.department else departments.get(office.department)
    if department is not None:
        office = Office(
            department=department.code,
            name=department.name,
            place=office.place or department.place,
            hours=office.hours or hours,
            phone=office.phone or department.phone,
        )
    return Advice(
        task=task,
        procedure=procedure,
        office=office,
        opening=opening_of(procedure, now) if procedure else Opening.AT_DESK,
        booking_url=visit_url(procedure) if procedure else "",
    )


def grouped(advice: Sequence[Advice]) -> list[tuple[When, list[Advice]]]:
    """By how soon, as they are ordered."""
    return [(when, list(found)) for when, found in groupby(advice, key=lambda one: one.task.when)]


def papers_of(advice: Iterable[Advice]) -> dict[str, list[str]]:
    """Everything to bring, each paper once, with what it is for."""
    papers: dict[str, list[str]] = {}
    for one in advice:
        for paper in one.papers:
            papers.setdefault(paper, []).append(one.task.result.title)
    return papers


def reference_problems(guide: Guide, *, coming: Collection[str] = ()) -> list[Problem]:
    """What the guide names and neither the database has nor `coming`, procedures on their way. Two statements."""
    keys, codes = references_of(guide)
    return check_named(
        guide,
        procedures={*Procedure.objects.filter(key__in=keys).values_list("key", flat=True), *coming},
        departments=set(Department.objects.filter(code__in=codes).values_list("code", flat=True)),
    )


def hidden_procedures(guide: Guide) -> list[Procedure]:
    """Procedures that the guide names and the public does not see: their results have no way online."""
    keys, _codes = references_of(guide)
    public = visible().filter(key__in=keys).values_list("key", flat=True)
    return list(Procedure.objects.filter(key__in=keys).exclude(key__in=list(public)).order_by("key"))


def versions_of(event: LifeEvent) -> QuerySet[GuideVersion]:
    """All versions, newest first, with who made them."""
    return event.guides.select_related("created_by").order_by("-number")
