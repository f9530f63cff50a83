"""Cases in the outbox to the back office: for the programs that take them, and for the desks they came from."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Prefetch, QuerySet
from django.utils import timezone

from applications.definition import form_of
from applications.enums import EventKind
from applications.models import Application, ApplicationRevision, Payment
from applications.queries.papers import papers_of
from cityhall.models import Device, User
from counter.enums import ACTING, HandOverKind, HandOverOutcome
from counter.handing import Case, Document, document_of
from counter.models import CertificateOrder, HandOver
from counter.queries.visits import visible_visits
from reservations.queries.scope import visible_places
from residents.dates import parse_birth
from residents.enums import ExternalIdKind
from residents.models import ExternalId
from residents.queries import is_protected

_ORDER: Final = "application__certificate_issue__visit__certificate_order"
DESK_SHOWS = 200
"""Rows of the page of a desk; what came back stands first."""


def hand_overs_for(system: Device) -> QuerySet[HandOver]:
    """Every case a program may know: those of its department, or of all when it has none."""
    rows = HandOver.objects.all()
    if system.department_id is not None:
        rows = rows.filter(application__department=system.department_id)
    return rows


def open_for(system: Device) -> QuerySet[HandOver]:
    """What waits to be taken, with everything `document` needs: a page of it costs five queries."""
    return with_content(hand_overs_for(system).filter(outcome=HandOverOutcome.OPEN))


def with_content(rows: QuerySet[HandOver]) -> QuerySet[HandOver]:
    """The rows with what their documents are made of."""
    numbers = ExternalId.objects.filter(kind=ExternalIdKind.RESIDENT_NUMBER)
    return rows.select_related(
        "application__procedure",
        "application__department",
        "application__form_version",
        "application__resident",
        "application__reception",
        f"{_ORDER}__subject_resident",
    ).prefetch_related(
        Prefetch("application__revisions", ApplicationRevision.objects.order_by("number")),
        Prefetch("application__hand_overs", HandOver.objects.only("application_id", "kind", "reference")),
        Prefetch("application__payments", Payment.objects.order_by("id")),
        Prefetch("application__resident__external_ids", numbers, to_attr="register_numbers"),
        Prefetch(f"{_ORDER}__subject_resident__external_ids", numbers, to_attr="register_numbers"),
    )


def visible_hand_overs(user: User | AnonymousUser, rows: QuerySet[HandOver]) -> QuerySet[HandOver]:
    """Those of a few that were received at the places where one serves. Asks for their visits at once: one query."""
    visits = rows.order_by().values_list("application__visit_procedure__visit", flat=True)
    seen = visible_visits(user, among=list(visits)).order_by().values("pk")
    return rows.filter(application__visit_procedure__visit__in=seen).select_related(
        "application__procedure", "application__visit_procedure__visit", "system"
    )


def over_since(user: User | AnonymousUser, day: dt.date) -> QuerySet[HandOver]:
    """What was taken or settled of the visits since a day, the newest first."""
    rows = HandOver.objects.filter(
        outcome__in=[HandOverOutcome.TAKEN, HandOverOutcome.SETTLED],
        application__visit_procedure__visit__business_day__gte=day,
        application__visit_procedure__visit__place__in=visible_places(user).values("pk"),
    )
    return visible_hand_overs(user, rows).order_by("-id")


def returned_count(user: User | AnonymousUser) -> int:
    """How many cases came back with an error and wait for somebody. Two queries."""
    return visible_hand_overs(user, HandOver.objects.filter(outcome=HandOverOutcome.RETURNED)).count()


def document(row: HandOver) -> Document:
    """What is handed over of a case as it stands now; of a row of `with_content` no query."""
    application = row.application
    revisions, resident = list(application.revisions.all()), application.resident
    # nobody received what was filed online
    reception = getattr(application, "reception", None)
    numbers = resident.register_numbers if resident else []  # type: ignore[attr-defined]
    sent_at = application.submitted_at or application.created_at
    return document_of(
        Case(
            id=row.public_id,
            number=application.number or "",
            times=row.times,
            procedure=application.procedure.key,
            procedure_name=application.procedure.name,
            form_version=application.form_version.number,
            department=application.department.code,
            received_at=timezone.localtime(sent_at).isoformat(timespec="seconds"),
            resident_number=numbers[0].value if numbers else "",
            identity=reception.identity if reception else "",
            is_address_protected=resident is not None and is_protected(resident),
            papers_seen=sorted(papers_of(reception)),
            form=form_of(application.form_version),
            answers=revisions[-1].answers if revisions else {},
            kind=row.kind,
            reference=_reference_of(row),
            certificate=_certificate_of(application),
        )
    )


def _reference_of(row: HandOver) -> str:
    """Under which number a program took the case that is cancelled."""
    if row.kind != HandOverKind.CANCEL:
        return ""
    return next((one.reference for one in row.application.hand_overs.all() if one.kind == HandOverKind.CASE), "")


def _about(order: CertificateOrder) -> Document | None:
    """Whose certificate it is, as it was said; with the register's number where staff found them there."""
    if not order.subject_line:
        return None
    found = order.subject_resident
    numbers = found.register_numbers if found else []  # type: ignore[attr-defined]
    birth = parse_birth(order.subject_birth).date if order.subject_birth else None
    return {
        "name": order.subject_name,
        "kana": order.subject_kana,
        "birth_date": birth.isoformat() if birth else "",
        "address": order.subject_address,
        "other": order.subject,
        "resident_number": numbers[0].value if numbers else "",
        "is_address_protected": found is not None and is_protected(found),
    }


def _certificate_of(application: Application) -> Document | None:
    """What a terminal needs beside the answers to issue a certificate; None for every other case."""
    issue = getattr(application, "certificate_issue", None)
    if issue is None:
        return None
    order = getattr(issue.visit, "certificate_order", None)
    return {
        "state": issue.state,
        "copies": issue.copies,
        "relation": order.relation if order else "",
        "reason": order.reason if order else "",
        "subject": order.subject_line if order else "",
        "about": _about(order) if order else None,
        "came": issue.visit.companion_name if issue.visit.companion in ACTING else "",
        "documents": list(issue.visit.documents),
        "fees": [
            {"amount": one.amount, "state": one.state, "method": one.method, "receipt": one.receipt_number}
            for one in application.payments.all()
        ],
    }


def called_back(applications: Iterable[int]) -> dict[int, HandOver]:
    """What the terminals say of the cancellation of cases, by the id of the case. One query."""
    rows = HandOver.objects.filter(application__in=applications, kind=HandOverKind.CANCEL).select_related("system")
    return {row.application_id: row for row in rows}


def settled_by_hand(applications: Iterable[int]) -> set[int]:
    """Withdrawn cases that somebody had typed into the terminal by hand before: no program tells it. One query.

    The withdrawal settles a case as well, at its own moment.
    """
    cases = HandOver.objects.filter(kind=HandOverKind.CASE, outcome=HandOverOutcome.SETTLED)
    cases = cases.filter(
        application__in=applications,
        application__events__kind=EventKind.WITHDRAWN,
        application__events__at__gt=F("outcome_at"),
    )
    return set(cases.values_list("application_id", flat=True))
