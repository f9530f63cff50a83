"""A visit begins: with a code, twice with the same code, or with nothing; its phases are timed."""

import datetime as dt

import pytest
from django.core.cache import cache

from cityhall.enums import Role
from cityhall.errors import StaleState
from counter import codes
from counter.enums import VISIT_MOVES, PrefillState, ScanResult, Source, VisitEventKind, VisitPhase, VisitState
from counter.errors import BookingUnderWay, NotLeading, PrefillUsed
from counter.models import Prefill, PrefillScan, Visit, VisitPeriod
from counter.queries.visits import chosen_procedures, visible_visits
from counter.services import prefills, visits
from counter.services.visits.states import move
from reservations.enums import ReservationState, TicketSource
from reservations.models import Ticket
from tests import factories
from tests.counter import deskkit
from tests.counter.kit import NOW, VALUES, keep, make_procedures
from tests.reservations import kit, queuekit

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(department):
    """A place where the department of the cast serves."""
    place = kit.make_place()
    kit.make_service(kit.make_group(department), place)
    return place


@pytest.fixture
def code(municipality, department):
    cache.clear()
    _prefill, token = keep(procedures=make_procedures(department=department), sources={"applicant_name": Source.RECORD})
    return codes.full_code(municipality.code, token)


def begin(code, place, by, key="k", **fields):
    return visits.start_with_code(text=code, place=place, by=by, request_key=key, now=NOW, **fields)


def test_code_brings_answers_procedures_and_where_they_come_from(code, place, clerk):
    visit = begin(code, place, clerk)
    assert (visit.values, visit.state, visit.clerk) == (VALUES, VisitState.OPEN, clerk)
    assert visit.sources == {"applicant_name": Source.RECORD, "p1_reason": Source.BROUGHT}
    assert [one.position for one in chosen_procedures(visit)] == [1, 2]
    assert [event.kind for event in visit.events.all()] == [VisitEventKind.STARTED, VisitEventKind.REDEEMED]


def test_same_code_twice_is_the_same_visit(code, place, clerk, handler):
    first = begin(code, place, clerk)
    again = begin(code, place, handler, "other")
    assert (again, Visit.objects.count()) == (first, 1)
    results = list(PrefillScan.objects.values_list("result", flat=True))
    # the refusal is written, and what it led to
    assert results == [ScanResult.REDEEMED, ScanResult.USED, ScanResult.SEEN_AGAIN]


def test_spoken_digits_begin_the_same_visit(municipality, place, clerk):
    cache.clear()
    _prefill, token = keep()
    visit = begin(codes.written(codes.spoken_code(token)), place, clerk)
    again = begin(codes.full_code(municipality.code, token), place, clerk, "other")
    assert (visit.values, again) == (VALUES, visit)


def test_staff_of_another_place_learn_only_that_it_was_used(code, place, clerk):
    begin(code, place, clerk)
    stranger = factories.make_staff(role=Role.CLERK, department=factories.make_department())
    with pytest.raises(PrefillUsed):
        begin(code, place, stranger, "other")


def test_visit_with_nothing_is_once_a_tap_and_once_a_ticket(place, clerk):
    one = visits.start(place=place, by=clerk, request_key="k", now=NOW)
    two = visits.start(place=place, by=clerk, request_key="k", now=NOW)
    assert (one, one.values, Visit.objects.count()) == (two, {}, 1)


def make_ticket(place, **fields):
    """A number that waited ten minutes and was called a minute ago."""
    group = kit.make_group()
    values = {
        "place": place,
        "business_day": NOW.date(),
        "letter": "A",
        "sequence": 1,
        "group": group,
        "service": kit.make_service(group),
        "source": TicketSource.KIOSK,
        "issued_at": NOW - dt.timedelta(minutes=11),
        "called_at": NOW - dt.timedelta(minutes=1),
    }
    return Ticket.objects.create(**values | fields)


def test_wait_with_the_number_is_the_first_phase(place, clerk):
    visit = visits.start(place=place, by=clerk, request_key="k", ticket=make_ticket(place), now=NOW)
    rows = VisitPeriod.objects.filter(visit=visit).order_by("id").values_list("phase", "seconds")
    assert list(rows) == [(VisitPhase.WAIT, 600), (VisitPhase.IDENTIFY, None)]


