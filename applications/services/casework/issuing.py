"""Certificates that are handed out while the person waits: no review, no decision, no letter."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import ApplicationState, EventKind, ProcedureMode
from applications.hindrances import Hindered
from applications.models import Application
from applications.permissions import CaseRight
from applications.queries.fees import unpaid_before_issue
from applications.queries.scope import scope_for
from applications.services.casework.steps import NotAllowed
from applications.services.fees.charging import nothing_owed
from applications.services.states import move
from applications.services.withdrawal import withdraw
from cityhall.days import local_date
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.services import audit

_ON_ITS_WAY = frozenset({ApplicationState.IN_REVIEW, ApplicationState.APPROVING, ApplicationState.APPROVED})
"""A handler took the case meanwhile: what is handed out is noted at the desk, and they finish the case."""


class NotIssued(DomainError):
    """The case was withdrawn, refused or sent back: nothing is handed out for it."""

    code = "not_issued"
    message = _("この申請は取り下げられたか、差し戻されているため、交付できません。申請の状態を確認してください。")


def issue(*, application: Application, by: User, now: dt.datetime | None = None) -> Application:
    """SUBMITTED → COMPLETED: the certificate is in the hands of the person, who was there. Audited.

    A case that a handler has taken stays theirs; one that is completed stays so. Raises NotAllowed, Hindered while a
    fee is due, NotIssued, StaleState.
    """
    if not application.procedure.issued_at_once or not scope_for(by, CaseRight.RECEIVE).covers(application):
        raise NotAllowed
    if unpaid := unpaid_before_issue(application):
        raise Hindered(unpaid)
    if application.state in _ON_ITS_WAY or application.state == ApplicationState.COMPLETED:
        return application
    if application.state != ApplicationState.SUBMITTED:
        raise NotIssued
    moment = now or timezone.now()
    held_on = application.visit_held_on
    if application.procedure.mode == ProcedureMode.SENT_AHEAD and held_on is None:
        held_on = local_date(moment)
    with transaction.atomic():
        move(
            application,
            to=ApplicationState.COMPLETED,
            event=EventKind.COMPLETED,
            by=by,
            now=moment,
            visit_held_on=held_on,
        )
        audit.record(
            action=AuditAction.STATE,
            actor=by,
            target_type="application",
            target_id=application.public_id,
            target_label=str(application),
            detail="issued at once",
            department_code=application.department.code,
            changed_fields=("state",),
        )
    return application


def call_off(*, application: Application, reason: str, by: User, now: dt.datetime | None = None) -> Application:
    """SUBMITTED → WITHDRAWN: a mistake, or the person changed their mind, before anything was handed out.

    What is due is cancelled; what was paid stays in the till until an approver takes it back (docs/fees.md).
    Raises what `withdraw` raises.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        withdraw(application=application, by=by, note=reason, now=moment)
        nothing_owed(application, by=by, now=moment)
    return application
