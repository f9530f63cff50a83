"""Reads of fees: what hinders a decision, the day of a till, what is unpaid."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from applications.enums import ApplicationState, DecisionKind, FeeDue, PaymentEventKind, PaymentState
from applications.models import Application, CashDesignation, DailyClosing, Payment, PaymentEvent
from applications.permissions import DESIGNATED_TILL_ROLES, ROLE_RIGHTS, CaseRight
from applications.queries.scope import scope_for
from cityhall.days import today
from cityhall.models import Department, User
from cityhall.queries.staff import scope_of

MOST_UNPAID = 500
"""How many unpaid fees a page lists; more is a matter for the table of the export."""


def payments_of(application: Application) -> list[Payment]:
    """The fees of a case with their journal, in the order of the rules."""
    rows = Payment.objects.filter(application=application).select_related("settled_by", "received_in")
    return list(rows.prefetch_related("events__actor").order_by("id"))


def owed_by(application: Application) -> int:
    """Yen that are still due."""
    due = Payment.objects.filter(application=application, state=PaymentState.DUE)
    return due.aggregate(total=Sum("amount"))["total"] or 0


def fee_total(application: Application) -> int:
    """Yen of all fees that were not cancelled or waived."""
    asked = Payment.objects.filter(application=application, state__in=[PaymentState.DUE, PaymentState.PAID])
    return asked.aggregate(total=Sum("amount"))["total"] or 0


def unpaid_before_decision(cases: Sequence[Application], decision: DecisionKind) -> dict[int, list[str]]:
    """A hindrance (`applications.hindrances`): nothing is granted while its fee is due; a refusal waits for no fee.

    One query, and none where no fee is asked for before the decision.
    """
    asked = [case.pk for case in cases if case.procedure.fee_due == FeeDue.BEFORE_DECISION]
    if decision == DecisionKind.REFUSE or not asked:
        return {}
    due = Payment.objects.filter(application__in=asked, state=PaymentState.DUE).order_by()
    owed = due.values_list("application").annotate(total=Sum("amount"))
    return {case: _sentence(total) for case, total in owed}


def unpaid_before_issue(application: Application) -> list[str]:
    """What keeps a document from being handed out, and so the case from being completed."""
    if application.decision == DecisionKind.REFUSE:
        return []
    return _sentence(owed_by(application))


def _sentence(owed: int) -> list[str]:
    if not owed:
        return []
    return [_("手数料 %(yen)s円が未納です。収納または免除を記録してください。") % {"yen": f"{owed:,}"}]


def tills_of(user: User) -> QuerySet[Department]:
    """Departments whose till a person may use: where a role of theirs receives. Administrators and auditors: all."""
    staff = scope_of(user)
    if staff.is_administrator or staff.is_auditor:
        return Department.objects.order_by("name")
    return Department.objects.filter(pk__in=own_tills(user)).order_by("name")


def own_tills(user: User) -> set[int]:
    """Departments whose money a person may touch: where a role of theirs receives, by designation where it needs one.

    No query but for those who hold a role of `DESIGNATED_TILL_ROLES`.
    """
    receiving = {
        pk: {role for role in roles if CaseRight.RECEIVE in ROLE_RIGHTS[role]}
        for pk, roles in scope_of(user).roles_in.items()
    }
    free = {pk for pk, roles in receiving.items() if roles - DESIGNATED_TILL_ROLES}
    asked = {pk for pk, roles in receiving.items() if roles} - free
    return free | _designated(user, asked) if asked else free


def _designated(user: User, departments: set[int]) -> set[int]:
    on = today()
    in_force = CashDesignation.objects.filter(
        Q(active_until__isnull=True) | Q(active_until__gte=on), active_from__lte=on, user=user
    )
    return set(in_force.filter(department__in=departments).values_list("department_id", flat=True))


def entries_of(department: Department, day: dt.date) -> QuerySet[PaymentEvent]:
    """What went into the till of a day and out of it, in its order."""
    rows = PaymentEvent.objects.filter(department=department, business_day=day).exclude(amount=0)
    return rows.select_related("payment__application", "actor").order_by("id")


def totals_of(department: Department, day: dt.date) -> dict[str, dict[str, int]]:
    """Method → how many payments and how many yen, refunds taken off."""
    rows = PaymentEvent.objects.filter(department=department, business_day=day).exclude(amount=0)
    paid = Count("pk", filter=Q(kind=PaymentEventKind.PAID)) - Count("pk", filter=Q(kind=PaymentEventKind.REVERSED))
    found = rows.values("method").annotate(count=paid, yen=Sum("amount")).order_by("method")
    return {row["method"]: {"count": row["count"], "amount": row["yen"]} for row in found}


def closings_of(user: User) -> QuerySet[DailyClosing]:
    """Closed days of the tills a person may see, newest first."""
    rows = DailyClosing.objects.filter(department__in=tills_of(user)).select_related("department", "closed_by")
    return rows.order_by("-business_day", "-id")


def unpaid_of(user: User) -> QuerySet[Payment]:
    """What is due of the cases a person may receive, oldest first; not of cases that were refused or withdrawn."""
    scope = scope_for(user, CaseRight.RECEIVE) or scope_for(user)
    if not scope:
        return Payment.objects.none()
    cases = Application.objects.filter(scope.condition()).exclude(
        state__in=[ApplicationState.WITHDRAWN, ApplicationState.REFUSED]
    )
    rows = Payment.objects.filter(state=PaymentState.DUE, application__in=cases)
    return rows.select_related("application__procedure", "application__department").order_by("created_at", "id")
