"""Two desks at the same moment, in threads on PostgreSQL: one of them is told that the other was faster."""

import threading
from functools import partial

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection

from cityhall.errors import StaleState
from counter import codes
from counter.enums import Origin, ScanResult, VisitEventKind, VisitState
from counter.models import PrefillScan, Visit, VisitEvent, VisitPeriod, VisitProcedure
from counter.services import prefills, visits
from counter.services.visits import starting
from reservations.enums import ReservationState
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


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_booking_here_and_its_code_there_is_one_visit_with_the_answers(
    municipality, clerk, handler, department, monkeypatch, is_guarded
):
    """The control looks for nobody who is being served: two visits of one booking."""
    cache.clear()
    hall = queuekit.make_hall(1, department=department)
    reservation = queuekit.make_checked_in(
        hall.place, hall.service, NOW, state=ReservationState.BOOKED, checked_in_at=None
    )
    _prefill, token = keep(procedures=procedures_of(department))
    prefills.attach(token=token, reservation=reservation, now=NOW)
    code = codes.full_code(municipality.code, token)
    if not is_guarded:
        monkeypatch.setattr(starting, "_served_with", lambda _prefill: None)
        monkeypatch.setattr(starting, "_under_way", lambda _reservation: None)
    results = at_once(
        lambda: visits.start(place=hall.place, by=clerk, request_key="a", reservation=reservation, now=NOW),
        lambda: visits.start_with_code(text=code, place=hall.place, by=handler, request_key="b", now=NOW),
    )
    assert len(of_type(results, Visit)) == 2
    assert [bool(one.values) for one in Visit.objects.order_by("prefill")][:1] == [True]
    assert Visit.objects.count() == (1 if is_guarded else 2)


def test_code_read_elsewhere_while_somebody_is_identified_brings_nothing(
    municipality, clerk, handler, department, monkeypatch
):
    """The other desk saw the visit open; what it brings would have been compared by nobody."""
    cache.clear()
    hall = queuekit.make_hall(1, department=department)
    reservation = queuekit.make_checked_in(
        hall.place, hall.service, NOW, state=ReservationState.BOOKED, checked_in_at=None
    )
    _prefill, token = keep(procedures=procedures_of(department))
    prefills.attach(token=token, reservation=reservation, now=NOW)
    code, resident = codes.full_code(municipality.code, token), factories.make_resident()
    visit = visits.start(place=hall.place, by=clerk, request_key="a", reservation=reservation, now=NOW)
    looked, is_said, is_led = threading.Event(), threading.Event(), starting._is_led

    def late(*args):
        found = is_led(*args)
        looked.set()
        is_said.wait(timeout=60)
        return found

    def identify():
        looked.wait(timeout=60)
        identified(fresh(visit), clerk, resident)
        is_said.set()

    monkeypatch.setattr(starting, "_is_led", late)
    results = at_once(
        lambda: visits.start_with_code(text=code, place=hall.place, by=handler, request_key="b", now=NOW), identify
    )
    row = Visit.objects.get()
    assert isinstance(results[0], StaleState)
    assert (row.state, row.resident, row.values) == (VisitState.IDENTIFIED, resident, {})
    assert not PrefillScan.objects.filter(result=ScanResult.REDEEMED).exists()


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_number_begins_while_its_code_is_read(municipality, clerk, department, monkeypatch, is_guarded):
    """The scanner beeps when the button was just tapped. The control does not look once more."""
    cache.clear()
    hall = queuekit.make_hall(1, department=department)
    ticket = hall.issue(1)
    _prefill, token = keep(procedures=procedures_of(department))
    code, make, is_begun = codes.full_code(municipality.code, token), starting._make, threading.Event()
    looked = threading.Event()

    def late(place, by, key, *args, **columns):
        if key.startswith("prefill"):
            looked.set()
            is_begun.wait(timeout=60)
        return make(place, by, key, *args, **columns)

    def tap():
        looked.wait(timeout=60)
        visit = visits.start(place=hall.place, by=clerk, request_key="a", ticket=ticket, now=NOW)
        is_begun.set()
        return visit

    def beep():
        begin = visits.start_with_code if is_guarded else _once
        return begin(text=code, place=hall.place, by=clerk, request_key="b", ticket=ticket, now=NOW)

    def _once(*, text, place, by, request_key, ticket, now):
        found = prefills.find_scanned(text, by=by, now=now)
        return starting._take_over(found, place, by=by, now=now, ticket=ticket)

    monkeypatch.setattr(starting, "_make", late)
    results = at_once(tap, beep)
    row = Visit.objects.get()
    assert (row.ticket, bool(row.values)) == (ticket, is_guarded)
    assert isinstance(results[1], Visit if is_guarded else IntegrityError)
