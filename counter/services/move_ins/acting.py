"""What staff do for a family that has chosen no time: write once more, book for them, or set the notice aside."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.services import audit
from cityhall.text import clean_text
from counter.errors import ReasonMissing
from counter.home import Home
from counter.models import MoveIn
from counter.moving_in.errors import JustSent, NoMailAddress, NoSuchBooking
from counter.queries.move_ins import is_waiting
from counter.services import prefills
from counter.services.move_ins.opening import open_with_number
from counter.services.move_ins.telling import send_link_again
from reservations.enums import ReservationState
from reservations.models import Reservation
from reservations.queries.bookings import find_exactly


def send_again(move_in: MoveIn, *, number: str, by: User, now: dt.datetime | None = None) -> None:
    """The link once more, to the address that stands in the answers. Audited.

    Raises what `open_with_number` does, NoMailAddress, JustSent, StaleState when nobody waits for a day any more.
    """
    moment = now or timezone.now()
    if not _is_wanted(move_in):
        raise StaleState
    home = open_with_number(move_in, number=number, by=by, what_for="link", now=moment)
    email = _address_in(home)
    if not email:
        raise NoMailAddress
    if not send_link_again(move_in, home.token, email, now=moment):
        raise JustSent


def take_booking(
    move_in: MoveIn, *, number: str, booking: str, by: User, now: dt.datetime | None = None
) -> Reservation:
    """Bring the prefill to a booking that was made by telephone: the family's QR is that of the booking. Twice is once.

    `booking` is its whole number or code. Raises what `open_with_number` and `prefills.attach` do, NoSuchBooking,
    StaleState when nobody waits for a day any more. Audited.
    """
    rows = find_exactly(by, booking).filter(state=ReservationState.BOOKED)[:2]
    is_again = len(rows) == 1 and _now(move_in).prefill.reservation == rows[0]
    if not is_again and not _is_wanted(move_in):
        raise StaleState
    if len(rows) != 1:
        raise NoSuchBooking
    home = open_with_number(move_in, number=number, by=by, what_for="booking", now=now)
    prefills.attach(token=home.token, reservation=rows[0], by=by, now=now)
    return rows[0]


def set_aside(move_in: MoveIn, *, reason: str, by: User, now: dt.datetime | None = None) -> None:
    """Nobody waits for the family's day any more. Link and prefill stay good. Twice is once. Audited.

    Raises ReasonMissing, StaleState when nobody waits for it any more.
    """
    why = clean_text(reason.strip())[:200]
    if not why:
        raise ReasonMissing
    with transaction.atomic():
        if not is_waiting(_now(move_in)):
            raise StaleState
        rows = MoveIn.objects.filter(pk=move_in.pk, set_aside_at=None, cancelled_at=None, completed_at=None)
        if rows.update(set_aside_at=now or timezone.now(), set_aside_reason=why):
            _record(move_in, by, "set aside")


def take_up(move_in: MoveIn, *, by: User) -> None:
    """Wait for it again. Twice is once. Audited."""
    rows = MoveIn.objects.filter(pk=move_in.pk, set_aside_at__isnull=False)
    with transaction.atomic():
        if rows.update(set_aside_at=None, set_aside_reason=""):
            _record(move_in, by, "taken up")


def _now(move_in: MoveIn) -> MoveIn:
    """As it stands: the page may be an hour old."""
    return MoveIn.objects.select_related("prefill__reservation", "reservation").get(pk=move_in.pk)


def _is_wanted(move_in: MoveIn) -> bool:
    """Whether the family still has to choose a day, and nobody has set it aside."""
    current = _now(move_in)
    return is_waiting(current) and current.set_aside_at is None


def _address_in(home: Home) -> str:
    for field in home.filling.combined.form.questions:
        if field.concept == "applicant.email" and (value := home.filling.values.get(field.key)):
            return str(value)
    return ""


def _record(move_in: MoveIn, by: User, detail: str) -> None:
    audit.record(
        action=AuditAction.STATE, actor=by, target_type="counter.movein", target_id=move_in.public_id, detail=detail
    )
