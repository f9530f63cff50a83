"""How a visit ends: received and done, left half-way, or forgotten; and when it is wiped."""

import datetime as dt
from collections.abc import Collection
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext

from cityhall.days import local_date
from cityhall.errors import StaleState
from cityhall.models import StoredFile, User
from counter.entries import Entries
from counter.enums import ACTIVE_VISITS, VisitEventKind, VisitState
from counter.models import (
    AccountInvitation,
    CertificateIssue,
    CertificateOrder,
    PrintJob,
    Visit,
    VisitEvent,
    VisitProcedure,
    VisitSignature,
)
from counter.queries.certificates import is_at_the_desk
from counter.services.visits.leading import record
from counter.services.visits.states import begin_phase, move, touch

BATCH: Final = 200
LEFT: Final = "left"
_END_OF_DAY: Final = "end of day"


def leave(visit: Visit, *, keep: bool, by: User, now: dt.datetime | None = None) -> Visit:
    """The resident leaves half-way, and chooses.

    `keep`: everything waits as it is until the end of the day, at every desk of the place; the clock of the phase
    stands still (`leading.resume`). Otherwise it is wiped at once and the visit is CLOSED. Raises StaleState. Audited.
    """
    moment = now or timezone.now()
    if visit.state not in ACTIVE_VISITS:
        raise StaleState
    with transaction.atomic():
        if not keep:
            return end_wiped(visit, by=by, now=moment, detail=LEFT)
        touch(visit, event=VisitEventKind.PAUSED, by=by, now=moment)
        begin_phase(visit, None, now=moment)
        record(visit, by, "paused")
    return visit


def close(visit: Visit, by: User | None, *, now: dt.datetime | None = None) -> Visit:
    """RECEIVED → CLOSED: the person goes with everything in hand. Practice is wiped at once. Raises StaleState."""
    moment = now or timezone.now()
    if visit.state != VisitState.RECEIVED:
        raise StaleState
    columns = wiped(moment) if visit.is_practice else {}
    with transaction.atomic():
        move(
            visit,
            to=VisitState.CLOSED,
            event=VisitEventKind.CLOSED,
            by=by,
            now=moment,
            closed_at=moment,
            **columns,
        )
        if not is_at_the_desk(visit, moment):
            _end_invitations([visit.pk], now=moment)
        if visit.is_practice:
            _forget_beside([visit.pk], now=moment)
        record(visit, by, "closed")
    return visit


def end_days(*, limit: int = BATCH, now: dt.datetime | None = None) -> int:
    """Close what was left open on days that are over; how many. Forgets who took up invitations that have ended.

    What was never received is wiped: it waited until the end of the day. What lasted ends with the last thing that was
    done. May run twice at once.
    """
    moment = now or timezone.now()
    AccountInvitation.objects.filter(claimed_by__isnull=False, ends_at__lte=moment).update(claimed_by=None)
    rows = Visit.objects.filter(business_day__lt=local_date(moment), wiped_at=None).exclude(state=VisitState.CLOSED)
    ended = 0
    for visit in rows.order_by("business_day", "id")[:limit]:
        try:
            _end(visit, now=moment)
        except StaleState:
            # somebody works late, or the other run was faster
            continue
        ended += 1
    return ended


def wipe(*, limit: int = BATCH, now: dt.datetime | None = None) -> int:
    """Forget who came, `VISITOR_KEPT_DAYS` after the day; how many. Times, procedures and numbers stay."""
    moment = now or timezone.now()
    last = local_date(moment) - dt.timedelta(days=settings.VISITOR_KEPT_DAYS)
    due = Visit.objects.filter(business_day__lt=last, wiped_at=None, state=VisitState.CLOSED)
    with transaction.atomic():
        pks = list(due.order_by("business_day", "id").values_list("pk", flat=True)[:limit])
        rows = Visit.objects.filter(pk__in=pks, wiped_at=None)
        _forget_beside(pks, now=moment)
        return rows.update(**wiped(moment))


def wiped(now: dt.datetime) -> dict[str, Any]:
    """The columns of a visit without anything personal. The prefill lets go, so that its own row can be forgotten."""
    nobody: dict[str, Any] = dict.fromkeys(("resident", "mandate", "prefill", "reservation"))
    words: dict[str, Any] = {"companion": "", "companion_name": "", "card": {}, "advised": {}}
    return nobody | words | Entries().columns() | {"wiped_at": now}


def _end(visit: Visit, *, now: dt.datetime) -> None:
    """The night is no time at the desk: the phase that runs ends with the last thing that happened."""
    with transaction.atomic():
        # as whoever presses a button at this moment: the visit first, then its phase
        Visit.objects.select_for_update(no_key=True).get(pk=visit.pk)
        begin_phase(visit, None, now=_last_act(visit))
        if visit.state == VisitState.RECEIVED:
            close(visit, None, now=now)
        else:
            end_wiped(visit, by=None, now=now, detail=_END_OF_DAY)


def _last_act(visit: Visit) -> dt.datetime:
    """When somebody last did something in the visit: pressed, printed, or handed a certificate over."""
    moments: list[dt.datetime | None] = [
        visit.started_at,
        VisitEvent.objects.filter(visit=visit).aggregate(at=Max("at"))["at"],
        PrintJob.objects.filter(visit=visit).aggregate(at=Max("at"))["at"],
        CertificateIssue.objects.filter(visit=visit).aggregate(at=Max("over_at"))["at"],
    ]
    return max(at for at in moments if at is not None)


def end_wiped(visit: Visit, *, by: User | None, now: dt.datetime, detail: str) -> Visit:
    """Wipe and close, in the caller's transaction. Raises StaleState."""
    record(visit, by, f"closed: {detail}")
    move(
        visit,
        to=VisitState.CLOSED,
        event=VisitEventKind.CLOSED,
        by=by,
        now=now,
        detail=detail,
        closed_at=now,
        **wiped(now),
    )
    _forget_beside([visit.pk], now=now)
    return visit


def _forget_beside(visits: Collection[int], *, now: dt.datetime) -> None:
    """What stands of the person beside the visits themselves: what staff wrote, what was drawn, whose account it is."""
    procedures = VisitProcedure.objects.filter(visit__in=visits)
    procedures.update(reason="")
    said = ("reason", "subject", "subject_name", "subject_kana", "subject_birth", "subject_address", "confirmed_by")
    orders = CertificateOrder.objects.filter(visit__in=visits)
    orders.update(**dict.fromkeys(said, ""), subject_resident=None, typed={})
    gone = gettext("（消去しました）")
    procedures.exclude(drop_reason="").update(drop_reason=gone)
    CertificateIssue.objects.filter(visit__in=visits).exclude(reason="").update(reason=gone)
    signatures = VisitSignature.objects.filter(visit__in=visits, file__isnull=False)
    StoredFile.objects.filter(pk__in=list(signatures.values_list("file", flat=True))).update(delete_after=now)
    signatures.update(file=None)
    _end_invitations(visits, now=now)


def _end_invitations(visits: Collection[int], *, now: dt.datetime) -> None:
    """Whoever took one up and was never confirmed is named no longer: nobody can confirm it any more."""
    AccountInvitation.objects.filter(visit__in=visits, claimed_by__isnull=False).update(claimed_by=None, ends_at=now)
