"""What the public may read of procedures, and how they are found."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum, auto
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Case, Count, F, IntegerField, Q, When, Window
from django.db.models.functions import RowNumber

from applications.enums import ApplicationState, ProcedureMode, ProcedureState
from applications.models import Application, LifeEvent, Procedure
from applications.models.procedure import ProcedureQuerySet
from applications.queries.finding import Filters, matching
from applications.queries.surveys import no_answers
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

_USES: Final = "applications.procedures.filed-lately"
_NEWEST: Final = 1000
"""How many filings, the newest, tell what is filed most: as many in the tenth year as in the first."""
_ENOUGH: Final = 50
"""Fewer filings say more of who tried the pages than of what people need."""
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
    """One procedure of each department, those most filed lately first, then a second one of each.

    Without filings the order the city gave them. Two statements, whose cost does not grow with the cases.
    """
    uses = _filed_lately()
    counted = [When(pk=pk, then=count) for pk, count in uses.items()]
    order = (F("uses").desc(), F("position").asc(), F("key").asc())
    rows = visible().exclude(mode=ProcedureMode.GUIDE_ONLY)
    rows = rows.annotate(uses=Case(*counted, default=0, output_field=IntegerField()))
    rows = rows.annotate(turn=Window(RowNumber(), partition_by=F("department"), order_by=order))
    return list(rows.order_by(F("turn").asc(), *order)[:limit])


def _filed_lately() -> dict[int, int]:
    """How often each procedure is among the newest filings, by its id; nothing while there are few. Counted hourly."""
    uses: dict[int, int] | None = cache.get(_USES)
    if uses is None:
        filed = Application.objects.filter(submitted_at__isnull=False, is_practice=False).filter(no_answers())
        newest = filed.order_by("-id").values_list("procedure_id", flat=True)[:_NEWEST]
        counts = Counter(newest)
        uses = dict(counts) if counts.total() >= _ENOUGH else {}
        cache.set(_USES, uses, timeout=3600)
    return uses


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
