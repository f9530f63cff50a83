"""What becomes of an imported notice in the family's hands, and the sheet for those without a mail address."""

import datetime as dt

from django.utils import timezone

from cityhall.crypto import CannotDecrypt
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.rate_limits import is_within_limit_of
from cityhall.services import audit
from counter.enums import PrefillState
from counter.errors import NoSuchPrefill
from counter.home import Home, open_home
from counter.models import MoveIn, Prefill
from counter.moving_in.errors import MoveInOver, TooManyWrongNumbers, WrongMoveInNumber
from counter.moving_in.notices import plain_number
from counter.moving_in.sealing import lookup_of, open_token
from counter.services.prefills.redeeming import MAX_WRONG

_WINDOW = 15 * 60


def is_imported(prefill: Prefill) -> bool:
    """Whether the city has begun it for a family whose notice still stands. One query."""
    return MoveIn.objects.filter(prefill=prefill, cancelled_at=None).exists()


def note_opened(prefill: Prefill, *, now: dt.datetime | None = None) -> None:
    """The link was opened, the first time. One statement; nothing for a prefill that was not imported."""
    MoveIn.objects.filter(prefill=prefill, opened_at=None).update(opened_at=now or timezone.now())


def note_completed(prefill: Prefill, *, now: dt.datetime | None = None) -> None:
    """The family is through and has its code. One statement; nothing for a prefill that was not imported."""
    MoveIn.objects.filter(prefill=prefill, completed_at=None).update(completed_at=now or timezone.now())


def sheet_of(move_in: MoveIn, *, number: str, by: User, now: dt.datetime | None = None) -> Home:
    """What the sheet with the code is made of, for staff who have the portal's number."""
    return open_with_number(move_in, number=number, by=by, what_for="sheet", now=now)


def open_with_number(move_in: MoveIn, *, number: str, by: User, what_for: str, now: dt.datetime | None = None) -> Home:
    """The prefill of a notice, for staff who have the portal's number. Audited, wrong numbers too.

    Raises WrongMoveInNumber, TooManyWrongNumbers (five in a quarter of an hour), MoveInOver.
    """
    if not _may_try(by, cost=0):
        raise TooManyWrongNumbers
    plain = plain_number(number)
    if lookup_of(plain) != move_in.lookup:
        _may_try(by, cost=1)
        _record(move_in, by, "wrong number")
        raise WrongMoveInNumber
    if move_in.prefill.state != PrefillState.OPEN or not move_in.token_by_number:
        raise MoveInOver
    try:
        home = open_home(open_token(plain, move_in.token_by_number), now=now)
    except (CannotDecrypt, NoSuchPrefill):
        raise MoveInOver from None
    _record(move_in, by, what_for)
    return home


def _may_try(by: User, *, cost: int) -> bool:
    return is_within_limit_of(f"staff {by.pk}", "move-in-number", times=MAX_WRONG - 1, seconds=_WINDOW, cost=cost)


def _record(move_in: MoveIn, by: User, detail: str) -> None:
    audit.record(
        action=AuditAction.READ, actor=by, target_type="counter.movein", target_id=move_in.public_id, detail=detail
    )
