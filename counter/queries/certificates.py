"""Certificates at a desk: which there are, who asks, what waits to be handed over, what it costs."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from applications.enums import Channel, PaymentState, ResultKind
from applications.models import Payment, Procedure
from applications.queries.intake import channels_of
from cityhall.days import local_date
from cityhall.models import User
from counter.enums import IssueState, VisitState
from counter.models import CertificateIssue, CertificateOrder, Visit
from counter.queries.procedures import fileable
from counter.queries.visits import visible_visits

JUST_NOW: Final = dt.timedelta(minutes=30)
MOST_LISTED = 200
"""More than one place hands out in a day; the list is of what waits, and of today."""


def desk_certificates(user: User) -> list[Procedure]:
    """Certificates this member of staff may receive at a desk, as often used ones stand first. One query."""
    rows = fileable(user).filter(issued_at_once=True, result_kind=ResultKind.CERTIFICATE)
    found = [row for row in rows if Channel.COUNTER in channels_of(row)]
    return sorted(found, key=lambda row: (not row.position, row.position, row.name_kana))


def order_of(visit: Visit) -> CertificateOrder | None:
    """Who asks for the certificates of a visit; None for a visit of another kind."""
    order: CertificateOrder | None = getattr(visit, "certificate_order", None)
    return order


def is_at_the_desk(visit: Visit, now: dt.datetime) -> bool:
    """Whether the person still stands there: received, or got the last certificate (the visit is over) just now."""
    if visit.state == VisitState.RECEIVED:
        return True
    closed_at = visit.closed_at
    if closed_at is None or visit.wiped_at is not None or order_of(visit) is None:
        return False
    # what the end of the day closed was nobody's who stood there
    return now - JUST_NOW < closed_at and local_date(closed_at) == visit.business_day


def issues_of(visit: Visit) -> QuerySet[CertificateIssue]:
    """The certificates of a visit that were received, each with what is `owed` for it in yen."""
    return _with_owed(CertificateIssue.objects.filter(visit=visit)).select_related(
        "application__procedure", "application__department", "over_by"
    )


def visible_issues(user: User | AnonymousUser) -> QuerySet[CertificateIssue]:
    """Certificates received at the places where one serves."""
    return CertificateIssue.objects.filter(visit__in=visible_visits(user).order_by().values("pk"))


@dataclass(frozen=True)
class Waiting:
    """The certificates of one visit that somebody waits for, or got today."""

    visit: Visit
    issues: Sequence[CertificateIssue]

    @property
    def name(self) -> str:
        return self.issues[0].application.applicant_name

    @property
    def owed(self) -> int:
        return sum(getattr(one, "owed", 0) for one in self.issues)

    @property
    def received_at(self) -> dt.datetime:
        return self.issues[0].received_at


def waiting_of(user: User) -> list[Waiting]:
    """What is still to be handed over at the places where one serves, the longest wait first. One query."""
    return _by_visit(visible_issues(user).filter(state=IssueState.WAITING).order_by("visit", "id"))


def over_on(user: User, day: dt.date) -> list[Waiting]:
    """What was handed over or cancelled on a day, the newest visit first. One query."""
    begin = dt.datetime.combine(day, dt.time.min, tzinfo=timezone.get_default_timezone())
    rows = (
        visible_issues(user)
        .exclude(state=IssueState.WAITING)
        .filter(over_at__gte=begin, over_at__lt=begin + dt.timedelta(days=1))
    )
    return _by_visit(rows.order_by("-visit", "id"))


def _by_visit(rows: QuerySet[CertificateIssue]) -> list[Waiting]:
    whole = _with_owed(rows).select_related("visit__ticket", "visit__place", "application__procedure", "over_by")
    return [Waiting(visit, list(issues)) for visit, issues in groupby(whole[:MOST_LISTED], key=lambda row: row.visit)]


def _with_owed(rows: QuerySet[CertificateIssue]) -> QuerySet[CertificateIssue]:
    due = Payment.objects.filter(application=OuterRef("application"), state=PaymentState.DUE).order_by()
    total = due.values("application").annotate(total=Sum("amount")).values("total")
    return rows.annotate(owed=Coalesce(Subquery(total), 0))


def payments_of(visit: Visit) -> list[Payment]:
    """The fees of everything a visit filed, in the order of the filings."""
    rows = Payment.objects.filter(application__visit_procedure__visit=visit)
    rows = rows.select_related("application__procedure", "application__department", "settled_by", "received_in")
    return list(rows.order_by("application__visit_procedure__position", "id"))