def test_number_that_nobody_called_says_nothing_of_a_wait(place, clerk):
    visits.start(place=place, by=clerk, request_key="k", ticket=make_ticket(place, called_at=None), now=NOW)
    assert not VisitPeriod.objects.filter(phase=VisitPhase.WAIT).exists()


def test_stranger_sees_no_visit(code, place, clerk):
    visit = begin(code, place, clerk)
    stranger = factories.make_staff(role=Role.CLERK, department=factories.make_department())
    assert (list(visible_visits(clerk)), list(visible_visits(stranger))) == ([visit], [])


@pytest.mark.parametrize("state", VisitState)
@pytest.mark.parametrize("to", VisitState)
def test_every_move_is_allowed_or_refused(place, clerk, state, to):
    visit = visits.start(place=place, by=clerk, request_key="k", now=NOW)
    done = {"identified_at": NOW, "identified_by": clerk, "received_at": NOW, "closed_at": NOW}
    Visit.objects.filter(pk=visit.pk).update(state=state, **done)
    visit.refresh_from_db()
    if to in VISIT_MOVES[state]:
        assert move(visit, to=to, event=VisitEventKind.SAVED, by=clerk, now=NOW).state == to
    else:
        with pytest.raises(StaleState):
            move(visit, to=to, event=VisitEventKind.SAVED, by=clerk, now=NOW)


def test_two_desks_move_a_visit_once(place, clerk, handler):
    visit = visits.start(place=place, by=clerk, request_key="k", now=NOW)
    other = Visit.objects.get(pk=visit.pk)
    move(visit, to=VisitState.CLOSED, event=VisitEventKind.CLOSED, by=clerk, now=NOW, closed_at=NOW)
    with pytest.raises(StaleState):
        move(other, to=VisitState.CLOSED, event=VisitEventKind.CLOSED, by=handler, now=NOW, closed_at=NOW)


def test_phases_are_timed_by_the_states(place, clerk):
    visit = visits.start(place=place, by=clerk, request_key="k", now=NOW)
    moment = NOW + dt.timedelta(seconds=90)
    move(
        visit,
        to=VisitState.IDENTIFIED,
        event=VisitEventKind.IDENTIFIED,
        by=clerk,
        now=moment,
        identified_at=moment,
        identified_by=clerk,
    )
    later = moment + dt.timedelta(seconds=60)
    move(visit, to=VisitState.FILLING, event=VisitEventKind.SAVED, by=clerk, now=later)
    end = later + dt.timedelta(seconds=30)
    move(visit, to=VisitState.CLOSED, event=VisitEventKind.CLOSED, by=clerk, now=end, closed_at=end)
    periods = list(VisitPeriod.objects.order_by("id").values_list("phase", "seconds"))
    assert periods == [(VisitPhase.IDENTIFY, 90), (VisitPhase.ASK, 90)]


def desk_of_another_department(place):
    """A clerk whose department serves at the same place."""
    other = factories.make_department()
    kit.make_service(kit.make_group(other), place)
    return factories.make_staff(role=Role.CLERK, department=other)


@pytest.mark.parametrize("role", [Role.CLERK, Role.CONTRACT_CLERK, Role.HANDLER, Role.APPROVER])
def test_visit_is_seen_by_the_department_it_is_for_and_by_no_other_of_the_place(code, place, clerk, department, role):
    visit = begin(code, place, clerk)
    colleague = factories.make_staff(role=role, department=department)
    assert list(visible_visits(colleague)) == [visit]
    assert visits.take_over(visit, colleague).clerk == colleague
    assert list(visible_visits(desk_of_another_department(place))) == []
    # who began it sees how it went on
    assert list(visible_visits(clerk)) == [visit]


def test_visit_for_nothing_yet_is_seen_at_every_desk_of_the_place(place, clerk):
    visit = deskkit.start(place, clerk)
    assert list(visible_visits(desk_of_another_department(place))) == [visit]


