"""What the public may read of procedures, and how they are found."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum, auto

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from applications.enums import ApplicationState, ProcedureMode, ProcedureState
from applications.models import Application, LifeEvent, Procedure
from applications.models.procedure import ProcedureQuerySet
from applications.search import kana_range, query_words
from cityhall.models import Department, User

__all__ = [
    "Filters",
    "Opening",
    "departments_with_procedures",
    "draft_of",
    "internal",
    "life_events_with_counts",
    "opening_of",
    "popular",
    "search",
    "visible",
]

_SHOWN = Q(procedures__state=ProcedureState.PUBLISHED, procedures__takes_public=True)


@dataclass(frozen=True)
class Filters:
    """What a person looks for; empty means all. Unknown keys find nothing."""

    text: str = ""
    life_event: str = ""
    department: str = ""
    kana_row: str = ""

    def __bool__(self) -> bool:
        return any((self.text, self.life_event, self.department, self.kana_row))


class Opening(StrEnum):
    """Whether a procedure can be applied for at a moment."""

    OPEN = auto()
    NOT_YET = auto()
    OVER = auto()
    AT_DESK = auto()


def visible() -> ProcedureQuerySet:
    """Procedures that the public sees, each with its department; open, not yet open or over."""
    return Procedure.objects.for_public().select_related("department")


def internal() -> ProcedureQuerySet:
    """Procedures that staff file from their own accounts, each with its department."""
    return Procedure.objects.for_staff().select_related("department")


def search(filters: Filters) -> ProcedureQuerySet:
    """Procedures that hold all words of the text and fit every other filter. One statement, no order."""
    found = visible()
    for word in query_words(filters.text):
        found = found.filter(search_text__contains=word)
    if filters.life_event:
        found = found.filter(life_events__key=filters.life_event)
    if filters.department:
        found = found.filter(department__code=filters.department)
    if filters.kana_row:
        kana = kana_range(filters.kana_row)
        found = found.filter(name_kana__gte=kana[0], name_kana__lt=kana[1]) if kana else found.none()
    return found


def popular(limit: int = 8) -> list[Procedure]:
    """The first procedures in the order the city gave them: counting cases would cost more each year."""
    return list(visible().exclude(mode=ProcedureMode.GUIDE_ONLY).order_by("position", "key")[:limit])


def life_events_with_counts() -> list[LifeEvent]:
    """Life events that have published procedures, with `procedure_count`, in their order."""
    rows = LifeEvent.objects.annotate(procedure_count=Count("procedures", filter=_SHOWN))
    return list(rows.filter(procedure_count__gt=0).order_by("position", "key"))


def departments_with_procedures() -> QuerySet[Department]:
    """Departments that have published procedures."""
    shown = Procedure.objects.for_public().values("department")
    return Department.objects.filter(pk__in=shown).order_by("position", "code")


def opening_of(procedure: Procedure, now: dt.datetime) -> Opening:
    """Whether the procedure can be applied for now; the times themselves stand on the row."""
    if procedure.mode == ProcedureMode.GUIDE_ONLY:
        return Opening.AT_DESK
    if procedure.opens_at is not None and now < procedure.opens_at:
        return Opening.NOT_YET
    return Opening.OPEN if procedure.is_open(now) else Opening.OVER


def draft_of(user: User | AnonymousUser, procedure: Procedure) -> Application | None:
    """The newest draft this person has begun for the procedure."""
    if not user.is_authenticated:
        return None
    drafts = Application.objects.filter(filed_by=user, procedure=procedure, state=ApplicationState.DRAFT)
    return drafts.order_by("-id").first()
