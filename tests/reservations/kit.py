"""Makers of places, supply and bookings for tests. Plain functions; each call makes something new."""

import datetime as dt
import itertools

from django.db.models import Sum
from django.utils import timezone

from cityhall.days import TOKYO
from reservations.contacts import ContactData
from reservations.enums import ReservationState
from reservations.models import (
    Desk,
    FreedPlace,
    Place,
    Reservation,
    ReservationSlot,
    Service,
    ServiceGroup,
    ServiceOffer,
    Slot,
)
from reservations.services import bookings, waitlist
from tests import factories

_number = itertools.count(1)
# states in which the places of a reservation are used up
USING = (
    ReservationState.HELD,
    ReservationState.BOOKED,
    ReservationState.CHECKED_IN,
    ReservationState.DONE,
    ReservationState.NO_SHOW,
)


def make_place(key=None, **fields):
    key = key or f"place{next(_number)}"
    values = {"key": key, "name": "本庁舎", "address": "緑野市中央一丁目1番1号", "phone": "+81420000000"}
    return Place.objects.create(**values | fields)


def make_group(department=None, **fields):
    """A counter whose slots are 20 minutes; without lead time, because tests book what begins in a moment."""
    number = next(_number)
    values = {
        "key": f"group{number}",
        "name": "住民票・証明書",
        "department": department or factories.make_department(),
        "lead_minutes": 0,
        "has_tickets": False,
        "max_open_per_contact": 99,
    }
    return ServiceGroup.objects.create(**values | fields)


def make_service(group=None, place=None, **fields):
    """A service, offered at `place` when one is given."""
    number = next(_number)
    group = group or make_group()
    values = {"key": f"service{number}", "group": group, "name": "住民票の写し", "minutes": 20}
    service = Service.objects.create(**values | fields)
    if place is not None:
        make_offer(service, place)
    return service


def make_offer(service, place, **fields):
    return ServiceOffer.objects.create(service=service, place=place, **fields)


def make_desk(place, number=None, services=(), **fields):
    desk = Desk.objects.create(place=place, number=number or str(next(_number)), **fields)
    desk.services.set(services)
    return desk


def at(day, hour, minute=0):
    """A moment in Tokyo."""
    return dt.datetime.combine(day, dt.time(hour, minute), TOKYO)


def next_week(days=7):
    """A day that has not come yet."""
    return timezone.localdate() + dt.timedelta(days=days)


def make_slot(group, place, starts_at=None, minutes=20, capacity=1, **fields):
    """A slot that the public may book now: tomorrow week, 9:00, unless told otherwise."""
    starts_at = starts_at or at(next_week(), 9)
    public = fields.pop("public_capacity", capacity)
    values = {
        "group": group,
        "place": place,
        "business_day": timezone.localtime(starts_at).date(),
        "starts_at": starts_at,
        "ends_at": starts_at + dt.timedelta(minutes=minutes),
        "capacity": capacity,
        "public_capacity": public,
        "released": public,
        "opens_at": timezone.now() - dt.timedelta(days=1),
    }
    return Slot.objects.create(**values | fields)


def make_slots(group, place, count, starts_at=None, minutes=20, **fields):
    """Slots that follow each other."""
    starts_at = starts_at or at(next_week(), 9)
    step = dt.timedelta(minutes=minutes)
    return [make_slot(group, place, starts_at + step * number, minutes, **fields) for number in range(count)]


def make_contact(number=None, **fields):
    """Somebody nobody else is: own address, own telephone."""
    number = number or next(_number)
    values = {
        "name": f"来訪 {number}",
        "kana": "ライホウ タロウ",
        "email": f"guest{number}@example.jp",
        "phone": f"+8190{number:08d}",
    }
    return ContactData(**values | fields)


def hold(service, slots, **fields):
    """A hold of a browser of its own."""
    slots = [slots] if isinstance(slots, Slot) else list(slots)
    number = next(_number)
    values = {"holder": f"holder{number}", "request_key": f"key{number}"}
    return bookings.hold(group=slots[0].group, place=slots[0].place, service=service, slots=slots, **values | fields)


def confirm(reservation, contact=None, **fields):
    """Confirm a hold for somebody."""
    return bookings.confirm(
        reservation=reservation, seen_revision=reservation.revision, contact=contact or make_contact(), **fields
    ).reservation


def make_reservation(service, slots, contact=None, now=None, by=None, **fields):
    """A booking, made as residents make them."""
    return confirm(hold(service, slots, now=now, by=by, **fields), contact, now=now, by=by)


def used(slot):
    """What the reservations and freed places of a slot add up to; `taken` must be the same."""
    rows = ReservationSlot.objects.filter(slot=slot, reservation__state__in=USING)
    freed = FreedPlace.objects.filter(slot=slot, settled_at__isnull=True)
    return (rows.aggregate(sum=Sum("reservation__places"))["sum"] or 0) + (
        freed.aggregate(sum=Sum("places"))["sum"] or 0
    )


def assert_counts_agree():
    """That no slot is overbooked and every `taken` is what its reservations say."""
    slots = list(Slot.objects.order_by("id"))
    assert {slot.pk: slot.taken for slot in slots} == {slot.pk: used(slot) for slot in slots}
    for slot in slots:
        assert slot.taken_public <= slot.taken <= slot.capacity


def make_entry(service, place, contact=None, **fields):
    """Somebody who waits for the next three weeks."""
    number = next(_number)
    values = {"from_day": timezone.localdate(), "until_day": next_week(21), "request_key": f"wait{number}"}
    return waitlist.join(
        group=service.group, place=place, service=service, contact=contact or make_contact(), **values | fields
    )


def bare_reservation(slot, state=ReservationState.EXPIRED, **fields):
    """Rows without any of the services' care, as the controls of the races write them."""
    number = next(_number)
    row = Reservation.objects.create(
        request_key=f"bare{number}",
        group=slot.group,
        place=slot.place,
        service=slot.group.services.first(),
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        business_day=slot.business_day,
        state=state,
        hold_until=slot.starts_at,
        **fields,
    )
    ReservationSlot.objects.create(reservation=row, slot=slot)
    return row
