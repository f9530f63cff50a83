"""Joining a class: all of its sessions, or single ones where it takes them one by one."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.utils import timezone

from cityhall.models import User
from reservations.contacts import ContactData
from reservations.enums import ReservationChannel
from reservations.errors import NotBookable
from reservations.models import Reservation, Service, Slot, SlotSeries, WaitlistEntry
from reservations.queries.classes import open_slots, service_of
from reservations.services import bookings, waitlist
from reservations.services.bookings import Booked


def hold_seats(
    *,
    series: SlotSeries,
    slot_ids: Collection[int] = (),
    people: int,
    holder: str,
    request_key: str,
    by: User | None = None,
    now: dt.datetime | None = None,
) -> Reservation:
    """Hold seats in all sessions, or in those of `slot_ids` where the class is joined session by session.

    Raises NotBookable for a class that is not announced or has no such session, and what `bookings.hold` raises:
    TooLate for a course that has begun.
    """
    if not series.is_public:
        raise NotBookable
    return bookings.hold(
        group=series.group,
        place=series.place,
        service=_service(series),
        slots=_chosen(series, slot_ids, now),
        people=people,
        holder=holder,
        request_key=request_key,
        by=by,
        now=now,
    )


def book_seats(
    *,
    series: SlotSeries,
    slot_ids: Collection[int] = (),
    people: int,
    contact: ContactData,
    request_key: str,
    channel: ReservationChannel = ReservationChannel.PHONE,
    note: str = "",
    by: User,
    now: dt.datetime | None = None,
) -> Booked:
    """Book seats for somebody, also before the class is announced and out of what staff hold back."""
    return bookings.book(
        group=series.group,
        place=series.place,
        service=_service(series),
        slots=_chosen(series, slot_ids, now),
        people=people,
        contact=contact,
        request_key=request_key,
        channel=channel,
        is_public=False,
        note=note,
        by=by,
        now=now,
    )


def join_waiting(
    *,
    series: SlotSeries,
    slot_id: int | None = None,
    people: int,
    contact: ContactData,
    request_key: str,
    by: User | None = None,
    now: dt.datetime | None = None,
) -> WaitlistEntry:
    """Wait for a seat: of the whole course until it begins, or of one session. Raises as `waitlist.join`."""
    moment = now or timezone.now()
    slots = _chosen(series, [slot_id] if slot_id is not None else [], now)
    if not series.is_public or not slots or slots[0].starts_at <= moment:
        raise NotBookable
    return waitlist.join(
        group=series.group,
        place=series.place,
        service=_service(series),
        series=series,
        # the days on which what is offered may begin: half a course is not offered
        from_day=slots[0].business_day,
        until_day=slots[0].business_day,
        people=people,
        contact=contact,
        request_key=request_key,
        by=by,
        now=now,
    )


def _service(series: SlotSeries) -> Service:
    service = service_of(series)
    if service is None:
        raise NotBookable
    return service


def _chosen(series: SlotSeries, slot_ids: Collection[int], now: dt.datetime | None) -> Sequence[Slot]:
    slots = open_slots(series, now)
    if not series.takes_sessions:
        return slots
    chosen = [slot for slot in slots if slot.pk in slot_ids]
    return chosen if len(chosen) == len(set(slot_ids)) else []
