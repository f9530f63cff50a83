"""Taking an application back."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from applications.enums import MOVES, ApplicationState, EventKind
from applications.models import Application, CorrectionRequest
from applications.notice_actions import record_withdrawn
from applications.services.applicants import refuse_ended
from applications.services.drafts import NotEditable
from applications.services.fees.charging import let_go
from applications.services.mails import Occasion, tell_applicant
from applications.services.seats import give_up_seat
from applications.services.states import move
from applications.withdrawals import tell_withdrawn
from cityhall.days import local_date
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit


def may_withdraw(application: Application) -> bool:
    """Whether the applicant may still take the application back."""
    return ApplicationState.WITHDRAWN in MOVES[ApplicationState(application.state)]


def withdraw(
    *, application: Application, by: User | None, note: str = "", now: dt.datetime | None = None
) -> Application:
    """Take an application back; an open correction request ends with it, a limited place goes to the next in line.

    `note` is why, for staff. Withdrawing twice changes nothing. A mail confirms it: somebody else may have pressed
    the button. Apps above hear of it in the same transaction (`applications.withdrawals`). Raises NotEditable once
    the city works on it or has decided, StaleState when a handler was faster, MandateEnded or NotMember when who asks
    may not act for the applicant any more.
    """
    if application.state == ApplicationState.WITHDRAWN:
        return application
    if not may_withdraw(application):
        raise NotEditable
    moment = now or timezone.now()
    refuse_ended(application, by=by, on=local_date(moment))
    with transaction.atomic():
        moved = move(
            application,
            to=ApplicationState.WITHDRAWN,
            event=EventKind.WITHDRAWN,
            by=by,
            note=note,
            now=moment,
            editing_since=None,
        )
        CorrectionRequest.objects.filter(application=moved, answered_at=None).update(answered_at=moment)
        audit.record(
            action=AuditAction.STATE,
            actor=by,
            target_type="application",
            target_id=moved.public_id,
            target_label=moved.number or "",
            detail="withdraw",
        )
        give_up_seat(moved, now=moment)
        let_go(moved, by=by, now=moment)
        if moved.number:
            record_withdrawn(moved, by=by, now=moment)
            tell_withdrawn(moved, by=by, now=moment)
            tell_applicant(moved, Occasion.WITHDRAWN)
    return moved
