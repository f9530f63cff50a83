"""Certificates at a desk: which there are, who asks, what waits to be handed over, what it costs."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.enums import Channel, PaymentState, ResultKind
from applications.models import Payment, Procedure
from applications.queries.applicants import has_protected_address
from applications.queries.intake import channels_of
from cityhall.days import local_date, today
from cityhall.models import User
from counter.enums import ACTING, IssueState, Relation, VisitState
from counter.models import CertificateIssue, CertificateOrder, Visit
from counter.queries.named import protected_named
from counter.queries.procedures import fileable
from counter.queries.visits import name_in, visible_visits
from counter.subjects import NOBODY, Subject
from residents.dates import parse_birth
from residents.models import Resident
from residents.names import fold_kana, fold_name
from residents.queries import household_of, is_protected

JUST_NOW: Final = dt.timedelta(minutes=30)
MOST_LISTED = 200
"""More than one place hands out in a day; the list is of what waits, and of today."""


def desk_certificates(user: User) -> list[Procedure]:
    """Certificates this member of staff may receive at a desk, as often used ones stand first. One query."""
    rows = fileable(user).filter(issued_at_once=True, result_kind=ResultKind.CERTIFICATE)
    found = [row for row in rows if Channel.COUNTER in channels_of(row)]
    return sorted(found, key=lambda row: (not row.position, row.position, row.name_kana))


def order_of(visit: Visit) -> CertificateOrder | None:
    """Who asks, of a visit that is served the short way; None for every other."""
    order = requester_of(visit)
    return order if order is not None and order.is_short else None


def requester_of(visit: Visit) -> CertificateOrder | None:
    """Who asks for the certificates of a visit, whichever way it is served; None where nothing was said of it."""
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


class Listing(list[Waiting]):
    """Visits as they are listed; `has_more` where the list ends before the last of them."""

    has_more = False


def waiting_of(user: User) -> Listing:
    """What is still to be handed over at the places where one serves, the longest wait first. Two queries."""
    return _by_visit(_seen(user, CertificateIssue.objects.filter(state=IssueState.WAITING)).order_by("visit", "id"))


def over_on(user: User, day: dt.date) -> Listing:
    """What was handed over or cancelled on a day, the newest visit first. Two queries."""
    begin = dt.datetime.combine(day, dt.time.min, tzinfo=timezone.get_default_timezone())
    rows = CertificateIssue.objects.filter(over_at__gte=begin, over_at__lt=begin + dt.timedelta(days=1))
    return _by_visit(_seen(user, rows).order_by("-visit", "id"))


def _seen(user: User, rows: QuerySet[CertificateIssue]) -> QuerySet[CertificateIssue]:
    """Those of a few certificates that are of visits this member of staff sees."""
    visits = visible_visits(user, among=set(rows.values_list("visit", flat=True)))
    return rows.filter(visit__in=visits.order_by().values("pk"))


def _by_visit(rows: QuerySet[CertificateIssue]) -> Listing:
    whole = _with_owed(rows).select_related("visit__ticket", "visit__place", "application__procedure", "over_by")
    rows_read = list(whole[: MOST_LISTED + 1])
    listed = Listing(Waiting(visit, list(issues)) for visit, issues in groupby(rows_read, key=lambda row: row.visit))
    if len(rows_read) > MOST_LISTED:
        # the last may go on behind the limit: shown in part it would owe too little
        listed.pop()
        listed.has_more = True
    return listed


def _with_owed(rows: QuerySet[CertificateIssue]) -> QuerySet[CertificateIssue]:
    due = Payment.objects.filter(application=OuterRef("application"), state=PaymentState.DUE).order_by()
    total = due.values("application").annotate(total=Sum("amount")).values("total")
    return rows.annotate(owed=Coalesce(Subquery(total), 0))


def payments_of(visit: Visit) -> list[Payment]:
    """The fees of everything a visit filed, in the order of the filings."""
    rows = Payment.objects.filter(application__visit_procedure__visit=visit)
    rows = rows.select_related("application__procedure", "application__department", "settled_by", "received_in")
    return list(rows.order_by("application__visit_procedure__position", "id"))


def protected_in(visit: Visit, subject: Subject, agent: str = "") -> list[str]:
    """Who of those concerned is protected (支援措置), in words: whoever came, their household, an agent, whose
    certificate it is, and whom the answers of its form name: 戸籍の附票 says where they live, whatever the relation.
    Somebody who was only named counts where a protected person has that name and birth date: the
    applicant of a visit without a record, `agent` or who was identified as one, a name beside somebody who was picked.

    Two queries for who came, two for the subject, two for the answers; of a visit without a record one for the
    applicant.
    """
    found = []
    if visit.resident is not None and has_protected_address(visit.resident):
        found.append(_("来庁した方（手続の本人）"))
    elif visit.resident is not None and any(is_protected(one) for one in household_of(visit.resident)):
        found.append(_("同じ世帯の方"))
    elif visit.resident is None and _protected_namesakes(_applicant_of(visit)).exists():
        found.append(_("来庁した方（手続の本人）と、氏名が同じ方"))
    if visit.mandate is not None and has_protected_address(visit.mandate.agent):
        found.append(_("代理人"))
    elif _protected_namesakes(Subject(agent or (visit.companion_name if visit.companion in ACTING else ""))).exists():
        found.append(_("代理人と、氏名が同じ方"))
    if subject.resident is not None and _has_protected_home(subject.resident):
        found.append(_("証明書の対象の方、または同じ世帯の方"))
    if (subject.resident is None or subject.is_named_otherwise) and _protected_namesakes(subject).exists():
        found.append(_("証明書の対象の方と、氏名が同じ方"))
    if protected_named(visit).exists():
        found.append(_("入力した氏名（必要な人など）と、氏名が同じ方"))
    return found


def _has_protected_home(person: Resident) -> bool:
    return has_protected_address(person) or any(is_protected(one) for one in household_of(person))


def _protected_namesakes(subject: Subject) -> QuerySet[Resident]:
    """Protected people who may be meant: same name, or same reading, and no other birth date. Nobody without a name."""
    if not fold_name(subject.name):
        return Resident.objects.none()
    names = Q(search_name=fold_name(subject.name))
    if subject.kana:
        names |= Q(search_kana=fold_kana(subject.kana))
    rows = Resident.objects.filter(names, protected_until__gte=today())
    born = parse_birth(subject.birth).date if subject.birth else None
    return rows.filter(Q(birth_date=born) | Q(birth_date=None)) if born else rows


def _applicant_of(visit: Visit) -> Subject:
    """Whom the answers are about, as far as they say."""
    born = visit.values.get("applicant_birth_date")
    return Subject(name_in(visit.values), birth=born if isinstance(born, str) else "")


def needs_superior(visit: Visit, relation: str, subject: Subject, agent: str = "") -> bool:
    """Whether a superior is asked first. Who is protected, and nobody else here is, asks for their own without."""
    is_another = relation in (Relation.PROXY, Relation.THIRD)
    found = protected_in(visit, subject if is_another else NOBODY, agent if relation == Relation.PROXY else "")
    came = visit.resident
    is_own = relation == Relation.SELF and came is not None and has_protected_address(came) and len(found) == 1
    return bool(found) and not is_own


def subject_of(order: CertificateOrder) -> Subject:
    """Whose certificate it is, as it was said."""
    return Subject(
        order.subject_name, order.subject_kana, order.subject_birth, order.subject_address, order.subject_resident
    )


def stop_of(visit: Visit) -> list[str]:
    """Who of those a visit is about is protected (支援措置), as it was said before it was signed."""
    order = requester_of(visit)
    return protected_in(visit, subject_of(order) if order else NOBODY)


def relation_in(visit: Visit, order: CertificateOrder | None) -> Relation:
    """Who asks, where nobody was asked on a page for it: what the identification says."""
    if visit.companion in ACTING:
        return Relation.PROXY
    return Relation(order.relation) if order else Relation.SELF


def is_unconfirmed(visit: Visit, order: CertificateOrder | None) -> bool:
    """Whether a superior still has to be asked about what was said."""
    is_asked = order is not None and bool(order.confirmed_by)
    return not is_asked and needs_superior(visit, relation_in(visit, order), subject_of(order) if order else NOBODY)
