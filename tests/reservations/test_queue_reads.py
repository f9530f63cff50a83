"""Who waits, where a ticket stands, what a display shows, and how long it takes: each with few queries."""

import pytest

from cityhall.db import is_postgresql
from cityhall.enums import Role
from reservations.enums import ExceptionKind, TicketState
from reservations.models import Display, OpeningException, ServiceTime
from reservations.queries import estimate
from reservations.queries import queue as queue_reads
from reservations.services import desks, queue
from tests import factories
from tests.reservations.kit import make_desk, make_place, make_service
from tests.reservations.queuekit import after, again, make_hall, make_ticket_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make_hall(2, appointment_share=50, priority_share=50)


def labels(tickets):
    return [ticket.label for ticket in tickets]


def test_waiting_are_in_the_order_of_being_called(hall):
    walk_ins = hall.issue_many(3)
    booked = hall.arrive(3, appointment=3)
    out = hall.issue(4)
    queue.be_away(ticket=walk_ins[0], minutes=30, now=after(5))
    expected = [booked, walk_ins[1], walk_ins[2], out, walk_ins[0]]
    assert labels(queue_reads.waiting(hall.place, [hall.group], after(6))) == labels(expected)
    # and that is what happens
    assert [hall.serve(7 + number) for number in range(4)] == labels(expected[:4])


def test_waiting_of_other_groups_places_and_days_is_theirs(hall):
    hall.issue(-24 * 60, by=hall.clerks[0])
    other = make_service(make_ticket_group(hall.department), hall.place)
    there = hall.issue(service=other)
    assert queue_reads.waiting(hall.place, [hall.group], after(1)) == []
    assert labels(queue_reads.waiting(hall.place, [other.group], after(1))) == [there.label]
    assert queue_reads.waiting(make_place(), [other.group], after(1)) == []


def test_position_counts_who_is_called_before(hall):
    tickets = [*hall.issue_many(4), hall.issue_high(4)]
    stands = [queue_reads.position(ticket, after(5)).ahead for ticket in tickets]
    assert stands == [1, 2, 3, 4, 0]


def test_position_of_who_is_out_is_the_place_they_keep(hall):
    first, second, third = hall.issue_many(3)
    queue.be_away(ticket=second, minutes=30, now=after(4))
    stands = [queue_reads.position(again(ticket), after(5)).ahead for ticket in (first, second, third)]
    assert stands == [0, 1, 1]


def test_position_of_who_is_called_is_over(hall):
    hall.issue()
    assert queue_reads.position(hall.call(1), after(1)) == queue_reads.Position(0, 0, 0)


def test_display_shows_the_last_calls_newest_first(hall):
    display = Display.objects.create(place=hall.place, name="1階", shown_calls=2)
    hall.issue_many(3)
    done = hall.serve(3)
    called = hall.call(4, 1)
    assert labels(queue_reads.calls(display, after(5))) == [called.label, done]
    back = queue.back_to_queue(ticket=called, by=hall.clerks[1], now=after(6))
    assert back.state == TicketState.WAITING
    assert labels(queue_reads.calls(display, after(7))) == [done]


def test_display_shows_only_its_groups(hall):
    other = make_ticket_group(hall.department)
    display = Display.objects.create(place=hall.place, name="2階")
    display.groups.add(other)
    hall.issue()
    called = hall.call(1)
    assert queue_reads.calls(display, after(1)) == []
    display.groups.add(hall.group)
    assert labels(queue_reads.calls(display, after(1))) == [called.label]


def test_present_tells_the_wait_of_each_service(hall):
    quiet = make_service(make_ticket_group(hall.department), hall.place, position=9)
    make_desk(hall.place, "9", [quiet])
    for minute in range(5):
        hall.issue(minute)
    rows = queue_reads.present(hall.place, after(5))
    # 20:45 each at two idle desks: the sixth is called when the second round is done, 41:30, give or take 12 minutes
    assert [(row.service, row.waiting, row.low_minutes, row.high_minutes, row.light) for row in rows] == [
        (hall.service, 5, 29, 54, "red"),
        (quiet, 0, 8, 33, "green"),
    ]


def test_present_counts_whoever_stands_in_the_same_line(hall):
    other = make_service(hall.group, hall.place, position=9)
    hall.desks[0].services.add(other)
    hall.issue_many(3)
    rows = queue_reads.present(hall.place, after(5))
    assert [(row.service, row.waiting, row.in_line) for row in rows] == [(hall.service, 3, 3), (other, 0, 3)]
    assert rows[1].high_minutes > 0
    assert rows[1].has_range


def test_present_frightens_nobody_before_a_desk_opens(hall):
    quiet = make_service(make_ticket_group(hall.department), hall.place, position=9)
    desk = make_desk(hall.place, "9", [quiet])
    [_busy, row] = queue_reads.present(hall.place, after(5))
    assert (row.is_open, row.is_staffed, row.has_range, row.light) == (True, False, False, "green")
    seat = desks.sign_on(desk=desk, by=factories.make_staff(role=Role.CLERK, department=hall.department), now=after(6))
    [_busy, row] = queue_reads.present(hall.place, after(7))
    assert (row.is_staffed, row.has_range) == (True, True)
    desks.start_break(session=seat, now=after(8))
    [_busy, row] = queue_reads.present(hall.place, after(9))
    assert (row.is_staffed, row.has_range) == (False, False)