def test_who_gets_the_number_sees_the_visit(code, place, clerk):
    visit = begin(code, place, clerk)
    other = desk_of_another_department(place)
    ticket = make_ticket(place, clerk=other)
    Visit.objects.filter(pk=visit.pk).update(ticket=ticket)
    assert list(visible_visits(other)) == [visit]
    assert list(visible_visits(desk_of_another_department(place))) == []


def test_what_another_department_dropped_opens_the_visit_to_nobody(code, place, clerk, department):
    visit = begin(code, place, clerk)
    visit.procedures.update(dropped_at=NOW, drop_reason="いらない")
    assert list(visible_visits(desk_of_another_department(place))) == []


def booked_with(code, place, department, **fields):
    """A booking of today to which the answers of the code are brought, by somebody on their way."""
    service = kit.make_service(kit.make_group(department), place)
    soon = NOW + dt.timedelta(minutes=5)
    row = queuekit.make_checked_in(place, service, soon, state=ReservationState.BOOKED, checked_in_at=None)
    prefills.attach(token=codes.read_code(code).token, reservation=row, now=NOW)
    return row


def test_code_of_a_booking_comes_into_the_visit_that_began_with_the_booking(code, place, clerk, handler, department):
    reservation = booked_with(code, place, department)
    first = deskkit.start(place, clerk, reservation=reservation)
    assert begin(code, place, handler, "other") == first
    row = Visit.objects.get()
    assert (row.values, row.clerk, row.reservation) == (VALUES, clerk, reservation)
    assert [one.position for one in chosen_procedures(row)] == [1, 2]


def test_code_of_a_booking_that_is_identified_elsewhere_says_who_serves(code, place, clerk, handler, department):
    """Nobody there would compare what it says with who was identified."""
    reservation = booked_with(code, place, department)
    served = deskkit.start(place, clerk, reservation=reservation)
    deskkit.identified(served, clerk, factories.make_resident())
    with pytest.raises(BookingUnderWay):
        begin(code, place, handler, "other")
    with pytest.raises(NotLeading):
        visits.take_answers(served, text=code, by=handler, now=NOW)
    assert (Visit.objects.get().values, Prefill.objects.get().state) == ({}, PrefillState.OPEN)
    assert begin(code, place, clerk, "own") == served
    assert Visit.objects.get().values == VALUES


def test_code_of_a_booking_that_is_asked_at_another_desk_says_who_serves(code, place, clerk, handler, department):
    reservation = booked_with(code, place, department)
    served = deskkit.start(place, clerk, reservation=reservation)
    deskkit.filling(served, clerk, deskkit.procedures_of(department, 1))
    with pytest.raises(BookingUnderWay) as refused:
        begin(code, place, handler, "other")
    assert str(clerk) in str(refused.value)
    # begun there with nothing, the same
    nothing = deskkit.start(place, handler, "nothing")
    with pytest.raises(BookingUnderWay):
        visits.take_answers(nothing, text=code, by=handler, now=NOW)
    assert (Visit.objects.count(), Prefill.objects.get().state) == (2, PrefillState.OPEN)


def test_code_comes_into_the_visit_of_the_number_that_was_taken_with_it(code, place, clerk, handler):
    ticket = make_ticket(place)
    Prefill.objects.update(ticket=ticket)
    first = deskkit.start(place, clerk, ticket=ticket)
    assert begin(code, place, handler, "other") == first
    assert Visit.objects.get().values == VALUES


def test_code_that_beeps_while_the_number_begins_is_one_visit(code, place, clerk):
    """The page was read before the visit began: it names the number still."""
    ticket = make_ticket(place)
    first = deskkit.start(place, clerk, "tap", ticket=ticket)
    assert begin(code, place, clerk, "beep", ticket=ticket) == first
    assert (Visit.objects.get().values, Visit.objects.get().ticket) == (VALUES, ticket)


def test_number_with_answers_of_somebody_else_leaves_the_next_code_a_visit_of_its_own(code, place, clerk, municipality):
    """Two of a family with one number, and one page for both codes: its key is the same."""
    ticket = make_ticket(place)
    begin(code, place, clerk, "page", ticket=ticket)
    _prefill, late = keep()
    begin(codes.full_code(municipality.code, late), place, clerk, "page", ticket=ticket)
    assert [row.ticket for row in Visit.objects.order_by("id")] == [ticket, None]
