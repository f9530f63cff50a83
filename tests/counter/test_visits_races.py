"""Two desks at the same moment, in threads on PostgreSQL: one of them is told that the other was faster."""

from functools import partial

import pytest
from django.core.cache import cache
from django.db import connection

from cityhall.errors import StaleState
from counter import codes
from counter.enums import Origin, ScanResult, VisitEventKind, VisitState
from counter.models import PrefillScan, Visit, VisitEvent, VisitPeriod, VisitProcedure
from counter.services import visits
from tests import factories
from tests.applications.test_races import at_once
from tests.counter.deskkit import LICENCE, identified, make_place, procedures_of, start
from tests.counter.kit import NOW, keep
from tests.reservations import queuekit

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def place(department):
    return make_place(department)


def of_type(results, kind):
    return [one for one in results if isinstance(one, kind)]


def fresh(visit):
    return Visit.objects.get(pk=visit.pk)


def assert_one(results, event):
    """One desk did it, the other heard so, and it is written once."""
    assert (len(of_type(results, StaleState)), len(results)) == (1, 2)
    assert VisitEvent.objects.filter(kind=event).count() == 1
    assert VisitPeriod.objects.filter(until_at=None).count() == 1


def test_two_desks_identify_one_visit(place, clerk, handler):
    visit, resident = start(place, clerk), factories.make_resident()
    seen = [(fresh(visit), clerk, resident), (fresh(visit), handler, None)]
    results = at_once(
        *[
            lambda one=one: visits.identify(one[0], documents=LICENCE, resident=one[2], by=one[1], now=NOW)
            for one in seen
        ]
    )
    assert_one(results, VisitEventKind.IDENTIFIED)
    winner = of_type(results, Visit)[0]
    row = fresh(visit)
    assert (row.state, row.resident_id, row.identified_by) == (
        VisitState.IDENTIFIED,
        winner.resident_id,
        winner.identified_by,
    )


def test_two_desks_take_over_one_visit(place, clerk, handler, approver):
    visit = start(place, clerk)
    results = at_once(*[partial(visits.take_over, fresh(visit), by, now=NOW) for by in (handler, approver)])
    assert_one(results, VisitEventKind.TAKEN_OVER)
    assert fresh(visit).clerk == of_type(results, Visit)[0].clerk


def test_two_tablets_add_the_same_procedure(place, clerk, handler, department):
    visit = identified(start(place, clerk), clerk)
    (one,) = procedures_of(department, 1)
    results = at_once(
        *[
            partial(visits.add, fresh(visit), [(one, "")], origin=Origin.STAFF, by=by, now=NOW)
            for by in (clerk, handler)
        ]
    )
    assert len(of_type(results, StaleState)) == 1
    assert VisitProcedure.objects.filter(visit=visit).count() == 1


def test_one_leaves_while_another_goes_on(place, clerk, handler, department):
    visit = identified(start(place, clerk), clerk)
    visits.add(visit, [(one, "") for one in procedures_of(department, 1)], origin=Origin.STAFF, by=clerk, now=NOW)
    results = at_once(
        partial(visits.leave, fresh(visit), keep=False, by=clerk, now=NOW),
        partial(visits.begin_questions, fresh(visit), handler, now=NOW),
    )
    assert len(of_type(results, StaleState)) == 1
    assert fresh(visit).state in (VisitState.CLOSED, VisitState.FILLING)


def test_one_code_at_two_desks_is_one_visit(municipality, place, clerk, handler, department):
    cache.clear()
    _prefill, token = keep(procedures=procedures_of(department))
    code = codes.full_code(municipality.code, token)
    results = at_once(
        *[
            lambda by=by: visits.start_with_code(text=code, place=place, by=by, request_key="k", now=NOW)
            for by in (clerk, handler)
        ]
    )
    assert ({one.pk for one in of_type(results, Visit)}, len(results)) == ({Visit.objects.get().pk}, 2)
    assert PrefillScan.objects.filter(result=ScanResult.REDEEMED).count() == 1


def test_one_reservation_or_number_at_two_desks_is_one_visit(clerk, handler, department):
    hall = queuekit.make_hall(1, department=department)
    reservation = queuekit.make_checked_in(hall.place, hall.service, NOW)
    ticket = hall.issue(1)
    for key, known in {"a": {"reservation": reservation}, "b": {"ticket": ticket}}.items():
        results = at_once(
            *[
                lambda by=by, key=key, known=known: visits.start(
                    place=hall.place, by=by, request_key=key, now=NOW, **known
                )
                for by in (clerk, handler)
            ]
        )
        assert len({one.pk for one in of_type(results, Visit)}) == 1
    assert Visit.objects.count() == 2
