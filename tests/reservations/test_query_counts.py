"""How often the paths that hundreds take at once ask the database, literally; and what one statement must not lose."""

from functools import partial

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cityhall.crypto import decrypt
from cityhall.references import format_number
from notices.models import OutgoingMail
from reservations.enums import ReservationChannel
from reservations.errors import SlotGone, TooManyBookings
from reservations.models import Reservation, ReservationEvent, ServiceGroup
from reservations.queries import known
from reservations.services import bookings, limits
from tests.applications.test_races import at_once
from tests.reservations import kit

IS_POSTGRESQL = connection.vendor == "postgresql"


@pytest.fixture
def place(municipality):
    return kit.make_place()


@pytest.fixture
def group(department):
    return kit.make_group(department)


@pytest.fixture
def service(group, place):
    return kit.make_service(group, place)


def book(service, slots, contact=None, **fields):
    slots = slots if isinstance(slots, list) else [slots]
    contact = contact or kit.make_contact()
    values = {"channel": ReservationChannel.ONLINE, "request_key": contact.email}
    return bookings.book(
        group=slots[0].group, place=slots[0].place, service=service, slots=slots, contact=contact, **values | fields
    ).reservation


# --- booking


@pytest.mark.skipif(not IS_POSTGRESQL, reason="one statement is for PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_a_booking_is_one_message_and_a_look_whether_the_sender_was_woken(service, group, place):
    slot = kit.make_slot(group, place, capacity=3)
    book(service, slot)
    with CaptureQueriesContext(connection) as asked:
        book(service, slot)
    message, woken = [query["sql"] for query in asked.captured_queries]
    assert message.startswith("SELECT pg_advisory_xact_lock(")
    assert "cityhall_cache" in woken


@pytest.mark.skipif(not IS_POSTGRESQL, reason="one statement is for PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_a_first_hold_asks_twice_and_writes_once(service, group, place, django_assert_num_queries):
    slot = kit.make_slot(group, place, capacity=3)
    kit.hold(service, slot)
    with django_assert_num_queries(3):
        kit.hold(service, slot)


@pytest.mark.django_db(transaction=True)
def test_who_finds_a_slot_full_costs_little(service, group, place, django_assert_max_num_queries):
    slot = kit.make_slot(group, place)
    book(service, slot)
    # nothing is over there: neither holds nor offers nor freed places are looked for one by one
    # SQLite writes the reservation before it learns of the full slot, and takes it back
    with django_assert_max_num_queries(4 if IS_POSTGRESQL else 13), pytest.raises(SlotGone):
        book(service, slot)


@pytest.mark.parametrize("capacities", [(1, 0), (0, 1)])
@pytest.mark.django_db(transaction=True)
def test_of_several_slots_all_are_taken_or_none(group, place, capacities):
    service = kit.make_service(group, place, minutes=40)
    slots = kit.make_slots(group, place, 2)
    for slot, capacity in zip(slots, capacities, strict=True):
        type(slot).objects.filter(pk=slot.pk).update(capacity=capacity, public_capacity=capacity, released=capacity)
    with pytest.raises(SlotGone):
        book(service, slots)
    assert not Reservation.objects.exists()
    assert [slot.taken for slot in type(slots[0]).objects.all()] == [0, 0]


@pytest.mark.django_db(transaction=True)
def test_who_has_all_they_may_have_takes_no_place_and_leaves_no_mail(service, group, place):
    ServiceGroup.objects.filter(pk=group.pk).update(max_open_per_contact=1)
    slots = [kit.make_slot(ServiceGroup.objects.get(pk=group.pk), place, capacity=9)]
    contact = kit.make_contact()
    book(service, slots, contact)
    with pytest.raises(TooManyBookings):
        book(service, slots, contact, request_key="another")
    slots[0].refresh_from_db()
    assert (slots[0].taken, Reservation.objects.count(), OutgoingMail.objects.count()) == (1, 1, 1)
    assert ReservationEvent.objects.count() == 1


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite has one writer at a time")
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_person_who_books_in_many_windows_at_once_gets_what_they_may(service, group, place):
    ServiceGroup.objects.filter(pk=group.pk).update(max_open_per_contact=2)
    slot = kit.make_slot(ServiceGroup.objects.get(pk=group.pk), place, capacity=20)
    contact = kit.make_contact()
    results = at_once(*[partial(book, service, slot, contact, request_key=str(number)) for number in range(10)])
    assert sum(isinstance(found, Reservation) for found in results) == 2
    assert sum(isinstance(found, TooManyBookings) for found in results) == 8
    assert Reservation.objects.count() == OutgoingMail.objects.count() == 2
    kit.assert_counts_agree()


@pytest.mark.skipif(not IS_POSTGRESQL, reason="the query is PostgreSQL's")
@pytest.mark.parametrize(
    ("email", "phone"),
    [
        ("taro@example.jp", ""),
        ("TARO+clinic@example.jp", ""),
        ("tar@example.jp", ""),
        ("taro@example.com", ""),
        ("", "+819000000001"),
        ("taro@example.jp", "+819000000001"),
        ("", ""),
        ("100%_@example.jp", ""),
    ],
)
@pytest.mark.django_db
def test_the_count_in_the_statement_is_the_count_of_the_pages(service, group, place, email, phone):
    slot = kit.make_slot(group, place, capacity=20)
    for typed, number in [
        ("taro@example.jp", "+819000000001"),
        ("taro+work@example.jp", ""),
        ("taro+@example.jp", ""),
        ("tarou@example.jp", "+819000000001"),
        ("taro@example.com", ""),
        ("100%_@example.jp", ""),
        ("100xx@example.jp", ""),
    ]:
        kit.make_reservation(service, slot, kit.make_contact(email=typed, phone=number))
    contact, now = kit.make_contact(email=email, phone=phone), timezone.now()
    if not email and not phone:
        contact = kit.make_contact(email="", phone="")
    query, values = limits.count_open(group=group, contact=contact, now=now)
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        [found] = cursor.fetchone()
    assert found == limits.open_of(group=group, contact=contact, now=now).count()


@pytest.mark.skipif(not IS_POSTGRESQL, reason="the plan is PostgreSQL's")
@pytest.mark.django_db
def test_a_booking_never_reads_all_bookings_of_the_group(service, group, place):
    kit.make_reservation(service, kit.make_slot(group, place))
    contact = kit.make_contact(email="taro@example.jp", phone="+819000000001")
    query, values = limits.count_open(group=group, contact=contact, now=timezone.now())
    with connection.cursor() as cursor:
        # as with a table that has rows, and no statistics of them yet
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {query}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "reservation_by_email" in plan
    assert "reservation_of_group" not in plan


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite takes any length")
@pytest.mark.django_db(transaction=True)
def test_what_is_too_long_is_refused_and_never_cut(service, group, place):
    slot = kit.make_slot(group, place)
    with pytest.raises(DataError):
        book(service, slot, kit.make_contact(language="j" * 300))
    assert not Reservation.objects.exists()


@pytest.mark.django_db
def test_mails_of_two_people_differ_in_number_and_address_only(service, group, place):
    slot = kit.make_slot(group, place, capacity=3)
    first, second = (book(service, slot) for _number in range(2))
    bodies = [decrypt(mail.body) for mail in OutgoingMail.objects.order_by("id")]
    for row, body in zip((first, second), bodies, strict=True):
        assert row.public_id in body
        assert format_number(row.number) in body
        assert "\0" not in body
    lines = [body.splitlines() for body in bodies]
    assert sum(one != two for one, two in zip(*lines, strict=True)) == 2


# --- what staff change


@pytest.mark.django_db
def test_what_hardly_changes_is_asked_once(service, place, django_assert_num_queries):
    for times in (4, 0):
        with django_assert_num_queries(times):
            known.city()
            found = known.service(service.key)
            assert found.group.name == service.group.name
            assert [choice.place for choice in known.place_choices([found], at=place.key)] == [place]
            assert known.minutes_at(place) == {service.pk: None}
