"""The state of a ticket: every allowed and refused move, and the periods that follow from it."""

import itertools

import pytest
from django.db import IntegrityError
from django.utils import timezone

from cityhall.db import violated
from cityhall.errors import DomainError, StaleState
from reservations import tasks
from reservations.enums import TICKET_MOVES, ReservationState, TicketEventKind, TicketState
from reservations.errors import CallMore, DeskBusy, NobodyWaits, NotAtDesk, NotYours, NumberInUse, TakenByAnother
from reservations.models import DeskSession, Ticket, TicketEvent, TicketPeriod
from reservations.services import bookings, desks, queue
from tests.reservations.kit import make_desk, make_offer, make_place, make_service
from tests.reservations.queuekit import after, again, make_checked_in, make_hall, make_ticket_group

pytestmark = pytest.mark.django_db
S = TicketState


@pytest.fixture
def hall():
    return make_hall(2)


def bring_to(hall, state):
    """A ticket in a state, at the first desk where it has one, by the ways staff have."""
    ticket = hall.issue()
    if state == S.WAITING:
        return ticket
    if state == S.LEFT:
        return queue.leave(ticket=ticket, now=after(1))
    ticket = hall.call(1)
    clerk = hall.clerks[0]
    if state == S.MISSED:
        for minute in (2, 3):
            ticket = queue.call_again(ticket=ticket, by=clerk, now=after(minute))
        return queue.miss(ticket=ticket, by=clerk, now=after(4))
    if state == S.CALLED:
        return ticket
    ticket = queue.start(ticket=ticket, by=clerk, now=after(2))
    if state == S.PARKED:
        return queue.park(ticket=ticket, by=clerk, now=after(3))
    return queue.finish(ticket=ticket, by=clerk, now=after(3)) if state == S.DONE else ticket


# what a clerk presses: what it is called with, and the state the ticket is in afterwards
def press(name, hall, ticket):
    clerk = hall.clerks[0]
    steps = {
        "call": lambda: queue.call(ticket=ticket, **hall.seat(), now=after(9)),
        "call_again": lambda: queue.call_again(ticket=ticket, by=clerk, now=after(9)),
        "start": lambda: queue.start(ticket=ticket, by=clerk, now=after(9)),
        "finish": lambda: queue.finish(ticket=ticket, by=clerk, now=after(9)),
        "park": lambda: queue.park(ticket=ticket, by=clerk, now=after(9)),
        "miss": lambda: queue.miss(ticket=ticket, by=clerk, now=after(9)),
        "back_to_queue": lambda: queue.back_to_queue(ticket=ticket, by=clerk, now=after(9)),
        "transfer": lambda: queue.transfer(ticket=ticket, by=clerk, now=after(9)),
        "take_over": lambda: queue.take_over(ticket=ticket, **hall.seat(1), now=after(9)),
        "leave": lambda: queue.leave(ticket=ticket, by=clerk, now=after(9)),
    }
    return steps[name]()


# rows: the button; columns: the state before. What comes of it; "-" is refused
TABLE = """
               waiting  called   serving  parked   missed   done     left
call           called   called   serving  called   called   -        -
call_again     -        called   -        -        -        -        -
start          -        serving  serving  -        -        -        -
finish         -        -        done     -        -        done     -
park           -        -        parked   parked   -        -        -
miss           -        -        -        -        missed   -        -
back_to_queue  waiting  waiting  waiting  waiting  waiting  -        -
transfer       waiting  waiting  waiting  waiting  waiting  -        -
take_over      -        called   serving  -        -        -        -
leave          left     left     -        left     left     -        left
"""
_HEAD, *_LINES = [line.split() for line in TABLE.strip().splitlines()]
CASES = [(line[0], _HEAD[index], cell) for line in _LINES for index, cell in enumerate(line[1:])]


@pytest.mark.parametrize(("button", "before", "expected"), CASES)
def test_every_button_in_every_state(hall, button, before, expected):
    ticket = bring_to(hall, before)
    events = TicketEvent.objects.count()
    if expected == "-":
        with pytest.raises(DomainError):
            press(button, hall, ticket)
        assert (again(ticket).state, again(ticket).revision) == (before, ticket.revision)
        assert TicketEvent.objects.count() == events
        return
    press(button, hall, ticket)
    assert again(ticket).state == expected
    open_periods = TicketPeriod.objects.filter(ticket=ticket, until_at=None)
    assert [period.state for period in open_periods] == ([] if expected in (S.DONE, S.LEFT) else [expected])