def test_ticket_tells_what_the_page_before_it_told(hall):
    quiet = make_service(make_ticket_group(hall.department), hall.place, position=9)
    desk = make_desk(hall.place, "9", [quiet])
    first, second = hall.issue(1, service=quiet), hall.issue(2, service=quiet)
    # no desk is open and nobody ahead: no minutes on either; for who comes after, the same ones
    assert queue_reads.position(first, after(5)) == queue_reads.Position(0, 0, 0)
    assert queue_reads.position(second, after(5)).high_minutes > 0
    desks.sign_on(desk=desk, by=factories.make_staff(role=Role.CLERK, department=hall.department), now=after(6))
    assert queue_reads.position(second, after(7)).low_minutes > 0


def test_present_is_closed_outside_the_hours(hall):
    hall.issue()
    OpeningException.objects.create(place=hall.place, date=after(0).date(), kind=ExceptionKind.CLOSED)
    [row] = queue_reads.present(hall.place, after(5))
    assert (row.is_open, row.has_range, row.light) == (False, False, "closed")


@pytest.mark.parametrize("people", [1, 6])
def test_reads_ask_the_same_number_of_queries_for_any_queue(hall, people, django_assert_num_queries):
    tickets = hall.issue_many(people)
    display = Display.objects.create(place=hall.place, name="1階")
    now = after(10)
    with django_assert_num_queries(1):
        assert len(queue_reads.next_for(hall.desks[0], now, most=50)) == people
    with django_assert_num_queries(2):
        queue_reads.waiting(hall.place, [hall.group], now)
    with django_assert_num_queries(8):
        queue_reads.position(tickets[-1], now)
    with django_assert_num_queries(11):
        queue_reads.present(hall.place, now)
    with django_assert_num_queries(2):
        queue_reads.calls(display, now)


@pytest.mark.parametrize("people", [1, 6])
def test_next_asks_the_same_number_of_queries_for_any_queue(hall, people, django_assert_num_queries):
    hall.issue_many(people)
    # seat and order; then the move with its periods and event, one statement on PostgreSQL, and savepoints
    with django_assert_num_queries(5 if is_postgresql() else 12):
        hall.call(10)


def test_next_reads_the_head_of_each_kind_and_orders_it_as_the_whole_line(hall):
    for minute in range(0, 24, 3):
        hall.issue(minute)
        hall.arrive(minute + 1, appointment=minute)
        hall.issue_high(minute + 2)
    whole = [one.pk for one, _among in queue_reads.next_for(hall.desks[0], after(30), most=99)]
    assert len(whole) == 24
    for most in (1, 5, 12):
        found = queue_reads.next_for(hall.desks[0], after(30), most=most)
        assert [one.pk for one, _among in found] == whole[:most]


# --- the estimate


def told(hall, **fields):
    known = estimate.forecast(place=hall.place, service=hall.service, now=after(60), **fields)
    return (known.low_minutes, known.high_minutes)


def test_estimate_is_at_once_while_a_desk_is_idle_and_grows_with_the_people_ahead(hall):
    assert [told(hall, ahead=ahead) for ahead in (0, 1, 2, 5)] == [(0, 0), (0, 0), (14, 27), (29, 54)]


def test_estimate_knows_how_far_the_desks_are(hall):
    """Both are taken: who has sat there longest is done first."""
    hall.issue_many(2)
    hall.call(46), hall.call(55, number=1)
    # 20:45 less the 14 minutes the first has been there, give or take six
    assert told(hall, ahead=0) == (0, 13)
    queue.start(ticket=hall.clerks[0].desk_sessions.get().desk.tickets.get(), by=hall.clerks[0], now=after(47))
    queue.finish(ticket=hall.clerks[0].desk_sessions.get().desk.tickets.get(), by=hall.clerks[0], now=after(58))
    assert told(hall, ahead=0) == (0, 0)


def test_estimate_knows_the_desks_that_are_open(hall):
    session = hall.clerks[1].desk_sessions.get()
    desks.start_break(session=session, now=after(1))
    assert told(hall, ahead=5) == (76, 131)
    desks.end_break(session=session)
    assert told(hall, ahead=5) == (29, 54)


def test_estimate_before_opening_counts_all_desks_of_the_service_as_busy(hall):
    for clerk in hall.clerks:
        desks.sign_off(session=clerk.desk_sessions.get(), now=after(1))
    assert (told(hall, ahead=0), told(hall, ahead=5)) == ((14, 27), (47, 77))


def test_learned_time_of_the_hour_comes_before_what_was_typed_in(hall):
    """Taught by at least five visits of that hour."""
    taught = {"service": hall.service, "place": hall.place, "spread_seconds": 60}
    ServiceTime.objects.create(hour=10, served=5, mean_seconds=300, **taught)
    ServiceTime.objects.create(hour=11, served=4, mean_seconds=60, **taught)
    assert told(hall, ahead=5) == (10, 13)
    known = estimate.forecast(place=hall.place, service=hall.service, now=after(120), ahead=5)
    assert (known.low_minutes, known.high_minutes) == (29, 54)


def test_minutes_of_the_place_come_before_those_of_the_service(hall):
    hall.service.offers.update(minutes=10)
    assert told(hall, ahead=5) == (15, 28)
