"""A code that somebody brings checks their reservation in, beside the reservation's own."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cityhall.enums import DeviceKind, Role
from reservations.codes import checkin_lookup, opened_by
from reservations.enums import ReservationEventKind, ReservationState
from reservations.errors import CodeTaken, NotBooked, UnknownCode, WrongDay, WrongPlace
from reservations.followers import followers
from reservations.models import Kiosk, Reservation, Ticket
from reservations.queries.bookings import find
from reservations.services import bookings
from reservations.services.retention import wipe_visits
from tests import factories
from tests.reservations import kit
from tests.reservations.test_hall_pages import open_always, paired

pytestmark = pytest.mark.django_db

CODE = "FY1132217" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
OTHER = "FY1132217" + "ZYXWVUTSRQPONMLKJIHGFEDCBA"


@pytest.fixture
def place(municipality):
    return kit.make_place("hall")


@pytest.fixture
def service(place):
    group = kit.make_group(letter="B", has_tickets=True)
    open_always(group, place)
    return kit.make_service(group, place, key="juminhyo")


def booked(service, place, *, minutes=30, days=0, **fields):
    starts_at = timezone.now() + dt.timedelta(minutes=minutes, days=days)
    slot = kit.make_slot(service.group, place, starts_at, capacity=9, business_day=kit.next_week(days))
    return kit.make_reservation(service, slot, **fields)


def test_only_what_a_brought_code_is_looked_up_by_is_stored(service, place):
    row = bookings.attach_code(reservation=booked(service, place), code=CODE)
    assert Reservation.objects.get().brought_lookup == checkin_lookup(CODE) == row.brought_lookup
    assert CODE not in str(Reservation.objects.values().get())
    assert row.events.last().kind == ReservationEventKind.CODE_ATTACHED


def test_both_codes_check_in_at_the_kiosk_and_twice_is_one_arrival(client, service, place):
    Kiosk.objects.create(place=place, name="総合受付", device=paired(client, DeviceKind.KIOSK))
    row = bookings.attach_code(reservation=booked(service, place), code=CODE)
    page = reverse("reservations:kiosk_check_in")
    # as a scanner types it through an input method
    urls = {client.post(page, {"code": code}).url for code in (CODE, CODE.lower(), bookings.code_of(row))}
    ticket = Ticket.objects.get()
    assert urls == {reverse("reservations:kiosk_ticket", args=[ticket.public_id])}
    row.refresh_from_db()
    assert (ticket.reservation, row.state) == (row, ReservationState.CHECKED_IN)


def test_staff_check_in_and_find_by_a_brought_code(client, login, service, place):
    clerk = factories.make_staff(role=Role.CLERK, department=service.group.department)
    row = bookings.attach_code(reservation=booked(service, place), code=CODE)
    assert list(find(clerk, CODE)) == [row]
    login(clerk)
    answer = client.post(reverse("reservations:staff_check_in"), {"code": CODE, "place": place.key})
    assert answer.url == reverse("reservations:staff_reservation", args=[row.public_id])
    row.refresh_from_db()
    assert row.state == ReservationState.CHECKED_IN


def test_the_wrong_day_place_or_code_is_told_as_of_every_code(service, place):
    row = bookings.attach_code(reservation=booked(service, place, days=1), code=CODE)
    with pytest.raises(WrongDay):
        bookings.check_in(code=CODE, place=place)
    with pytest.raises(WrongPlace):
        bookings.check_in(code=CODE, place=kit.make_place())
    with pytest.raises(UnknownCode):
        bookings.check_in(code=OTHER, place=place)
    bookings.cancel_by_city(reservation=row, by=None)
    with pytest.raises(NotBooked):
        bookings.check_in(code=CODE, place=place, now=timezone.now() + dt.timedelta(days=1))


def test_attaching_and_detaching_twice_changes_nothing(service, place):
    row = booked(service, place)
    for _time in range(2):
        bookings.attach_code(reservation=row, code=CODE)
    for _time in range(2):
        bookings.detach_code(reservation=row)
    kinds = [event.kind for event in row.events.order_by("id")][1:]
    assert kinds == [ReservationEventKind.CODE_ATTACHED, ReservationEventKind.CODE_DETACHED]
    with pytest.raises(UnknownCode):
        bookings.check_in(code=CODE, place=place)


def test_one_reservation_has_one_brought_code_and_one_code_one_reservation(service, place):
    row, other = booked(service, place), booked(service, place, minutes=60)
    bookings.attach_code(reservation=row, code=CODE)
    with pytest.raises(CodeTaken):
        bookings.attach_code(reservation=other, code=CODE)
    with pytest.raises(CodeTaken):
        bookings.attach_code(reservation=row, code=OTHER)
    with pytest.raises(UnknownCode):
        bookings.attach_code(reservation=other, code="FY1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.filter(pk=other.pk).update(brought_lookup=checkin_lookup(CODE))


def test_a_code_leaves_a_cancelled_reservation_for_the_next_one(service, place):
    row, other = booked(service, place), booked(service, place, minutes=60)
    bookings.attach_code(reservation=row, code=CODE)
    bookings.cancel(reservation=row)
    bookings.attach_code(reservation=other, code=CODE)
    assert bookings.check_in(code=CODE, place=place) == other
    with pytest.raises(NotBooked):
        bookings.attach_code(reservation=row, code=OTHER)


def test_followers_are_told_of_the_day_and_the_state_of_reservations_with_a_code(service, place, monkeypatch):
    told = []
    entries = {"test": (1, lambda row, _now: told.append((row.pk, row.state, row.business_day)))}
    monkeypatch.setattr(followers, "_entries", entries)
    row, plain = booked(service, place), booked(service, place)
    bookings.attach_code(reservation=row, code=CODE)
    assert told == []
    later = kit.make_slot(service.group, place)
    bookings.move(reservation=row, slots=[later])
    bookings.cancel(reservation=row)
    bookings.cancel(reservation=plain)
    assert told == [
        (row.pk, ReservationState.BOOKED, later.business_day),
        (row.pk, ReservationState.CANCELLED, later.business_day),
    ]


def test_what_came_long_ago_keeps_no_brought_code(service, place):
    row = bookings.attach_code(reservation=booked(service, place), code=CODE)
    bookings.check_in(code=CODE, place=place)
    bookings.mark_done(reservation=row, by=None)
    wipe_visits(before=kit.next_week(2), limit=10, now=timezone.now())
    assert Reservation.objects.get().brought_lookup is None


def test_the_look_up_of_a_code_uses_both_indexes(service, place):
    """On SQLite and PostgreSQL the plan of the look-up reads no whole table."""
    bookings.attach_code(reservation=booked(service, place), code=CODE)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Reservation.objects.filter(opened_by(CODE)).explain()
    assert "reservation_brought_code_once" in plan
    assert "Seq Scan on reservations_reservation" not in plan
