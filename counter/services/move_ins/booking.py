"""The time a family wishes: booked with the city's own places, where one is free; else the link offers the others."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from cityhall.days import TOKYO
from cityhall.errors import DomainError
from counter.models import MoveIn, MoveInSettings
from counter.moving_in.notices import Notice
from counter.services import prefills
from reservations.contacts import ContactData
from reservations.enums import ReservationChannel, ReservationState
from reservations.errors import NotBookable, NotBooked, NotOpenYet, SlotGone, TooLate
from reservations.models import Reservation, Slot
from reservations.queries.availability import free_slots
from reservations.services import bookings
from reservations.services.visits import minutes_of
from residents.phones import PhoneInvalid, parse_phone

_GONE = (SlotGone, NotOpenYet, TooLate, NotBookable)


def book_wished(
    move_in: MoveIn, token: str, notice: Notice, settings: MoveInSettings, *, now: dt.datetime
) -> Reservation | None:
    """Book the wished time, or move what was booked before; None when the family has to choose. Twice is once.

    A booking that the family made or moved is theirs and stays. Without a time in the row nothing is booked: nobody
    wished the first hour of that day. Locks as `bookings.book`, `bookings.move` and `prefills.attach` do.
    """
    own = move_in.prefill.reservation
    if own is not None and own.pk != move_in.reservation_id:
        return own
    booked = live(move_in.reservation)
    if booked is not None and (move_in.booked_for != booked.starts_at or _is_wished(booked, notice)):
        # moved by the family since, or just what the row says
        return _attached(booked, token, move_in, now)
    if move_in.reservation is not None and booked is None:
        # the family gave it up, or came
        return None
    slots = _slots(notice, settings, now)
    if not slots:
        return _attached(booked, token, move_in, now) if booked else None
    try:
        row = _move(booked, slots, move_in, now) if booked else _book(slots, notice, settings, move_in, now)
    except _GONE:
        # somebody was faster; the link offers what is left
        return booked
    columns = {"reservation": row, "booked_for": row.starts_at}
    MoveIn.objects.filter(pk=move_in.pk).update(**columns)
    move_in.reservation, move_in.booked_for = row, row.starts_at
    return _attached(row, token, move_in, now)


def give_up_booking(move_in: MoveIn, *, now: dt.datetime) -> None:
    """The notice was taken back: what was booked for it goes, the family's own booking of it too. Twice is once."""
    rows = {row.pk: row for row in (move_in.reservation, move_in.prefill.reservation) if row is not None}
    for row in rows.values():
        try:
            bookings.cancel(reservation=row, by=move_in.made_by, now=now)
        except NotBooked:
            # they came, or did not
            continue


def _slots(notice: Notice, settings: MoveInSettings, now: dt.datetime) -> Sequence[Slot]:
    """The first free slots that begin as wished; none where nothing is wished, set up or free. One query."""
    day, service, place = notice.wished_day, settings.service, settings.place
    if day is None or not notice.wished_from or service is None or place is None or day < timezone.localdate(now):
        return ()
    minutes = minutes_of([service], place)
    chains = free_slots(group=service.group, place=place, minutes=minutes, day=day, is_public=False, now=now)
    return next((chain for chain in chains if _begins_as_wished(chain[0].starts_at, notice)), ())


def _is_wished(row: Reservation, notice: Notice) -> bool:
    if not notice.wished_from:
        return True
    return row.business_day == notice.wished_day and _begins_as_wished(row.starts_at, notice)


def _begins_as_wished(starts_at: dt.datetime, notice: Notice) -> bool:
    """At the time itself, or within the hours."""
    begins = starts_at.astimezone(TOKYO).strftime("%H:%M")
    if notice.wished_until > notice.wished_from:
        return notice.wished_from <= begins < notice.wished_until
    return begins == notice.wished_from


def _book(
    slots: Sequence[Slot], notice: Notice, settings: MoveInSettings, move_in: MoveIn, now: dt.datetime
) -> Reservation:
    assert settings.service is not None and settings.place is not None  # noqa: S101, PT018 - no slots without them
    return bookings.book(
        group=settings.service.group,
        place=settings.place,
        service=settings.service,
        slots=slots,
        contact=_contact(notice),
        # the same notice is booked once, however often a worker begins
        request_key=f"move-in {move_in.prefill.public_id}",
        channel=ReservationChannel.IMPORT,
        is_public=False,
        by=move_in.made_by,
        now=now,
    ).reservation


def _move(booked: Reservation, slots: Sequence[Slot], move_in: MoveIn, now: dt.datetime) -> Reservation:
    return bookings.move(reservation=booked, slots=slots, by=move_in.made_by, now=now)


def _attached(row: Reservation, token: str, move_in: MoveIn, now: dt.datetime) -> Reservation:
    """One code for both. What cannot be attached stays booked under its own code."""
    try:
        move_in.prefill = prefills.attach(token=token, reservation=row, by=move_in.made_by, now=now)
    except DomainError:
        return row
    return row


def live(row: Reservation | None) -> Reservation | None:
    """The booking while it is one to come to."""
    return row if row is not None and row.state == ReservationState.BOOKED else None


def _contact(notice: Notice) -> ContactData:
    try:
        phone, _entered = parse_phone(notice.phone)
    except PhoneInvalid:
        phone = ""
    person = notice.applicant
    return ContactData(name=person.name, kana=person.kana, email=notice.email, phone=phone)
