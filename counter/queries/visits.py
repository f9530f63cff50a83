"""Visits a member of staff may see and lead: those at the places they serve at."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from cityhall.models import User
from counter.enums import ACTIVE_VISITS
from counter.models import Visit, VisitProcedure
from reservations.queries.scope import visible_places
from residents.names import join_name


def visible_visits(user: User | AnonymousUser) -> QuerySet[Visit]:
    """Every visit at the places one serves at, with what a page of it shows."""
    rows = Visit.objects.filter(place__in=visible_places(user).values("pk"))
    return rows.select_related("place", "clerk", "resident", "ticket", "prefill", "certificate_order")


def active_visits(user: User | AnonymousUser) -> QuerySet[Visit]:
    """Those in which somebody is being served, newest first."""
    return visible_visits(user).filter(state__in=ACTIVE_VISITS).order_by("-id")


def chosen_procedures(visit: Visit) -> Sequence[VisitProcedure]:
    """The procedures of a visit that were not dropped, in their order. One query.

    Without the documents of the forms, which a process keeps: reading a dozen was a fifth of every page of a visit.
    """
    rows = visit.procedures.filter(dropped_at=None).select_related("procedure__department", "form_version")
    return list(rows.defer("form_version__definition").order_by("position"))


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
