"""Many desks and machines at the same moment, in threads on PostgreSQL; the guard next to a control without it."""

import threading

import pytest
from django.db import connection, transaction

from cityhall.errors import DomainError, StaleState
from reservations.enums import TicketEventKind, TicketState
from reservations.errors import DeskBusy, NobodyWaits, TakenByAnother
from reservations.models import Desk, Ticket, TicketCounter, TicketEvent, TicketPeriod
from reservations.queries.queue import next_for
from reservations.services import desks, queue
from tests.applications.test_races import at_once
from tests.reservations.queuekit import after, again, make_checked_in, make_hall

DESKS = 20
PEOPLE = 10
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def hall():
    return make_hall(DESKS)


def of_type(results, kind):
    return [one for one in results if isinstance(one, kind)]


def assert_agrees():
    """One open period for each open ticket, and as many calls as events of them."""
    for ticket in Ticket.objects.all():
        periods = list(TicketPeriod.objects.filter(ticket=ticket).order_by("id"))
        open_states = [period.state for period in periods if period.until_at is None]
        is_over = ticket.state in (TicketState.DONE, TicketState.LEFT)
        assert open_states == ([] if is_over else [ticket.state])
        assert ticket.revision == ticket.events.exclude(kind=TicketEventKind.ISSUED).count()


def test_twenty_desks_call_ten_people_once_each(hall):
    hall.issue_many(PEOPLE)
    results = at_once(*[lambda number=number: hall.call(20, number) for number in range(DESKS)])
    called = of_type(results, Ticket)
    assert len({ticket.pk for ticket in called}) == len(called) == PEOPLE
    assert len(of_type(results, NobodyWaits)) == DESKS - PEOPLE
    assert TicketEvent.objects.filter(kind=TicketEventKind.CALLED).count() == PEOPLE
    assert_agrees()


def test_control_without_the_condition_two_desks_call_the_same_person(hall):
    """Looking first and writing afterwards: both clerks call out the same number."""
    [ticket] = hall.issue_many(1)
    read = threading.Barrier(2)

    def call(desk, clerk):
        with transaction.atomic():
            [(one, _among)] = next_for(desk, after(1), most=1)
            read.wait(timeout=60)
            row = Ticket.objects.filter(pk=one.pk)
            return row.update(state=TicketState.CALLED, desk=desk, clerk=clerk)

    seats = [(hall.desks[number], hall.clerks[number]) for number in (0, 1)]
    assert at_once(*[lambda seat=seat: call(*seat) for seat in seats]) == [1, 1]
    assert again(ticket).state == TicketState.CALLED


def test_many_desks_call_the_same_chosen_person(hall):
    [ticket] = hall.issue_many(1)
    results = at_once(
        *[lambda number=number: queue.call(ticket=ticket, **hall.seat(number), now=after(1)) for number in range(DESKS)]
    )
    [winner] = of_type(results, Ticket)
    losers = of_type(results, TakenByAnother)
    assert len(losers) == DESKS - 1
    number = Desk.objects.get(pk=winner.desk_id).number
    assert {str(error) for error in losers} == {f"{ticket.label} の方は、窓口 {number} が先に呼び出しました。"}
    assert_agrees()


def test_double_tap_of_next_calls_one_person(hall):
    hall.issue_many(PEOPLE)
    results = at_once(*[lambda: hall.call(20)] * 6)
    assert of_type(results, Exception) == []
    assert len({ticket.pk for ticket in results}) == 1
    assert Ticket.objects.filter(state=TicketState.CALLED).count() == 1
    assert_agrees()


def test_finish_tapped_many_times_ends_once(hall):
    hall.issue_many(2)
    clerk = hall.clerks[0]
    ticket = queue.start(ticket=hall.call(2), by=clerk, now=after(3))
    results = at_once(*[lambda: queue.finish(ticket=ticket, by=clerk, now=after(4))] * 6)
    assert (len(of_type(results, Ticket)), len(of_type(results, StaleState))) == (1, 5)
    assert TicketEvent.objects.filter(kind=TicketEventKind.DONE).count() == 1
    # the page looks again before it presses again
    assert queue.finish(ticket=again(ticket), by=clerk, now=after(5)).finished_at == after(4)
    assert_agrees()


