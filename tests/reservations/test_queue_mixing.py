"""The order of being called: nobody always first, nobody always last, and always the same for the same day."""

import datetime as dt

import pytest

from reservations.mixing import Shares, Turns, Waiting, count_turns, in_order
from tests.reservations.queuekit import NOW, after

HIGH, APPOINTMENT, NORMAL = "1", "2", "3"


def people(kinds, *, group=1):
    """One person for each letter of "1223", in the order of their coming; appointments are due."""
    return [
        Waiting(number, 0, group, kind, NOW - dt.timedelta(minutes=60 - number)) for number, kind in enumerate(kinds)
    ]


def order_of(kinds, *, appointment=60, priority=70, turns=None):
    shares = {1: Shares(appointment, priority)}
    order = in_order(people(kinds), shares=shares, turns=turns or Turns(), now=NOW)
    return "".join(one.priority for one, _among in order)


@pytest.mark.parametrize(
    ("appointment", "expected"),
    [
        (0, "3333233333"),
        (25, "3233323332"),
        (50, "2323232323"),
        (60, "2323223232"),
        (75, "2232223222"),
        (100, "2222232222"),
    ],
)
def test_appointments_and_arrivals_share_the_calls(appointment, expected):
    """0 and 100 count as 10 and 90: a share of nothing would let somebody wait for ever."""
    assert order_of("2" * 10 + "3" * 10, appointment=appointment)[:10] == expected


@pytest.mark.parametrize(
    ("priority", "expected"), [(0, "3333133333"), (50, "1313131313"), (70, "1311131131"), (100, "1111131111")]
)
def test_priority_shares_the_calls_with_everybody_else(priority, expected):
    assert order_of("1" * 10 + "3" * 10, priority=priority)[:10] == expected


def test_all_three_kinds_come_forward():
    order = order_of("1" * 20 + "2" * 20 + "3" * 20, appointment=50, priority=50)[:12]
    assert order == "121312131213"


@pytest.mark.parametrize("kinds", ["3333", "2222", "1111"])
def test_one_kind_alone_is_served_in_order(kinds):
    assert order_of(kinds) == kinds


def test_who_is_alone_is_no_contest():
    """Forty walk-ins in an empty morning do not give the next ten calls to appointments."""
    counted = count_turns([(NORMAL, NORMAL, 40)])
    assert counted == Turns()
    assert order_of("2233", appointment=50, turns=counted) == "2323"


def test_turn_goes_on_where_the_day_stands():
    counted = count_turns([(APPOINTMENT, "23", 1)])
    assert counted == Turns(appointment=1, of_appointment=1)
    assert order_of("2233", appointment=50, turns=counted) == "3232"


def test_counts_of_the_day_are_the_sum_of_its_calls():
    calls = [(HIGH, "123", 2), (APPOINTMENT, "123", 1), (NORMAL, "23", 3), (HIGH, "1", 5)]
    assert count_turns(calls) == Turns(high=2, of_high=3, appointment=1, of_appointment=4)


def test_order_and_counts_agree():
    """What the simulation foresees is what happens when each call is counted and the order made anew."""
    left, turns, shares, called = people("1223312332133"), Turns(), {1: Shares(40, 30)}, []
    foreseen = [one.pk for one, _among in in_order(left, shares=shares, turns=turns, now=NOW)]
    while left:
        one, among = next(in_order(left, shares=shares, turns=turns, now=NOW))
        turns = turns.after(one.priority, among)
        left.remove(one)
        called.append(one.pk)
    assert called == foreseen


def test_appointments_count_from_their_time_with_two_minutes_of_grace():
    appointment = Waiting(1, 0, 1, APPOINTMENT, after(30))
    walk_in = Waiting(2, 0, 1, NORMAL, after(5))
    shares = {1: Shares(90, 50)}

    def first(minute, second=0):
        order = in_order([appointment, walk_in], shares=shares, turns=Turns(), now=after(minute, second))
        return next(order)[0].pk

    assert [first(20), first(27, 59), first(28), first(30)] == [2, 2, 1, 1]


def test_who_comes_early_is_called_when_nobody_else_waits():
    early = Waiting(1, 0, 1, APPOINTMENT, after(60))
    assert [one.pk for one, _among in in_order([early], shares={1: Shares(60, 70)}, turns=Turns(), now=NOW)] == [1]


def test_share_is_that_of_the_persons_group():
    """A desk of two groups: priority of the group of who is in front."""
    groups = {1: Shares(50, 90), 2: Shares(50, 10)}
    everybody = [*people("3333", group=1), Waiting(9, 0, 2, HIGH, NOW)]
    assert next(one.pk for one, _among in in_order(everybody, shares=groups, turns=Turns(), now=NOW)) == 0
    groups[2] = Shares(50, 90)
    assert next(one.pk for one, _among in in_order(everybody, shares=groups, turns=Turns(), now=NOW)) == 9
