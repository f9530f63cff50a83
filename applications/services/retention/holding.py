"""A case that is kept longer than its years, for a reason."""

from django.db import transaction

from applications.models import Application
from applications.permissions import CaseRight
from applications.queries.scope import scope_for
from applications.services.casework.steps import NotAllowed
from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.services import audit


def set_hold(*, application: Application, reason: str, by: User) -> None:
    """Keep a case beyond its years with a reason, or let it go again with none. Audited.

    Raises NotAllowed, StaleState when it was disposed of meanwhile.
    """
    if not scope_for(by, CaseRight.PROCESS).covers(application):
        raise NotAllowed
    text = reason.strip()
    with transaction.atomic():
        if Application.objects.filter(pk=application.pk, disposed_at=None).update(disposal_hold=text) != 1:
            raise StaleState
        audit.record(
            action=AuditAction.CHANGE,
            actor=by,
            target_type="application",
            target_id=application.public_id,
            target_label=application.number or "",
            detail="hold" if text else "unhold",
            department_code=application.department.code,
            changed_fields=["disposal_hold"],
        )
    application.disposal_hold = text
