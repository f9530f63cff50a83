"""Before the day: a sheet for each department that has something to look up, which follows answers and bookings."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.utils import timezone

from cityhall.days import local_date
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.queue import enqueue
from counter.bereavement.conditions import Facts
from counter.bereavement.enums import OPEN, READY, BereavementEventKind, BereavementState
from counter.bereavement.errors import BereavementOver, BookingGivenUp, NotSentYet
from counter.bereavement.questions import IDENTITY, day_key
from counter.models import Bereavement, BereavementCheck, BereavementRequest, BereavementSheet
from counter.queries.bereavements import form_of_family, guide_in, is_given_up, visible_bereavements
from counter.services.bereavements.listing import refresh_steps
from counter.services.bereavements.states import locked, touch
from reservations.enums import ReservationState

BATCH: Final = 200
AT_ONCE: Final = 20
"""Families that one press of the button prepares before it answers."""
PREPARE_TASK: Final = "counter.tasks.prepare_corner"
_S = BereavementState


def prepare(row: Bereavement, *, by: User | None, now: dt.datetime | None = None) -> bool:
    """Make or renew the sheets and the list of the day; whether anything was new. Running it again changes nothing.

    What the family no longer says is withdrawn where nobody has answered it yet. Raises NotSentYet, BookingGivenUp,
    BereavementOver. Locks the row; a department that answers at this moment is told that the sheet changed.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        held = locked(row)
        if is_given_up(held) or held.reservation is None:
            raise BookingGivenUp
        if held.state == _S.DRAFT:
            raise NotSentYet
        if held.state not in READY:
            raise BereavementOver
        changed = _renew(held, moment)
        is_new = held.state == _S.SENT or bool(changed) or held.told_at != held.reservation.starts_at
        refresh_steps(held, now=moment)
        if is_new:
            _tell(held, changed, by=by, now=moment)
    return is_new


def prepare_coming(*, by: User | None, rows: Iterable[Bereavement], now: dt.datetime | None = None) -> int:
    """Prepare all that can be; how many were new. One that fails for its own reasons stops no other."""
    count = 0
    for row in rows:
        try:
            count += prepare(row, by=by, now=now)
        except DomainError:
            # given up or over meanwhile
            continue
    return count


def prepare_all(*, by: User, now: dt.datetime | None = None) -> tuple[int, bool]:
    """The button of the corner: prepare everybody whom `by` serves; how many were new, and whether more go on.

    A request prepares as many as somebody waits for, what was just sent first; whatever is left is the worker's.
    """
    moment = now or timezone.now()
    is_new = Case(When(state=_S.SENT, then=0), default=1)
    rows = _to_prepare(by, moment).order_by(is_new, "reservation__starts_at", "id")
    found = list(rows[: AT_ONCE + 1])
    count = prepare_coming(by=by, rows=found[:AT_ONCE], now=moment)
    if has_more := len(found) > AT_ONCE:
        enqueue(PREPARE_TASK, user_id=by.pk, after_id=0)
    return count, has_more


def prepare_batch(*, by: User, after_id: int, now: dt.datetime | None = None) -> int:
    """The next families of `prepare_all` in the worker, which goes on after them; how many were new."""
    moment = now or timezone.now()
    found = list(_to_prepare(by, moment).filter(pk__gt=after_id).order_by("id")[:BATCH])
    count = prepare_coming(by=by, rows=found, now=moment)
    if len(found) == BATCH:
        enqueue(PREPARE_TASK, user_id=by.pk, after_id=found[-1].pk)
    return count


def _to_prepare(by: User, now: dt.datetime) -> QuerySet[Bereavement]:
    return visible_bereavements(by).filter(state__in=READY, reservation__business_day__gte=local_date(now))


def prepare_due(*, batch: int = BATCH, now: dt.datetime | None = None) -> int:
    """The daily task: whatever comes within the days of its corner; how many were new. May run twice at once.

    All of them, `batch` held in memory at a time; what was just sent first.
    """
    moment = now or timezone.now()
    today = local_date(moment)
    rows = Bereavement.objects.filter(state__in=READY, reservation__business_day__gte=today, wiped_at=None)
    rows = rows.filter(reservation__state=ReservationState.BOOKED, corner__is_active=True).select_related("corner")
    kinds = rows.order_by().values_list("corner__prepare_days", flat=True).distinct()
    last = {days: today + dt.timedelta(days=days) for days in kinds}
    within = Q(pk=None)
    for days, day in last.items():
        within |= Q(corner__prepare_days=days, reservation__business_day__lte=day)
    is_new = Case(When(state=_S.SENT, then=0), default=1)
    due = rows.filter(within).order_by(is_new, "reservation__business_day", "id")
    ids = list(due.values_list("pk", flat=True))
    return sum(
        prepare_coming(by=None, rows=due.filter(pk__in=ids[at : at + batch]), now=moment)
        for at in range(0, len(ids), batch)
    )


def follow_bookings(*, limit: int = BATCH, now: dt.datetime | None = None) -> int:
    """Write down what became of bookings: moved to another time, or cancelled; how many. May run twice at once.

    The pages ask the booking itself and are right before this runs.
    """
    moment = now or timezone.now()
    rows = Bereavement.objects.filter(state__in=OPEN, reservation__isnull=False, wiped_at=None)
    gone = Q(reservation__state__in=[ReservationState.CANCELLED, ReservationState.EXPIRED])
    moved = ~Q(visit_on=F("reservation__business_day"))
    moved |= Q(told_at__isnull=False) & ~Q(told_at=F("reservation__starts_at"))
    found = list(rows.filter(gone | moved).order_by("id")[:limit])
    return sum(_follow(row, moment) for row in found)


