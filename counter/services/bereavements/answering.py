"""What a family answers, at home or on the telephone: kept page by page, sent with consent, taken back."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.definition import Page
from applications.typed import with_closed_rows
from cityhall.days import local_date
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit
from counter.bereavement.enums import OPEN, BereavementEventKind, BereavementState
from counter.bereavement.errors import AnswersMissing, BereavementOver, BookingGivenUp, NotAgreed
from counter.bereavement.questions import NEEDED, day_key, filling_of
from counter.models import Bereavement, BereavementCorner
from counter.queries.bereavements import guide_in, is_asked_by_staff, is_given_up
from counter.services.bereavements.preparing import ask_again
from counter.services.bereavements.states import locked, note, touch
from reservations.enums import ReservationState
from reservations.models import Reservation

_BOOKED = ReservationState.BOOKED


def begin(
    reservation: Reservation,
    corner: BereavementCorner,
    *,
    values: Mapping[str, Any] | None = None,
    by: User | None,
    now: dt.datetime | None = None,
) -> Bereavement:
    """What belongs to a booking of the corner, made at its first question; twice is once.

    `values` are answers given in the guide before: they fill what nobody has answered yet.
    """
    moment = now or timezone.now()
    if found := Bereavement.objects.filter(reservation=reservation).first():
        return _begun_again(found, dict(values or {}), by, moment) if _may_again(found) else found
    event = corner.life_event
    version = event.current_guide if event.is_guide_public else None
    try:
        with transaction.atomic():
            row = Bereavement.objects.create(
                reservation=reservation,
                corner=corner,
                guide=version,
                values=dict(values or {}),
                visit_on=reservation.business_day,
                created_at=moment,
            )
            note(row, BereavementEventKind.BEGUN, by=by, now=moment, detail=_who(by))
    except IntegrityError:
        # a double tap: the other request was faster
        return Bereavement.objects.get(reservation=reservation)
    return row


def _may_again(row: Bereavement) -> bool:
    """Whether a family that took its answers back, and still comes, may give them anew."""
    reservation = row.reservation
    return row.state == BereavementState.WITHDRAWN and reservation is not None and reservation.state == _BOOKED


def _begun_again(row: Bereavement, values: dict[str, Any], by: User | None, now: dt.datetime) -> Bereavement:
    with transaction.atomic():
        held = locked(row)
        if _may_again(held):
            columns: dict[str, Any] = {"state": BereavementState.DRAFT, "values": values, "ended_at": None}
            touch(held, event=BereavementEventKind.BEGUN, by=by, now=now, detail=_who(by), **columns)
    return held


def take_telephone(row: Bereavement, *, by: User, now: dt.datetime | None = None) -> None:
    """A member of staff asks the family on the telephone, which agreed: the answers open to the desk. Audited."""
    moment = now or timezone.now()
    with transaction.atomic():
        note(row, BereavementEventKind.BEGUN, by=by, now=moment, detail=_who(by))
        _record(row, by, "telephone")


def save_page(
    row: Bereavement, *, page: Page, typed: Mapping[str, Any], by: User | None, now: dt.datetime | None = None
) -> Bereavement:
    """Keep one page, right or wrong; what other pages say stays. Two windows: the later page stands, none is lost.

    Raises BereavementOver, BookingGivenUp. Locks the row.
    """
    with transaction.atomic():
        held = locked(row)
        _refuse(held)
        keys = {field.key for field in page.fields}
        kept = {key: value for key, value in held.values.items() if key not in keys}
        values = kept | dict(with_closed_rows(page.fields, dict(typed), held.values))
        if values != held.values:
            Bereavement.objects.filter(pk=held.pk).update(values=values)
            held.values = values
            if _who(by) == "family" and is_asked_by_staff(held):
                # the telephone is over: what is typed at home is the family's again
                note(held, BereavementEventKind.BEGUN, by=by, now=now or timezone.now(), detail=_who(by))
    return held


def send(row: Bereavement, *, has_agreed: bool, by: User | None, now: dt.datetime | None = None) -> Bereavement:
    """The family lets the corner and the departments prepare with what it wrote. Sent again, what changed counts.

    What departments found for another person, or from other facts, is asked again. Raises NotAgreed, AnswersMissing,
    BereavementOver, BookingGivenUp. Locks the row. Audited.
    """
    moment = now or timezone.now()
    if not has_agreed:
        raise NotAgreed
    with transaction.atomic():
        held = locked(row)
        _refuse(held)
        guide = guide_in(held.guide)
        answers = filling_of(guide, held.values).checked.answers
        day = day_of(answers.get(day_key(guide)), moment)
        if day is None or not answers.keys() >= NEEDED:
            raise AnswersMissing
        if held.state != BereavementState.DRAFT and held.answers == answers:
            return held
        to = BereavementState.SENT if held.state == BereavementState.DRAFT else held.state
        before = held.answers
        columns = {"state": to, "answers": answers, "died_on": day, "sent_at": moment}
        touch(held, event=BereavementEventKind.SENT, by=by, now=moment, detail=_who(by), **columns)
        ask_again(held, before, now=moment)
        _record(held, by, "sent")
    return held


def withdraw(row: Bereavement, *, by: User | None, now: dt.datetime | None = None) -> Bereavement:
    """Take everything back: the answers are wiped at once, departments see that nothing is to be done. Twice is once.

    The booking stays. Raises BereavementOver. Audited.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        held = locked(row)
        if held.state == BereavementState.WITHDRAWN:
            return held
        if held.state not in OPEN:
            raise BereavementOver
        columns: dict[str, Any] = {"state": BereavementState.WITHDRAWN, "ended_at": moment}
        columns |= {"values": {}, "answers": {}, "died_on": None}
        touch(held, event=BereavementEventKind.WITHDRAWN, by=by, now=moment, detail=_who(by), **columns)
        _record(held, by, "withdrawn")
    return held


def day_of(answer: object, now: dt.datetime) -> dt.date | None:
    """The day of death; None for no day, and for one that has not come."""
    try:
        day = dt.date.fromisoformat(answer) if isinstance(answer, str) else None
    except ValueError:
        return None
    return day if day and day <= local_date(now) else None


def _refuse(row: Bereavement) -> None:
    if is_given_up(row):
        raise BookingGivenUp
    if row.state not in OPEN:
        raise BereavementOver


def _who(by: User | None) -> str:
    return "staff" if by is not None and by.is_staff else "family"


def _record(row: Bereavement, by: User | None, detail: str) -> None:
    audit.record(action=AuditAction.STATE, actor=by, target_type="bereavement", target_id=row.public_id, detail=detail)
