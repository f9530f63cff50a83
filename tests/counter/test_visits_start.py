"""A visit begins: with a code, twice with the same code, or with nothing; its phases are timed."""

import datetime as dt

import pytest
from django.core.cache import cache

from cityhall.enums import Role
from cityhall.errors import StaleState
from counter import codes
from counter.enums import VISIT_MOVES, ScanResult, Source, VisitEventKind, VisitPhase, VisitState
from counter.errors import PrefillUsed
from counter.models import PrefillScan, Visit, VisitPeriod
from counter.queries.visits import active_visits, chosen_procedures
from counter.services import visits
from counter.services.visits.states import move
from tests import factories
from tests.counter.kit import NOW, VALUES, keep
from tests.reservations import kit

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(department):
    """A place where the department of the cast serves."""
    place = kit.make_place()
    kit.make_service(kit.make_group(department), place)
    return place


@pytest.fixture
def code(municipality):
    cache.clear()
    _prefill, token = keep(sources={"applicant_name": Source.RECORD})
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


def test_stranger_sees_no_visit(code, place, clerk):
    visit = begin(code, place, clerk)
    stranger = factories.make_staff(role=Role.CLERK, department=factories.make_department())
    assert (list(active_visits(clerk)), list(active_visits(stranger))) == ([visit], [])


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
