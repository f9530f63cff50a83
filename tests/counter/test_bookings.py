"""A prefill brought to a booking: attached, followed, detached."""

import datetime as dt

import pytest
from django.utils import timezone

from cityhall.days import TOKYO
from cityhall.enums import Role
from cityhall.services.granting import grant_reception
from counter import codes
from counter.enums import PrefillState
from counter.errors import NoSuchPrefill, PrefillDeleted, TrialAndReal
from counter.models import Prefill, Visit
from counter.queries.bookings import booking_ways, own_bookings
from counter.queries.brought import brought_with
from counter.services import prefills, visits
from counter.services.prefills.visiting import take_ticket
from reservations.enums import ReservationState, TicketSource, Variant
from reservations.errors import CodeTaken, NotBooked, UnknownCode
from reservations.services import bookings, queue
from reservations.services.practice import sweep_practice
from tests import factories
from tests.counter.kit import VALUES, make_procedures
from tests.counter.kit import keep as keep_then
from tests.reservations import kit
from tests.reservations.test_hall_pages import open_always

pytestmark = pytest.mark.django_db


def keep(**fields):
    return keep_then(now=timezone.now(), **fields)


@pytest.fixture
def place(municipality):
    return kit.make_place("hall")


@pytest.fixture
def service(place):
    group = kit.make_group(letter="B", has_tickets=True)
    open_always(group, place)
    return kit.make_service(group, place)


def booked(service, place, *, days=7, hour=9, starts_at=None, **fields):
    starts_at = starts_at or kit.at(kit.next_week(days), hour)
    slot = kit.make_slot(service.group, place, starts_at, capacity=9)
    return kit.make_reservation(service, slot, **fields)


def midnight_after(day):
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, TOKYO)


def full(token, municipality):
    return codes.full_code(municipality.code, token)


def test_one_code_checks_in_and_is_found_at_the_desk(service, place, municipality):
    row = booked(service, place, starts_at=timezone.now() + dt.timedelta(minutes=1))
    _prefill, token = keep()
    prefill = prefills.attach(token=token, reservation=row)
    assert (prefill.reservation, prefill.visit_on) == (row, row.business_day)
    assert prefill.expires_at == midnight_after(row.business_day)
    code = full(token, municipality)
    arrived = bookings.check_in(code=code, place=place)
    ticket = queue.issue_for_reservation(reservation=arrived, source=TicketSource.KIOSK)
    assert brought_with(row) == brought_with(ticket) == prefill
    clerk = factories.make_staff(role=Role.CLERK, department=service.group.department)
    found = prefills.find_scanned(code, by=clerk)
    assert (found.prefill, found.values) == (prefill, VALUES)


def test_attaching_and_detaching_twice_changes_nothing(service, place):
    row = booked(service, place)
    _prefill, token = keep()
    for _time in range(2):
        prefills.attach(token=token, reservation=row)
    prefill = Prefill.objects.get()
    assert (prefill.revision, row.events.filter(kind="code_attached").count()) == (1, 1)
    for _time in range(2):
        prefills.detach(token=token)
    prefill.refresh_from_db()
    row.refresh_from_db()
    assert (prefill.reservation, prefill.visit_on, row.brought_lookup, row.state) == (None, None, None, "booked")
    assert prefill.expires_at == prefill.changed_at + dt.timedelta(days=30)


def test_the_day_of_the_booking_is_kept_when_answers_change(service, place):
    row = booked(service, place)
    prefill, token = keep()
    prefills.attach(token=token, reservation=row)
    procedures = [one.procedure for one in prefill.procedures.all()]
    changed = prefills.keep(token=token, procedures=procedures, values={"p1_reason": "訂正"}, visit_on=None)
    assert (changed.visit_on, changed.expires_at) == (row.business_day, midnight_after(row.business_day))


def test_a_moved_booking_moves_the_prefill_and_a_cancelled_one_gives_it_back(service, place):
    row = booked(service, place)
    _prefill, token = keep()
    prefills.attach(token=token, reservation=row)
    later = kit.make_slot(service.group, place, kit.at(kit.next_week(9), 10))
    bookings.move(reservation=row, slots=[later])
    prefill = Prefill.objects.get()
    assert (prefill.visit_on, prefill.expires_at) == (later.business_day, midnight_after(later.business_day))
    bookings.cancel(reservation=row)
    prefill.refresh_from_db()
    assert (prefill.reservation, prefill.visit_on) == (None, None)
    assert prefill.expires_at == prefill.changed_at + dt.timedelta(days=30)
    # and the same code goes with the next booking
    other = booked(service, place, days=3)
    assert prefills.attach(token=token, reservation=other).visit_on == other.business_day


def test_another_booking_takes_the_place_of_the_first(service, place, municipality):
    row, other = booked(service, place), booked(service, place, hour=11)
    _prefill, token = keep()
    prefills.attach(token=token, reservation=row)
    prefills.attach(token=token, reservation=other)
    row.refresh_from_db()
    assert (Prefill.objects.get().reservation, row.brought_lookup, row.state) == (other, None, ReservationState.BOOKED)


def test_a_booking_takes_one_prefill_until_that_is_over(service, place):
    row = booked(service, place)
    (_first, token), (_second, other) = keep(), keep()
    prefills.attach(token=token, reservation=row)
    with pytest.raises(CodeTaken):
        prefills.attach(token=other, reservation=row)
    Prefill.objects.filter(lookup=codes.lookup_of(token)).update(expires_at=timezone.now())
    assert prefills.attach(token=other, reservation=row).reservation == row
    assert Prefill.objects.filter(reservation=row).count() == 1