def test_table_of_buttons_uses_only_moves_of_the_table_of_states():
    made = {(before, after_) for _button, before, after_ in CASES if after_ != "-" and before != after_}
    allowed = {(before.value, to.value) for before, moves in TICKET_MOVES.items() for to in moves}
    assert made <= allowed
    # only after three calls
    assert {pair for pair in allowed - made if pair[0] != pair[1]} == {("called", "missed")}


def stay_of(ticket):
    periods = TicketPeriod.objects.filter(ticket=ticket).order_by("id")
    return [(period.state, period.seconds) for period in periods]


def test_periods_add_up_to_the_whole_stay(hall):
    """Odd fractions of seconds too: each period ends where the next begins."""
    clerk, moments = hall.clerks[0], [after(0, 0.7), after(4, 1.9), after(5, 2.2), after(11, 3.6), after(19, 4.5)]
    ticket = hall.issue(now=moments[0])
    ticket = queue.call_next(**hall.seat(), now=moments[1])
    ticket = queue.start(ticket=ticket, by=clerk, now=moments[2])
    ticket = queue.park(ticket=ticket, by=clerk, now=moments[3])
    ticket = queue.call(ticket=ticket, **hall.seat(), now=moments[4])
    ticket = queue.start(ticket=ticket, by=clerk, now=after(20, 5.1))
    ticket = queue.finish(ticket=ticket, by=clerk, now=after(31, 6.2))
    periods = list(TicketPeriod.objects.filter(ticket=ticket).order_by("id"))
    assert [period.state for period in periods] == ["waiting", "called", "serving", "parked", "called", "serving"]
    assert all(one.until_at == two.from_at for one, two in itertools.pairwise(periods))
    assert sum(period.seconds for period in periods) == int((ticket.finished_at - moments[0]).total_seconds() + 1)
    assert (periods[0].from_at, periods[-1].until_at) == (ticket.issued_at, ticket.finished_at)
    assert [(period.desk_id, period.clerk_id) for period in periods[1:3]] == [(hall.desks[0].pk, clerk.pk)] * 2


def test_period_never_ends_before_it_began(hall):
    """The clock of another server is a second behind."""
    ticket = hall.issue(5)
    queue.leave(ticket=ticket, now=after(4, 59))
    assert stay_of(ticket) == [("waiting", 0)]


def test_new_clerk_and_new_service_begin_a_new_period(hall):
    other = make_service(hall.group, hall.place)
    hall.issue()
    ticket = queue.start(ticket=hall.call(1), by=hall.clerks[0], now=after(2))
    ticket = queue.take_over(ticket=ticket, **hall.seat(1), now=after(5))
    ticket = queue.transfer(ticket=ticket, service=other, by=hall.clerks[1], now=after(7))
    assert stay_of(ticket) == [("waiting", 60), ("called", 60), ("serving", 180), ("serving", 120), ("waiting", None)]
    periods = TicketPeriod.objects.filter(ticket=ticket).order_by("id")
    assert [period.clerk_id for period in periods[2:4]] == [hall.clerks[0].pk, hall.clerks[1].pk]
    assert periods[4].service_id == other.pk


def test_calling_again_is_the_same_period(hall):
    hall.issue()
    ticket = queue.call_again(ticket=hall.call(1), by=hall.clerks[0], now=after(2))
    assert (ticket.calls, ticket.called_at) == (2, after(2))
    assert stay_of(ticket) == [("waiting", 60), ("called", None)]


# --- calling


def test_second_tap_of_next_answers_with_the_same_person(hall):
    hall.issue_many(3)
    first = hall.call(3)
    assert hall.call(3).pk == first.pk
    assert Ticket.objects.filter(state=S.CALLED).count() == 1
    assert TicketEvent.objects.filter(kind=TicketEventKind.CALLED).count() == 1


def test_next_is_refused_while_somebody_is_served(hall):
    hall.issue_many(2)
    queue.start(ticket=hall.call(2), by=hall.clerks[0], now=after(3))
    with pytest.raises(DeskBusy):
        hall.call(4)


def test_next_says_when_nobody_waits(hall):
    with pytest.raises(NobodyWaits):
        hall.call(1)


