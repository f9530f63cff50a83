"""Forgetting people: who came, waited, wished or ordered is wiped some time after the day is over.

The row stays with its number, times and counts, so that figures are what they were, and says when it was wiped.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from cityhall.days import TOKYO, local_date
from cityhall.enums import AuditAction
from cityhall.services import audit
from reservations.enums import DrawState, PickupState, ReservationState, WaitlistState
from reservations.models import (
    Draw,
    DrawWish,
    PickupItem,
    PickupOrder,
    Reservation,
    ReservationEvent,
    ServiceGroup,
    Ticket,
    WaitlistEntry,
)

BATCH: Final = 500
_PERSON: Final = {"resident": None, "name": "", "kana": "", "search_kana": "", "email": "", "phone": ""}
_OPEN_VISITS: Final = (ReservationState.HELD, ReservationState.BOOKED, ReservationState.CHECKED_IN)
_WAITING: Final = (WaitlistState.WAITING, WaitlistState.OFFERED)
Row = TypeVar("Row", Reservation, WaitlistEntry, DrawWish, PickupOrder)


def wipe(*, limit: int = BATCH, now: dt.datetime | None = None) -> bool:
    """Wipe one batch of each kind of row that is due; whether a batch was full, so that there may be more.

    Each batch is a transaction of its own with its entry in the audit trail, without an actor. Idempotent; of two
    that run at once each takes rows of its own. What is still open is left alone, however old.
    """
    moment = now or timezone.now()
    last = local_date(moment) - dt.timedelta(days=settings.VISITOR_KEPT_DAYS)
    wiped = (
        wipe_visits(before=last, limit=limit, now=moment),
        wipe_entries(before=last, limit=limit, now=moment),
        wipe_wishes(before=last, limit=limit, now=moment),
        wipe_orders(before=last, limit=limit, now=moment),
        wipe_unclaimed(before=last, limit=limit, now=moment),
        wipe_tickets(before=last, limit=limit, now=moment),
    )
    return limit in wiped


def wipe_visits(*, before: dt.date, limit: int, now: dt.datetime) -> int:
    """Wipe who came, stayed or took part before a day; how many reservations.

    With them goes who of them pressed which button: the events keep what happened, and the names of staff.
    """
    due = Reservation.objects.filter(business_day__lt=before).exclude(state__in=_OPEN_VISITS)

    def change(rows: QuerySet[Reservation], ids: list[int]) -> None:
        # the notice that led here names the person
        forgotten = {"note": "", "holder": "", "checkin_lookup": None, "brought_lookup": None, "notice": None}
        rows.update(**_PERSON, **forgotten, revision=F("revision") + 1, wiped_at=now)
        Reservation.objects.filter(pk__in=ids, booked_by__is_staff=False).update(booked_by=None)
        ReservationEvent.objects.filter(reservation__in=ids, actor__is_staff=False).update(actor=None)

    return _wipe(due, "business_day", change, limit=limit)


def wipe_entries(*, before: dt.date, limit: int, now: dt.datetime) -> int:
    """Wipe who waited for days that are over; how many."""
    due = WaitlistEntry.objects.filter(until_day__lt=before).exclude(state__in=_WAITING)

    def change(rows: QuerySet[WaitlistEntry], _ids: list[int]) -> None:
        rows.update(**_PERSON, revision=F("revision") + 1, wiped_at=now)

    return _wipe(due, "until_day", change, limit=limit)


def wipe_wishes(*, before: dt.date, limit: int, now: dt.datetime) -> int:
    """Wipe who entered draws for days that are over; how many. The published list names numbers only and stays."""
    over = Draw.objects.filter(until_day__lt=before, state__in=[DrawState.DRAWN, DrawState.CANCELLED])
    due = DrawWish.objects.filter(draw__in=over)

    def change(rows: QuerySet[DrawWish], _ids: list[int]) -> None:
        # one entry each was the rule of a draw that is over: what is left of it says nothing of the person
        rows.update(**_PERSON, person_key=Concat(Value("wiped-"), "public_id"), wiped_at=now)

    return _wipe(due, "draw_id", change, limit=limit)


def wipe_orders(*, before: dt.date, limit: int, now: dt.datetime) -> int:
    """Wipe who ordered documents, and whom they were about, when the order ended before a day; how many."""
    until = dt.datetime.combine(before, dt.time.min, TOKYO)
    due = PickupOrder.objects.filter(finished_at__lt=until, wanted_on__lt=before)
    return _wipe_orders(due, "finished_at", limit=limit, now=now)


def wipe_unclaimed(*, before: dt.date, limit: int, now: dt.datetime) -> int:
    """The same for documents that lay unclaimed since a day before: they are cancelled as they are wiped; how many.

    What lies there then is handed over to nobody any more.
    """
    wiped = 0
    for group in ServiceGroup.objects.filter(pickups__state=PickupState.UNCLAIMED).order_by("id").distinct():
        last = before - dt.timedelta(days=group.pickup_keep_days)
        due = PickupOrder.objects.filter(group=group, state=PickupState.UNCLAIMED, wanted_on__lt=last)
        wiped += _wipe_orders(due, "wanted_on", limit=limit - wiped, now=now)
    return wiped


def _wipe_orders(due: QuerySet[PickupOrder], order: str, *, limit: int, now: dt.datetime) -> int:

    def change(rows: QuerySet[PickupOrder], ids: list[int]) -> None:
        PickupItem.objects.filter(order__in=ids).update(detail="")
        rows.filter(created_by__is_staff=False).update(created_by=None)
        rows.filter(state=PickupState.UNCLAIMED).update(state=PickupState.CANCELLED, finished_at=now)
        rows.update(**_PERSON, subject="", relation="", note="", revision=F("revision") + 1, wiped_at=now)

    return _wipe(due, order, change, limit=limit)


def wipe_tickets(*, before: dt.date, limit: int, now: dt.datetime) -> int:
    """Wipe notes of staff on old tickets, and addresses for mails nobody sends any more since the day is over."""
    asked = Q(business_day__lt=local_date(now)) & ~Q(alert_email="")
    # in the words of the index
    written = Ticket.objects.filter(~Q(alert_email="") | ~Q(note=""), business_day__lt=local_date(now))
    due = written.filter(asked | Q(business_day__lt=before))
    with transaction.atomic():
        ids = list(due.order_by("business_day", "id").values_list("pk", flat=True)[:limit])
        tickets = Ticket.objects.filter(pk__in=ids)
        tickets.update(alert_email="")
        tickets.filter(business_day__lt=before).update(note="")
    return len(ids)


def _wipe(due: QuerySet[Row], order: str, change: Callable[[QuerySet[Row], list[int]], None], *, limit: int) -> int:
    """Let `change` wipe the oldest rows that are due, locked, and note which; how many."""
    with transaction.atomic():
        oldest = due.filter(wiped_at__isnull=True).order_by(order, "id")
        found: dict[int, str] = dict(oldest.select_for_update(skip_locked=True).values_list("pk", "public_id")[:limit])
        if not found:
            return 0
        model = due.model
        rows: Any = model._default_manager.filter(pk__in=found)
        change(rows, list(found))
        audit.record(
            action=AuditAction.DELETE,
            actor=None,
            target_type=model._meta.label_lower,
            detail="person wiped",
            object_ids=list(found.values()),
        )
    return len(found)
