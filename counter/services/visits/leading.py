"""Who leads a visit, and pauses in it."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.services import audit
from counter.enums import ACTIVE_VISITS, PHASE_OF, VisitEventKind, VisitState
from counter.models import Visit
from counter.services.visits.states import begin_phase, touch


def take_over(visit: Visit, by: User, *, now: dt.datetime | None = None) -> Visit:
    """Go on with a visit at one's own desk; of two who do so at once the slower raises StaleState. Audited."""
    moment = now or timezone.now()
    if visit.clerk_id == by.pk:
        return visit
    if visit.state not in ACTIVE_VISITS | {VisitState.RECEIVED}:
        raise StaleState
    with transaction.atomic():
        touch(visit, event=VisitEventKind.TAKEN_OVER, by=by, now=moment, clerk=by)
        if visit.state in PHASE_OF:
            begin_phase(visit, PHASE_OF[VisitState(visit.state)], now=moment)
        record(visit, by, "taken over")
    return visit


def resume(visit: Visit, by: User, *, now: dt.datetime | None = None) -> Visit:
    """Go on after a pause: the clock of the phase runs again, and whoever does it leads. Raises StaleState."""
    moment = now or timezone.now()
    if visit.state not in ACTIVE_VISITS:
        raise StaleState
    with transaction.atomic():
        touch(visit, event=VisitEventKind.RESUMED, by=by, now=moment, clerk=by)
        begin_phase(visit, PHASE_OF[VisitState(visit.state)], now=moment)
    return visit


def record(visit: Visit, by: User | None, detail: str, *, action: AuditAction = AuditAction.STATE) -> None:
    """The audit trail of a visit: what was done, with the id of whom it is about."""
    audit.record(
        action=action,
        actor=by,
        target_type="visit",
        target_id=visit.public_id,
        detail=detail,
        object_ids=[visit.resident.public_id] if visit.resident else [],
    )
