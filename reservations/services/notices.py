"""The notice that a booking follows."""

import datetime as dt

from cityhall.models import User
from cityhall.references import format_number
from notices.models import Notice
from notices.queries.acted import notice_followed, only_notice_waiting
from notices.services.acted import record_acted, take_back_acted
from reservations.models import Reservation
from residents.models import Resident

KINDS = ("reservation",)


def notice_of(row: Reservation, *, resident: Resident | None, by: User | None, notice_id: str = "") -> Notice | None:
    """The notice that a booking by this resident follows; asked before places are locked.

    It is the one whose button led here (`notice_id`, if the person may see it), or the only one of the person who
    comes that asks for this service. Trials follow nothing.
    """
    if row.is_practice:
        return None
    target = row.service.key
    notice = notice_followed(by, notice_id, kinds=KINDS, target=target)
    if notice is None and resident is not None:
        return only_notice_waiting(resident, kinds=KINDS, target=target)
    return notice


def record_booked(row: Reservation, *, by: User | None, now: dt.datetime) -> None:
    """Tell the notice of a booking, if it follows one, in the transaction of the booking."""
    if row.notice is not None:
        record_acted(row.notice, by=by, moment=now, label=_label(row))


def record_cancelled(row: Reservation, *, by: User | None, now: dt.datetime) -> None:
    """Tell the notice a booking followed that it was cancelled, in the same transaction."""
    if row.notice is not None:
        take_back_acted(row.notice, by=by, moment=now, label=_label(row))


def _label(row: Reservation) -> str:
    return f"{row.service.name} {format_number(row.number or '')}"
