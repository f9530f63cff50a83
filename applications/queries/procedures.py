"""What the public may read of procedures, and how they are found."""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum, auto

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q

from applications.enums import ApplicationState, ProcedureMode, ProcedureState
from applications.models import Application, LifeEvent, Procedure
from applications.models.procedure import ProcedureQuerySet
from applications.queries.finding import Filters, matching
from applications.search import kana_range
from cityhall.models import User

__all__ = [
    "Filters",
    "Opening",
    "draft_of",
    "in_order",
    "internal",
    "life_events_with_counts",
    "opening_of",
    "popular",
    "search",
    "visible",
]

_SHOWN = Q(procedures__state=ProcedureState.PUBLISHED, procedures__takes_public=True)


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
    """Procedures that fit the text and every other filter. One statement and the search in memory, no order."""
    found = visible()
    if filters.text:
        found = found.filter(pk__in=matching(filters.text))
    if filters.life_event:
        found = found.filter(life_events__key=filters.life_event)
    if filters.department:
        found = found.filter(department__code=filters.department)
    if filters.kana_row:
        kana = kana_range(filters.kana_row)
        found = found.filter(name_kana__gte=kana[0], name_kana__lt=kana[1]) if kana else found.none()
    return found


def in_order(pks: Sequence[int]) -> list[Procedure]:
    """These procedures as the public sees them, in this order; one that is gone meanwhile is left out."""
    rows = {row.pk: row for row in visible().filter(pk__in=pks)}
    return [rows[pk] for pk in pks if pk in rows]


def popular(limit: int = 8) -> list[Procedure]:
    """The first procedures in the order the city gave them: counting cases would cost more each year."""
    return list(visible().exclude(mode=ProcedureMode.GUIDE_ONLY).order_by("position", "key")[:limit])


def life_events_with_counts() -> list[LifeEvent]:
    """Life events that have published procedures, with `procedure_count`, in their order."""
    rows = LifeEvent.objects.annotate(procedure_count=Count("procedures", filter=_SHOWN))
    return list(rows.filter(procedure_count__gt=0).order_by("position", "key"))


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
