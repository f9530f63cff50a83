"""Letting the city's token be tried again after it refused its PIN, because a person says so."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from cityhall.enums import AuditAction, WorkState
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.queue import wake
from cityhall.services import audit
from notices.models import DocumentJob
from notices.signing.errors import TokenPinRefused
from notices.signing.token import allow_again, refusal


def resume_signing(*, by: User, now: dt.datetime | None = None) -> None:
    """Have the documents that wait for the token made now, with one try of its PIN; audited.

    Raises StaleState: nothing was refused, the settings changed, or somebody was faster.
    """
    login = refusal()
    with transaction.atomic():
        if login is None or not allow_again(login):
            raise StaleState
        waiting = DocumentJob.objects.filter(state=WorkState.FAILED, last_error=str(TokenPinRefused.message)[:200])
        waiting.update(due_at=now or timezone.now())
        audit.record(
            action=AuditAction.STATE,
            actor=by,
            target_type="notices.tokenlogin",
            target_id=login.pk,
            detail="signing resumed",
        )
        wake("notices.tasks.make_documents")
