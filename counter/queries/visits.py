"""Visits a member of staff may see and lead: at the places they serve at, what is theirs or their department's."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.models import Procedure
from applications.permissions import CaseRight
from applications.queries.reach import scope_for
from cityhall.models import User
from counter.enums import VisitEventKind
from counter.models import Visit, VisitEvent, VisitProcedure
from counter.queries.offered import UNSEEN
from reservations.queries.scope import visible_places
from residents.names import join_name

_WITH = ("place", "clerk", "resident", "ticket", "prefill", "certificate_order")


def visible_visits(user: User | AnonymousUser, *, among: Collection[int] | None = None) -> QuerySet[Visit]:
    """Visits at the places one serves at that are one's business, with what a page of it shows.

    Several departments serve at one place: what is asked at the desk of one is not for the desks of the others. One
    sees a visit that one began or leads, whose number was called to one's desk, that is for nothing yet, or that is for
    something one may receive. `among`: only of these ids, a few found by an index. What decides is then looked for
    among theirs alone: a list of today would cost as much as all the years before. Ids: planners misjudge queries.
    """
    rows = Visit.objects.filter(_is_own(user, among), place__in=visible_places(user).values("pk"))
    return (rows if among is None else rows.filter(pk__in=among)).select_related(*_WITH)


def visits_on(user: User | AnonymousUser, day: dt.date) -> QuerySet[Visit]:
    """Those of a day. Asks for their ids at once: one query."""
    rows = Visit.objects.filter(place__in=visible_places(user).values("pk"), business_day=day)
    return visible_visits(user, among=list(rows.values_list("pk", flat=True)))


def visible_visit(user: User, public_id: str) -> Visit | None:
    """One of them. Two quick queries for who leads it, as nearly every page is opened by; one more for all others."""
    visit = Visit.objects.filter(public_id=public_id).select_related(*_WITH).first()
    if visit is None or not visible_places(user).filter(pk=visit.place_id).exists():
        return None
    is_seen = visit.clerk_id == user.pk or visible_visits(user, among=[visit.pk]).exists()
    return visit if is_seen else None


def _is_own(user: User | AnonymousUser, among: Collection[int] | None) -> Q:
    of_these = {} if among is None else {"visit__in": among}
    procedures = VisitProcedure.objects.filter(visit=OuterRef("pk"), **of_these).order_by()
    receivable = Procedure.objects.filter(scope_for(user, CaseRight.RECEIVE).procedure_condition()).order_by()
    is_received_here = Exists(procedures.filter(dropped_at=None, procedure__in=receivable.values("pk")))
    # dropped ones count: what was typed for them is still there
    is_for_nothing = ~Exists(procedures)
    started = VisitEvent.objects.filter(visit=OuterRef("pk"), kind=VisitEventKind.STARTED, **of_these)
    began = started.filter(actor=user.pk).order_by()
    serves = Q(clerk=user.pk) | Q(ticket__clerk=user.pk)
    return serves | Q(is_for_nothing) | Q(is_received_here) | Q(Exists(began))


def chosen_procedures(visit: Visit) -> Sequence[VisitProcedure]:
    """The procedures of a visit that were not dropped, in their order. One query.

    Without the documents of the forms, which a process keeps: reading a dozen was a fifth of every page of a visit.
    Without what is long, and shown on no page of a visit.
    """
    rows = visit.procedures.filter(dropped_at=None).select_related("procedure__department", "form_version")
    rows = rows.defer("form_version__definition", *(f"procedure__{name}" for name in UNSEEN)).order_by("position")
    found = list(rows)
    for one in found:
        if one.procedure.current_version_id == one.form_version_id:
            # whoever files on the form of today asks for it
            one.procedure.current_version = one.form_version
    return found


def told_name(visit: Visit) -> str:
    """Whom a visit is for, where no record says it: as it was typed, read from the card, or booked; "" while nobody
    knows."""
    known = name_in(visit.values) or str(visit.card.get("name", ""))
    if known or visit.wiped_at or visit.reservation is None:
        return known
    return "" if visit.reservation.wiped_at else visit.reservation.name


def name_in(values: Mapping[str, Any]) -> str:
    """How the person who stands there wrote their name, "" where nobody typed one."""
    name = values.get("applicant_name")
    if isinstance(name, str):
        return name
    return join_name(str(name.get("family") or ""), str(name.get("given") or "")) if isinstance(name, dict) else ""
