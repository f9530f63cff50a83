"""A text of a letter, filled for the person who writes it: with a real case of theirs, or with examples."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import DecisionKind
from applications.models import Application
from applications.queries.cases import visible_case
from applications.queries.letters import LetterKind, letter_values, placeholders_for
from applications.queries.scope import visible_cases
from cityhall.days import local_date, wareki
from cityhall.errors import DomainError
from cityhall.models import Department, User
from cityhall.references import normalize_number
from notices.services import NoticeText, fill_text, usual_values_for


class NoSuchCase(DomainError):
    """The number is nobody's, or of a case that gets another letter."""

    code = "no_such_case"
    message = _("この通知書を使う手続の申請のうち、ご覧になれる申請の受付番号を入力してください。")


@dataclass(frozen=True)
class Trial:
    """The filled words, and the case they are about; None when they are examples."""

    text: NoticeText
    department: Department
    case: Application | None


def try_text(*, kind: LetterKind, texts: Mapping[str, Any], number: str, user: User) -> Trial:
    """Fill a text that is not kept yet. Writes nothing. Raises NoSuchCase."""
    examples = {one.name: one.example for one in placeholders_for(kind)}
    if not number.strip():
        procedure = kind.procedures[0]
        shown = {"procedure_name": procedure.name, "department_name": procedure.department.name}
        return Trial(fill_text(texts, examples | shown), procedure.department, None)
    case = _case(kind, number, user)
    now = timezone.now()
    decision = (
        DecisionKind.APPROVE if case.procedure.approval_notice_type_id == kind.notice_type.pk else DecisionKind.REFUSE
    )
    values = (
        examples | letter_values(case) | {"decision": str(decision.label), "decision_date": wareki(local_date(now))}
    )
    values["reason"] = case.decision_reason or examples["reason"]
    if case.resident is not None:
        usual = usual_values_for(case.resident, department=case.department, source_label=case.procedure.name, now=now)
        values = values | usual
    return Trial(fill_text(texts, values), case.department, case)


def _case(kind: LetterKind, number: str, user: User) -> Application:
    procedures = [procedure.pk for procedure in kind.procedures]
    found = visible_cases(user).filter(number=normalize_number(number), procedure__in=procedures).first()
    if found is None:
        raise NoSuchCase
    return visible_case(user, found.public_id)