def test_who_does_not_sit_at_the_desk_calls_nobody(hall):
    ticket = hall.issue()
    for number in (0, 1):
        with pytest.raises(NotAtDesk):
            queue.call_next(desk=hall.desks[number], by=hall.clerks[1 - number], now=after(1))
        with pytest.raises(NotAtDesk):
            queue.call(ticket=ticket, desk=hall.desks[number], by=hall.clerks[1 - number], now=after(1))
    assert again(ticket).state == S.WAITING


def test_nobody_is_called_on_a_break(hall):
    hall.issue()
    session = DeskSession.objects.get(desk=hall.desks[0])
    desks.start_break(session=session, now=after(1))
    with pytest.raises(NotAtDesk):
        hall.call(2)
    desks.end_break(session=session)
    assert hall.call(3).state == S.CALLED


@pytest.mark.parametrize("is_served", [False, True])
def test_called_by_another_desk_says_which(hall, is_served):
    """From the old list, and read anew a moment later."""
    seen = hall.issue()
    ticket = hall.call(1)
    if is_served:
        queue.start(ticket=ticket, by=hall.clerks[0], now=after(1))
    for one in (seen, again(seen)):
        with pytest.raises(TakenByAnother) as told:
            queue.call(ticket=one, **hall.seat(1), now=after(1))
        assert str(told.value) == f"{seen.label} の方は、窓口 1 が先に呼び出しました。"
    assert again(seen).desk == hall.desks[0]


def test_desk_with_somebody_calls_nobody_else(hall):
    first, second = hall.issue_many(2)
    queue.call(ticket=first, **hall.seat(), now=after(2))
    with pytest.raises(DeskBusy):
        queue.call(ticket=second, **hall.seat(), now=after(2))
    assert again(second).state == S.WAITING


def test_database_itself_keeps_a_desk_to_one_person(hall):
    _first, second = hall.issue_many(2)
    hall.call(2)
    with pytest.raises(IntegrityError) as refused:
        Ticket.objects.filter(pk=second.pk).update(state=S.CALLED, desk=hall.desks[0], clerk=hall.clerks[0])
    assert violated(refused.value) == "desk_serves_one"


def test_old_screen_cannot_call_who_has_gone(hall):
    seen = hall.issue()
    queue.leave(ticket=seen, now=after(1))
    with pytest.raises(StaleState):
        queue.call(ticket=seen, **hall.seat(), now=after(2))


# --- not there


def test_nobody_is_missed_before_three_calls(hall):
    hall.issue()
    ticket, clerk = hall.call(1), hall.clerks[0]
    for minute in (2, 3):
        with pytest.raises(CallMore):
            queue.miss(ticket=ticket, by=clerk, now=after(minute))
        ticket = queue.call_again(ticket=ticket, by=clerk, now=after(minute))
    assert queue.miss(ticket=ticket, by=clerk, now=after(4)).state == S.MISSED
    assert hall_is_free(hall)


def hall_is_free(hall):
    return not Ticket.objects.filter(desk=hall.desks[0], state__in=[S.CALLED, S.SERVING]).exists()


def test_who_was_called_a_moment_ago_is_skipped_for_five_minutes(hall):
    first, second = hall.issue_many(2)
    called = hall.call(2)
    queue.back_to_queue(ticket=called, by=hall.clerks[0], now=after(3))
    assert hall.call(4).pk == second.pk
    queue.back_to_queue(ticket=again(second), by=hall.clerks[0], now=after(4, 10))
    with pytest.raises(NobodyWaits):
        hall.call(6)
    called = hall.call(7, 1)
    assert (called.pk, called.calls) == (first.pk, 2)


def test_who_comes_back_after_being_missed_keeps_the_place_in_line(hall):
    first = bring_to(hall, S.MISSED)
    hall.issue(2)
    back = queue.back_to_queue(ticket=first, by=hall.clerks[1], now=after(5))
    assert (back.calls, back.called_at, back.order_at) == (0, None, first.order_at)
    assert hall.call(5).pk == first.pk


def test_who_is_out_is_skipped_until_then(hall):
    first, second = hall.issue_many(2)
    queue.be_away(ticket=first, minutes=20, now=after(2))
    assert hall.call(3).pk == second.pk
    assert hall.call(22, 1).pk == first.pk


def test_who_comes_back_early_says_so(hall):
    first, _second = hall.issue_many(2)
    queue.be_away(ticket=first, minutes=20, now=after(2))
    queue.be_away(ticket=first, minutes=0, now=after(3))
    assert hall.call(4).pk == first.pk