def _follow(row: Bereavement, now: dt.datetime) -> bool:
    with transaction.atomic():
        held = locked(row)
        reservation = held.reservation
        if reservation is None or held.state not in OPEN:
            return False
        if is_given_up(held):
            columns = {"state": _S.WITHDRAWN, "ended_at": now}
            touch(held, event=BereavementEventKind.WITHDRAWN, by=None, now=now, detail="booking cancelled", **columns)
            return True
        moves = {"visit_on": reservation.business_day}
        before = held.told_at
        if before is None:
            return bool(Bereavement.objects.filter(pk=held.pk).exclude(**moves).update(**moves))
        if before == reservation.starts_at:
            return False
        _moved(held, before, now)
    return True


def _moved(held: Bereavement, before: dt.datetime, now: dt.datetime) -> None:
    """The departments hear that the family comes at another time: whoever answers meanwhile looks again."""
    reservation = held.reservation
    if reservation is None:
        return
    columns = {"visit_on": reservation.business_day, "told_at": reservation.starts_at}
    was = timezone.localtime(before).isoformat(timespec="minutes")
    touch(held, event=BereavementEventKind.MOVED, by=None, now=now, detail=was, **columns)
    BereavementSheet.objects.filter(bereavement=held).update(revision=F("revision") + 1)


def _tell(held: Bereavement, changed: Mapping[int, int], *, by: User | None, now: dt.datetime) -> None:
    reservation = held.reservation
    if reservation is None:
        return
    if held.told_at is not None and held.told_at != reservation.starts_at:
        _moved(held, held.told_at, now)
    columns = {"state": _S.PREPARING, "told_at": reservation.starts_at, "visit_on": reservation.business_day}
    columns |= {"prepared_at": held.prepared_at or now}
    detail = f"{sum(changed.values())} in {len(changed)} sheets"
    touch(held, event=BereavementEventKind.PREPARED, by=by, now=now, detail=detail, **columns)


def _renew(held: Bereavement, now: dt.datetime) -> dict[int, int]:
    """Sheets and requests as the answers call for; how many requests of each department changed."""
    facts = Facts(form_of_family(held), held.answers, today=local_date(now))
    checks = [one for one in BereavementCheck.objects.filter(is_active=True) if facts.holds(one.when)]
    sheets = {sheet.department_id: sheet for sheet in BereavementSheet.objects.filter(bereavement=held)}
    for department in dict.fromkeys(one.department_id for one in checks if one.department_id not in sheets):
        sheet = BereavementSheet.objects.create(bereavement=held, department_id=department, created_at=now)
        sheets[department] = sheet
    rows = BereavementRequest.objects.filter(sheet__in=list(sheets.values())).select_related("sheet")
    asked = {row.check_row_id: row for row in rows}
    changed: dict[int, int] = {}
    for check in checks:
        if _ask(sheets[check.department_id], check, asked.get(check.pk)):
            changed[check.department_id] = changed.get(check.department_id, 0) + 1
    wanted = {one.pk for one in checks}
    for row in asked.values():
        if row.check_row_id not in wanted and not row.finding and row.withdrawn_at is None:
            BereavementRequest.objects.filter(pk=row.pk).update(withdrawn_at=now)
            changed[row.sheet.department_id] = changed.get(row.sheet.department_id, 0) + 1
    for department in changed:
        _open_again(sheets[department], now)
    return changed


def ask_again(held: Bereavement, before: Mapping[str, Any], *, now: dt.datetime) -> None:
    """Nothing stands that was found for another person, or from facts the family has corrected since `before`.

    In the caller's transaction under the lock of the row. A department that answers at this moment is told. What the
    new answers do not call for any more stays as it was found, unless it was found for another person.
    """
    who = (*IDENTITY, day_key(guide_in(held.guide)))
    is_other = _differs(before, held.answers, who)
    facts = Facts(form_of_family(held), held.answers, today=local_date(now))
    rows = BereavementRequest.objects.filter(sheet__bereavement=held).select_related("check_row")
    again = [
        row
        for row in rows
        if is_other or (_differs(before, held.answers, row.check_row.facts) and facts.holds(row.check_row.when))
    ]
    if not again:
        return
    BereavementRequest.objects.filter(pk__in=[row.pk for row in again]).update(finding="", note="", papers_ready=False)
    sheets = BereavementSheet.objects.filter(pk__in={row.sheet_id for row in again})
    sheets.update(revision=F("revision") + 1, answered_at=None, answered_by=None)
    refresh_steps(held, now=now)


def _differs(before: Mapping[str, Any], answers: Mapping[str, Any], keys: object) -> bool:
    return isinstance(keys, list | tuple) and any(before.get(key) != answers.get(key) for key in keys)


def _ask(sheet: BereavementSheet, check: BereavementCheck, row: BereavementRequest | None) -> bool:
    """Put a check on its sheet; whether that was new. What a department owned once stays with it."""
    if row is None:
        BereavementRequest.objects.create(sheet=sheet, check_row=check)
        return True
    return bool(BereavementRequest.objects.filter(pk=row.pk, withdrawn_at__isnull=False).update(withdrawn_at=None))


def _open_again(sheet: BereavementSheet, now: dt.datetime) -> None:
    """Somebody may be answering the sheet as it was: they are told. It is answered while nothing on it is open, also
    where the one thing that was open is not asked any more."""
    asked = BereavementRequest.objects.filter(sheet=sheet, withdrawn_at=None)
    columns: dict[str, Any] = {}
    if asked.filter(finding="").exists():
        columns = {"answered_at": None, "answered_by": None}
    elif sheet.answered_at is None and asked.exists():
        columns = {"answered_at": now}
    BereavementSheet.objects.filter(pk=sheet.pk).update(revision=F("revision") + 1, **columns)
