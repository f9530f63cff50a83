"""The range somebody is told: from idle desks to a full hall, and how often it holds over a day."""

import datetime as dt
import heapq
import math
import random

import pytest

from reservations.models import TicketPeriod
from reservations.queries.figures import figures, span_of
from reservations.services import learning, queue
from reservations.waits import WAY, Serving, wait_range
from tests import factories
from tests.reservations.queuekit import NOW, make_hall

SERVING = Serving(mean=600, spread=300)


@pytest.mark.parametrize(
    ("free_in", "ahead", "expected"),
    [
        ([0], 0, (0, 0)),
        ([0, 400], 0, (0, 0)),
        ([0, 0, 400], 1, (0, 0)),
        # the idle desk goes to who is ahead
        ([0, 400], 1, (220, 580)),
        ([300], 0, (0, 660)),
        ([300], 2, (876, 2124)),
        # four desks with nobody idle: one round less than four people
        ([150, 300, 450, 600], 4, (549, 951)),
    ],
)
def test_range_follows_from_the_desks(free_in, ahead, expected):
    assert wait_range(free_in, ahead, SERVING) == expected


def test_range_is_as_wide_as_serving_times_spread():
    low, high = wait_range([600], 3, Serving(600, 0))
    assert (low, high) == (2400, 2400)
    wide = wait_range([600], 3, SERVING)
    assert (wide[0] + wide[1]) / 2 == 2400
    assert wide[1] - wide[0] == pytest.approx(2 * 1.2 * 300 * math.sqrt(4), abs=1)


@pytest.mark.parametrize(("elapsed", "left"), [(0, 600), (200, 400), (550, 150), (3000, 150)])
def test_what_is_left_is_never_nothing(elapsed, left):
    assert SERVING.left(elapsed) == left


MEAN, VARIATION, PEOPLE = 480, 0.6, 150


def live_through_a_day(hall, day, seed):
    """Arrivals with a rush from ten, visits of about eight minutes; every desk calls some seconds after it is free."""
    chance = random.Random(seed)
    sigma = math.sqrt(math.log(1 + VARIATION**2))
    clock, events = dt.timedelta(), []
    for number in range(PEOPLE):
        rush = 1.5 if dt.timedelta(hours=1) < clock < dt.timedelta(hours=3) else 0.8
        clock += dt.timedelta(seconds=chance.expovariate(rush * len(hall.desks) / (MEAN + WAY)))
        heapq.heappush(events, (NOW + dt.timedelta(days=day) + clock, number, None))
    idle, waiting, served = list(range(len(hall.desks))), 0, 0
    while events:
        now, number, left = heapq.heappop(events)
        if left is None:
            hall.issue(now=now)
            waiting += 1
        else:
            queue.finish(ticket=left[1], by=hall.clerks[left[0]], now=now)
            idle.append(left[0])
        while idle and waiting:
            desk, waiting, served = idle.pop(0), waiting - 1, served + 1
            sits_at = now + dt.timedelta(seconds=WAY)
            called = queue.call_next(**hall.seat(desk), now=now + dt.timedelta(seconds=chance.uniform(0, 20)))
            started = queue.start(ticket=called, by=hall.clerks[desk], now=sits_at)
            takes = chance.lognormvariate(math.log(MEAN) - sigma**2 / 2, sigma)
            heapq.heappush(events, (sits_at + dt.timedelta(seconds=takes), PEOPLE + served, (desk, started)))


def share_that_held(user, day):
    that_day = (NOW + dt.timedelta(days=day)).date()
    totals = figures(span_of(user, from_day=that_day, until_day=that_day), by="service").totals
    assert totals.forecasts == PEOPLE
    return totals.met_percent


@pytest.mark.django_db
def test_forecast_holds_for_most_of_a_day_once_it_has_learned():
    """The minutes typed in are wrong by more than two; after one day of service they do not matter any more."""
    hall = make_hall(3)
    leader = factories.make_staff(role="approver", department=hall.department)
    live_through_a_day(hall, 0, seed=5)
    unlearned = share_that_held(leader, 0)
    learning.learn(now=NOW + dt.timedelta(days=1, hours=-2))
    live_through_a_day(hall, 1, seed=6)
    learned = share_that_held(leader, 1)
    assert TicketPeriod.objects.filter(seconds__isnull=True).count() == 0
    assert learned >= 70
    assert unlearned < learned