@pytest.mark.parametrize(("asked", "given"), [(500, 60), (60, 60), (1, 1)])
def test_nobody_is_away_longer_than_an_hour(hall, asked, given):
    ticket = queue.be_away(ticket=hall.issue(), minutes=asked, now=after(1))
    assert again(ticket).away_until == after(1 + given)


def test_only_who_waits_can_go_out(hall):
    ticket = hall.issue()
    hall.call(1)
    with pytest.raises(StaleState):
        queue.be_away(ticket=ticket, minutes=20, now=after(1))
    with pytest.raises(StaleState):
        queue.be_away(ticket=again(ticket), minutes=20, now=after(1))


# --- parked and sent on


def test_parked_person_waits_for_this_desk_and_leaves_it_free(hall):
    parked = bring_to(hall, S.PARKED)
    assert (parked.for_desk_id, parked.desk_id, parked.clerk_id) == (hall.desks[0].pk, None, None)
    with pytest.raises(NobodyWaits):
        hall.call(4)
    assert queue.call(ticket=parked, **hall.seat(), now=after(5)).for_desk_id is None


def test_transfer_keeps_number_and_place_in_line(hall):
    other = make_service(make_ticket_group(hall.department), hall.place)
    desk = make_desk(hall.place, "9", [other])
    desks.sign_on(desk=desk, by=hall.clerks[1], now=after(0))
    hall.issue_many(2)
    late = queue.issue(place=hall.place, service=other, source="kiosk", request_key="other service", now=after(3))
    ticket = queue.start(ticket=hall.call(3), by=hall.clerks[0], now=after(4))
    sent = queue.transfer(ticket=ticket, service=other, by=hall.clerks[0], now=after(5))
    assert (sent.label, sent.order_at, sent.group_id) == (ticket.label, ticket.order_at, other.group_id)
    assert (sent.state, sent.calls, sent.called_at) == (S.WAITING, 0, None)
    # at once, although it was called a moment ago at the desk it comes from, and before who came later
    assert queue.call_next(desk=desk, by=hall.clerks[1], now=after(5)).pk == ticket.pk != late.pk


def test_sent_to_a_desk_only_that_desk_calls(hall):
    ticket = hall.issue()
    queue.transfer(ticket=ticket, desk=hall.desks[1], by=hall.clerks[0], now=after(1))
    with pytest.raises(NobodyWaits):
        hall.call(2)
    assert hall.call(2, 1).pk == ticket.pk


def test_nobody_waits_for_a_desk_that_has_closed(hall):
    ticket = hall.issue()
    queue.transfer(ticket=ticket, desk=hall.desks[1], by=hall.clerks[0], now=after(1))
    desks.sign_off(session=DeskSession.objects.get(desk=hall.desks[1], ended_at=None), now=after(2))
    assert hall.call(3).pk == ticket.pk


def test_transfer_to_another_place_takes_the_number_along(hall):
    branch = make_place()
    make_offer(hall.service, branch)
    sent = queue.transfer(ticket=hall.issue(), place=branch, by=hall.clerks[0], now=after(1))
    assert (again(sent).place_id, sent.label, stay_of(sent)) == (
        branch.pk,
        sent.label,
        [("waiting", 60), ("waiting", None)],
    )


def test_number_in_use_at_the_other_place_is_refused(hall):
    branch = make_place()
    make_offer(hall.service, branch)
    ticket = hall.issue()
    hall.issue(place=branch)
    with pytest.raises(NumberInUse):
        queue.transfer(ticket=ticket, place=branch, by=hall.clerks[0], now=after(1))
    assert (again(ticket).place_id, stay_of(ticket)) == (hall.place.pk, [("waiting", None)])


# --- whose person it is


@pytest.mark.parametrize("button", ["finish", "park", "start", "call_again", "back_to_queue", "transfer", "leave"])
def test_colleague_must_take_over_first(hall, button):
    hall.issue()
    ticket = queue.start(ticket=hall.call(1), by=hall.clerks[0], now=after(2))
    hall.clerks.reverse()
    with pytest.raises(NotYours):
        press(button, hall, ticket)
    assert again(ticket).state == S.SERVING


def test_person_cannot_leave_by_telephone_page_while_served(hall):
    hall.issue()
    ticket = queue.start(ticket=hall.call(1), by=hall.clerks[0], now=after(2))
    with pytest.raises(NotYours):
        queue.leave(ticket=ticket, now=after(3))