def test_transfer_against_call_has_one_winner(hall):
    for _round in range(5):
        ticket = hall.issue()
        results = at_once(
            lambda ticket=ticket: queue.call(ticket=ticket, **hall.seat(0), now=after(1)),
            lambda ticket=ticket: queue.transfer(ticket=ticket, desk=hall.desks[1], by=hall.clerks[2], now=after(1)),
        )
        assert (len(of_type(results, Ticket)), len(of_type(results, StaleState))) == (1, 1)
        stored = again(ticket)
        assert (stored.state, stored.desk_id, stored.for_desk_id) in {
            (TicketState.CALLED, hall.desks[0].pk, None),
            (TicketState.WAITING, None, hall.desks[1].pk),
        }
        queue.leave(ticket=stored, by=hall.clerks[0], now=after(2))
    assert_agrees()


def test_leaving_against_being_called_has_one_winner(hall):
    ticket = hall.issue()
    results = at_once(
        lambda: hall.call(1, 0),
        lambda: queue.leave(ticket=ticket, now=after(1)),
    )
    assert len(of_type(results, Ticket)) == len(of_type(results, DomainError)) == 1
    assert again(ticket).state in (TicketState.CALLED, TicketState.LEFT)
    assert_agrees()


def test_taken_over_by_two_colleagues_belongs_to_one(hall):
    hall.issue()
    ticket = hall.call(1)
    results = at_once(
        *[
            lambda number=number: queue.take_over(ticket=ticket, **hall.seat(number), now=after(2))
            for number in range(1, 6)
        ]
    )
    assert (len(of_type(results, Ticket)), len(of_type(results, StaleState))) == (1, 4)
    assert_agrees()


def test_two_kiosks_with_the_same_request_give_one_ticket(hall):
    results = at_once(*[lambda: hall.issue(request_key="double tap")] * 8)
    assert of_type(results, Exception) == []
    assert len({ticket.pk for ticket in results}) == Ticket.objects.count() == 1
    assert TicketCounter.objects.get().last == TicketEvent.objects.count() == 1


def test_check_in_twice_at_once_gives_one_ticket(hall):
    reservation = make_checked_in(hall.place, hall.service, after(10))
    results = at_once(*[lambda: queue.issue_for_reservation(reservation=reservation, source="kiosk", now=after(5))] * 8)
    assert of_type(results, Exception) == []
    assert len({ticket.pk for ticket in results}) == Ticket.objects.count() == 1


def test_numbers_have_no_gaps_and_no_doubles(hall):
    """Eight kiosks, some of them with a person who taps twice."""
    keys = [f"key {number // 2}" for number in range(16)]
    results = at_once(*[lambda key=key: hall.issue(request_key=key) for key in keys])
    assert of_type(results, Exception) == []
    assert sorted(Ticket.objects.values_list("sequence", flat=True)) == list(range(1, 9))
    assert TicketCounter.objects.get().last == 8


def test_control_counting_the_tickets_of_the_day_gives_a_number_twice(hall):
    read = threading.Barrier(2)

    def number():
        with transaction.atomic():
            counted = Ticket.objects.count() + 1
            read.wait(timeout=60)
            return counted

    assert at_once(number, number) == [1, 1]


def test_one_clerk_gets_one_of_two_desks(hall):
    """Two tablets, one person: tapped at both at once."""
    clerk = hall.clerks[0]
    for session in clerk.desk_sessions.all():
        desks.sign_off(session=session, now=after(1))
    for session in hall.clerks[1].desk_sessions.all():
        desks.sign_off(session=session, now=after(1))
    at_once(*[lambda desk=desk: desks.sign_on(desk=desk, by=clerk, now=after(2)) for desk in hall.desks[:2]])
    assert clerk.desk_sessions.filter(ended_at=None).count() == 1


def test_desk_that_is_busy_never_loses_a_person(hall):
    """Next and a chosen person at once at one desk: one of them is called, the other still waits."""
    first, second = hall.issue_many(2)
    results = at_once(
        lambda: hall.call(2),
        lambda: queue.call(ticket=second, **hall.seat(0), now=after(2)),
    )
    assert all(isinstance(one, Ticket | DeskBusy) for one in results)
    states = sorted(again(ticket).state for ticket in (first, second))
    assert states == [TicketState.CALLED, TicketState.WAITING]
    assert_agrees()
