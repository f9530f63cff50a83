"""Keeping the library of refusal reasons. A decision copies its words: changing them changes no decision."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.models import RefusalReason
from applications.queries.reasons import may_edit_reasons
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.services import audit


class NotYourReasons(DomainError):
    """The library of another department."""

    code = "not_your_reasons"
    message = _("文例を変えられるのは、その課の決裁者だけです。")


def save_reason(*, reason: RefusalReason, values: dict[str, Any], by: User) -> RefusalReason:
    """Keep a new one, or change one; never deleted, only taken out of use. Audited. Raises NotYourReasons."""
    allowed = may_edit_reasons(by)
    is_new = reason.pk is None
    if values["department"].pk not in allowed or (not is_new and reason.department_id not in allowed):
        raise NotYourReasons
    changed = [name for name, value in values.items() if is_new or getattr(reason, name) != value]
    for name, value in values.items():
        setattr(reason, name, value)
    with transaction.atomic():
        if changed:
            reason.save(force_insert=is_new, update_fields=None if is_new else changed)
            audit.record(
                action=AuditAction.CREATE if is_new else AuditAction.CHANGE,
                actor=by,
                target_type=reason._meta.label_lower,
                target_id=reason.public_id,
                target_label=reason.title,
                changed_fields=changed,
                department_code=reason.department.code,
            )
    return reason
