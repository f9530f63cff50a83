"""The library of refusal reasons: what a case may use, and what a department keeps."""

from collections.abc import Iterable

from django.db.models import F, Q, QuerySet

from applications.models import Application, RefusalReason
from applications.permissions import CaseRight
from applications.queries.reach import scope_for
from cityhall.models import User


def reasons_for(cases: Iterable[Application]) -> list[RefusalReason]:
    """Words that fit all of these cases: of their procedure first, then of their department."""
    chosen = list(cases)
    procedures = {case.procedure_id for case in chosen}
    departments = {case.department_id for case in chosen}
    if len(departments) != 1:
        return []
    fits = Q(procedure__isnull=True)
    if len(procedures) == 1:
        fits |= Q(procedure__in=procedures)
    rows = RefusalReason.objects.filter(fits, is_active=True, department__in=departments)
    return list(rows.order_by(F("procedure").asc(nulls_last=True), "position", "id"))


def words_of_reason(reason: RefusalReason) -> str:
    """The text with its legal basis, as it is put into the reason of a decision."""
    return f"{reason.text}\n（根拠：{reason.legal_basis}）" if reason.legal_basis else reason.text


def with_reason(typed: str, reason: RefusalReason | None) -> str:
    """What was typed, and the words after it; never the same words twice."""
    words = words_of_reason(reason) if reason is not None else ""
    if not words or words in typed:
        return typed
    return f"{typed.rstrip()}\n\n{words}" if typed.strip() else words


def reason_library(user: User) -> QuerySet[RefusalReason]:
    """What the departments keep in which a person works on cases, unused ones too."""
    places = scope_for(user, CaseRight.PROCESS).department_ids
    rows = RefusalReason.objects.filter(department__in=places).select_related("department", "procedure")
    return rows.order_by("department__name", F("procedure__name").asc(nulls_first=True), "position", "id")


def may_edit_reasons(user: User) -> frozenset[int]:
    """Departments whose library the person may change: where they approve."""
    return scope_for(user, CaseRight.APPROVE).department_ids
