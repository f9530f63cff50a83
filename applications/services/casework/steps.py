"""What all steps of casework share: the right to take it, and its trace in the audit trail."""

from django.utils.translation import gettext_lazy as _

from applications.models import Application
from applications.permissions import STATES_FOR, CaseAction
from applications.queries.scope import may
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.services import audit


class NotAllowed(DomainError):
    """The person may not take this step with this case."""

    code = "not_allowed"
    message = _("この申請に対する権限がありません。")


class ReasonMissing(DomainError):
    """A step that must be explained was not."""

    code = "reason_missing"
    message = _("理由を入力してください。")


def check_step(*, application: Application, action: CaseAction, by: User) -> None:
    """Raise NotAllowed without the right, StaleState when the case is no longer where the step starts."""
    if not may(by, application, action):
        raise NotAllowed
    if application.state not in STATES_FOR[action]:
        raise StaleState


def need_reason(reason: str) -> str:
    """The reason without blanks around it. Raises ReasonMissing."""
    text = reason.strip()
    if not text:
        raise ReasonMissing
    return text


def record_step(*, application: Application, action: CaseAction, by: User, changed: tuple[str, ...]) -> None:
    """One audit event in the transaction of the step: names of fields, no values."""
    audit.record(
        action=AuditAction.STATE,
        actor=by,
        target_type="application",
        target_id=application.public_id,
        target_label=str(application),
        detail=f"{action}: {application.state}",
        department_code=application.department.code,
        changed_fields=changed,
    )