def test_deleting_detaches_and_the_booking_stays(service, place, municipality):
    row = booked(service, place)
    _prefill, token = keep()
    prefills.attach(token=token, reservation=row)
    assert [prefills.delete(token=token), prefills.delete(token=token)] == [True, False]
    prefill = Prefill.objects.get()
    row.refresh_from_db()
    assert (prefill.state, prefill.reservation, row.brought_lookup) == (PrefillState.DELETED, None, None)
    assert (row.state, brought_with(row)) == (ReservationState.BOOKED, None)
    with pytest.raises(UnknownCode):
        bookings.check_in(code=full(token, municipality), place=place)
    with pytest.raises(PrefillDeleted):
        prefills.attach(token=token, reservation=row)


def test_what_cannot_be_brought(service, place):
    _prefill, token = keep()
    row = booked(service, place)
    bookings.cancel(reservation=row)
    with pytest.raises(NotBooked):
        prefills.attach(token=token, reservation=row)
    with pytest.raises(NotBooked):
        prefills.attach(token=token, reservation=booked(service, place, hour=10, variant=Variant.PHONE))
    with pytest.raises(NoSuchPrefill):
        prefills.attach(token=codes.new_token(), reservation=booked(service, place, hour=11))
    _trial, practice = keep(is_practice=True)
    with pytest.raises(TrialAndReal):
        prefills.attach(token=practice, reservation=booked(service, place, hour=12))
    assert not Prefill.objects.filter(reservation__isnull=False).exists()


def test_thirty_days_are_the_most_also_with_a_later_booking(service, place):
    row = booked(service, place, days=40)
    _prefill, token = keep()
    prefill = prefills.attach(token=token, reservation=row)
    assert prefill.expires_at == prefill.changed_at + dt.timedelta(days=30)


def test_a_ticket_of_the_hall_tells_that_something_is_brought(service, place):
    ticket = queue.issue(place=place, service=service, source=TicketSource.KIOSK, request_key="kiosk-1")
    prefill, token = keep()
    assert brought_with(ticket) is None
    for _time in range(2):
        take_ticket(prefill, ticket)
    assert brought_with(ticket) == prefill
    prefills.delete(token=token)
    assert brought_with(ticket) is None


def test_procedures_lead_to_the_bookings_the_city_named(service, place):
    also = kit.make_service(service.group, place)
    other = kit.make_service(kit.make_group(), place)
    closed = kit.make_service(kit.make_group(is_bookable=False), place)
    rows = make_procedures(5)
    for procedure, visit in zip(rows, [service, also, other, closed, None], strict=True):
        procedure.visit_service = visit
        procedure.save()
    one, two = booking_ways(rows)
    assert (one.services, one.procedures) == ((service, also), tuple(rows[:2]))
    assert (two.services, two.procedures) == ((other,), (rows[2],))
    assert one.url.endswith(f"{service.key}/?go=1&people=1&also={also.key}")
    assert [(way.group, way.url) for way in booking_ways(rows[3:])] == [(None, "/reserve/")]


def test_one_stop_desk_is_the_one_booking_for_all(service, place, departments, administrator):
    desk, other = departments["shimin"], departments["kaigo"]
    at_desk = kit.make_service(kit.make_group(department=desk), place)
    elsewhere = kit.make_service(kit.make_group(department=other), place)
    rows = make_procedures(3)
    for procedure, owner, visit in zip(rows, (other, desk, other), (elsewhere, at_desk, None), strict=True):
        procedure.department, procedure.visit_service = owner, visit
        procedure.save()
    assert [way.group for way in booking_ways(rows)] == [elsewhere.group, at_desk.group]
    since = timezone.localdate()
    grant_reception(to_department=desk, from_departments=[other], active_from=since, by=administrator)
    (way,) = booking_ways(rows)
    assert (way.services, way.procedures) == ((at_desk,), tuple(rows))
    # its time is over: two bookings again
    past = {"active_from": since - dt.timedelta(days=9), "active_until": since - dt.timedelta(days=1)}
    grant_reception(to_department=desk, from_departments=[other], **past, by=administrator)
    assert len(booking_ways(rows)) == 2


def test_only_own_bookings_without_a_code_are_offered(service, place):
    resident = factories.make_resident_user()
    mine = booked(service, place, contact=kit.make_contact(resident=resident))
    shown, stale, brought = (booked(service, place, hour=hour) for hour in (10, 11, 12))
    booked(service, place, hour=13)
    _prefill, token = keep()
    prefills.attach(token=token, reservation=brought)
    held = {shown.public_id: 1, stale.public_id: 99, brought.public_id: 1}
    now = timezone.now()
    assert own_bookings(resident.user, held, now) == [mine, shown]
    assert own_bookings(None, held, now) == [shown]


def test_trials_are_deleted_though_a_visit_or_a_prefill_belongs_to_them(municipality):
    place = kit.make_place("practice", is_practice=True)
    service = kit.make_service(kit.make_group(letter="P", has_tickets=True), place)
    clerk = factories.make_staff(role=Role.CLERK, department=service.group.department)
    row = booked(service, place)
    _prefill, token = keep(is_practice=True)
    prefill = prefills.attach(token=token, reservation=row)
    ticket = queue.issue(place=place, service=service, source=TicketSource.STAFF, request_key="trial", by=clerk)
    take_ticket(prefill, ticket)
    visit = visits.start(place=place, by=clerk, request_key="trial", ticket=ticket)
    Visit.objects.filter(pk=visit.pk).update(reservation=row)
    assert sweep_practice(now=timezone.now() + dt.timedelta(days=2)) == 2
    visit.refresh_from_db()
    prefill.refresh_from_db()
    assert (visit.ticket, visit.reservation, prefill.ticket, prefill.reservation) == (None, None, None, None)
