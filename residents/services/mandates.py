"""The right to act for somebody: granted on evidence, revoked, never rewritten."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit
from residents.errors import MandateRefused
from residents.models import Mandate, Resident


def create_mandate(
    *,
    principal: Resident,
    agent: Resident,
    evidence: str,
    valid_from: dt.date,
    by: User,
    valid_until: dt.date | None = None,
    procedure_keys: Sequence[str] = (),
) -> Mandate:
    """Let `agent` file for `principal`; without `procedure_keys`, every procedure.

    Raises MandateRefused when the two are one person, or the period ends before it begins.
    """
    try:
        with transaction.atomic():
            mandate = Mandate.objects.create(
                principal=principal,
                agent=agent,
                procedure_keys=sorted(procedure_keys),
                evidence=evidence,
                valid_from=valid_from,
                valid_until=valid_until,
                created_by=by,
            )
            _record(mandate, by, "mandate created", AuditAction.CREATE)
    except IntegrityError as error:
        if violated(error) in ("mandate_between_two_people", "mandate_ends_after_start"):
            raise MandateRefused from error
        raise
    return mandate


def revoke_mandate(*, mandate: Mandate, by: User, now: dt.datetime | None = None) -> Mandate:
    """End a mandate at once; revoking twice keeps the first time."""
    moment = now or timezone.now()
    with transaction.atomic():
        count = Mandate.objects.filter(pk=mandate.pk, revoked_at__isnull=True).update(revoked_at=moment)
        if count:
            mandate.revoked_at = moment
            _record(mandate, by, "mandate revoked", AuditAction.CHANGE)
    return mandate


def _record(mandate: Mandate, by: User, detail: str, action: AuditAction) -> None:
    audit.record(
        action=action,
        actor=by,
        target_type="resident",
        target_id=mandate.principal.public_id,
        detail=detail,
        changed_fields=["mandates_given"],
        object_ids=[mandate.agent.public_id],
    )