def test_taken_over_person_is_the_colleagues(hall):
    hall.issue()
    ticket = queue.start(ticket=hall.call(1), by=hall.clerks[0], now=after(2))
    taken = queue.take_over(ticket=ticket, **hall.seat(1), now=after(3))
    assert (taken.desk_id, taken.clerk_id, taken.state) == (hall.desks[1].pk, hall.clerks[1].pk, S.SERVING)
    with pytest.raises(StaleState):
        queue.finish(ticket=ticket, by=hall.clerks[0], now=after(4))
    assert queue.finish(ticket=taken, by=hall.clerks[1], now=after(4)).state == S.DONE


def test_desk_with_somebody_takes_nobody_over(hall):
    hall.issue_many(2)
    ticket = hall.call(2)
    hall.call(2, 1)
    with pytest.raises(DeskBusy):
        queue.take_over(ticket=ticket, **hall.seat(1), now=after(3))


# --- the end


def test_reservation_ends_with_the_visit(hall):
    ticket = hall.arrive(0)
    assert hall.serve(1) == ticket.label
    ticket.reservation.refresh_from_db()
    assert ticket.reservation.state == ReservationState.DONE


def test_visit_ends_although_the_reservation_was_ended_by_hand(hall):
    ticket = hall.arrive(0)
    type(ticket.reservation).objects.filter(pk=ticket.reservation.pk).update(state=ReservationState.CANCELLED)
    hall.serve(1)
    assert again(ticket).state == S.DONE


def test_nobody_waits_overnight():
    hall = make_hall(1)
    waiting, served = hall.issue_many(2)
    queue.start(ticket=queue.call(ticket=served, **hall.seat(), now=after(2)), by=hall.clerks[0], now=after(3))
    assert queue.end_days(now=after(60)) == 0
    night = after(24 * 60)
    assert queue.end_days(now=night) == 2
    assert (again(waiting).state, again(served).state) == (S.LEFT, S.DONE)
    assert again(waiting).finished_at == after(14 * 60 + 59)
    assert not TicketPeriod.objects.filter(until_at=None).exists()
    assert not DeskSession.objects.filter(ended_at=None).exists()
    assert queue.end_days(now=night) == 0


NEXT_DAY = 24 * 60


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"state": ReservationState.BOOKED}, ReservationState.NO_SHOW),
        ({"state": ReservationState.CHECKED_IN}, ReservationState.DONE),
        # asked to move by the city, a trial, and a stay that goes on
        ({"state": ReservationState.BOOKED, "must_move_since": after(0)}, ReservationState.BOOKED),
        ({"state": ReservationState.BOOKED, "is_practice": True}, ReservationState.BOOKED),
        ({"state": ReservationState.BOOKED, "ends_at": after(NEXT_DAY + 120)}, ReservationState.BOOKED),
        ({"state": ReservationState.CANCELLED}, ReservationState.CANCELLED),
    ],
)
def test_reservations_end_with_their_day(hall, fields, state):
    row = make_checked_in(hall.place, hall.service, after(30))
    type(row).objects.filter(pk=row.pk).update(**fields)
    assert bookings.end_days(now=after(600)) == 0
    ended = bookings.end_days(now=after(NEXT_DAY))
    row.refresh_from_db()
    assert (row.state, ended) == (state, int(state != fields["state"]))
    assert bookings.end_days(now=after(NEXT_DAY)) == 0


def test_reservation_ends_after_its_ticket(hall, monkeypatch):
    ticket = hall.arrive(0)
    assert bookings.end_days(now=after(NEXT_DAY)) == 0
    monkeypatch.setattr(timezone, "now", lambda: after(NEXT_DAY))
    tasks.end_days()
    ticket.reservation.refresh_from_db()
    assert (again(ticket).state, ticket.reservation.state) == (S.LEFT, ReservationState.DONE)


def test_missed_with_a_reservation_did_not_come_to_it():
    hall = make_hall(1)
    ticket = hall.arrive(0)
    called = hall.call(1)
    for minute in (2, 3):
        called = queue.call_again(ticket=called, by=hall.clerks[0], now=after(minute))
    queue.miss(ticket=called, by=hall.clerks[0], now=after(4))
    queue.end_days(now=after(24 * 60))
    ticket.reservation.refresh_from_db()
    assert (again(ticket).state, ticket.reservation.state) == (S.LEFT, ReservationState.NO_SHOW)
