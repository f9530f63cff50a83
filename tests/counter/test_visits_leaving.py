"""How visits end: a pause, wiped at once, the end of the day, and forgotten later."""

import datetime as dt

import pytest

from cityhall.errors import StaleState
from cityhall.models import AuditEvent
from counter import tasks
from counter.enums import Companion, PrefillState, PrintKind, VisitEventKind, VisitPhase, VisitState
from counter.errors import PrefillUsed
from counter.models import Prefill, Visit, VisitPeriod
from counter.queries.figures import figures, span_of
from counter.services import prefills, visits
from counter.services.printing import count_print
from tests import factories
from tests.counter import receivingkit
from tests.counter.deskkit import filling, identified, make_place, procedures_of, start, with_code
from tests.counter.kit import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=10)


@pytest.fixture
def place(department):
    return make_place(department)


@pytest.fixture
def brought(municipality, place, clerk, department):
    """A visit with everything personal in it, and the token of its prefill."""
    visit, token = with_code(place, clerk, municipality.code, procedures_of(department))
    identified(visit, clerk, factories.make_resident(), companion=Companion.FAMILY, companion_name="高橋 太郎")
    return visit, token


def is_wiped(row):
    personal = (row.values, row.sources, row.offers, row.marks, row.companion_name, row.companion)
    return not any(personal) and row.resident is None and row.prefill is None and row.wiped_at is not None


def received(visit, at=NOW):
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.RECEIVED, received_at=at)
    visit.refresh_from_db()
    return visit


def test_pause_keeps_everything_and_stops_the_clock(brought, clerk, handler):
    visit, _token = brought
    visits.leave(visit, keep=True, by=clerk, now=LATER)
    row = Visit.objects.get(pk=visit.pk)
    assert (row.state, bool(row.values), row.closed_at) == (VisitState.IDENTIFIED, True, None)
    assert not VisitPeriod.objects.filter(visit=visit, until_at=None).exists()
    visits.resume(row, handler, now=LATER + dt.timedelta(hours=1))
    assert (row.clerk, row.events.last().kind) == (handler, VisitEventKind.RESUMED)
    asked = VisitPeriod.objects.filter(visit=visit, phase=VisitPhase.ASK)
    assert list(asked.values_list("seconds", flat=True)) == [600, None]


def test_wiped_at_once_leaves_nothing_of_the_person(brought, clerk, municipality):
    visit, token = brought
    visits.drop(visit, visit.procedures.first().procedure, reason="父の手続で済んだ", by=clerk, now=NOW)
    visits.leave(visit, keep=False, by=clerk, now=LATER)
    row = Visit.objects.get(pk=visit.pk)
    assert is_wiped(row)
    assert (row.state, row.closed_at) == (VisitState.CLOSED, LATER)
    assert set(row.procedures.values_list("drop_reason", flat=True)) == {"", "（消去しました）"}
    prefill = Prefill.objects.get()
    assert (prefill.state, prefill.answers) == (PrefillState.REDEEMED, "")
    with pytest.raises(PrefillUsed):
        prefills.open_kept(token, now=LATER)
    event = AuditEvent.objects.filter(target_id=visit.public_id).order_by("-id").first()
    assert event.detail == "closed: left"


def test_left_twice_is_refused(brought, clerk):
    visit, _token = brought
    visits.leave(visit, keep=False, by=clerk)
    with pytest.raises(StaleState):
        visits.leave(visit, keep=True, by=clerk)


def test_only_what_was_received_is_closed_with_its_answers(brought, clerk):
    visit, _token = brought
    with pytest.raises(StaleState):
        visits.close(visit, clerk)
    visits.close(received(visit), clerk, now=LATER)
    row = Visit.objects.get(pk=visit.pk)
    assert (row.state, bool(row.values), row.wiped_at) == (VisitState.CLOSED, True, None)


def test_practice_is_wiped_when_it_is_over(brought, clerk):
    visit, _token = brought
    Visit.objects.filter(pk=visit.pk).update(is_practice=True)
    visits.close(received(visit), clerk, now=LATER)
    assert is_wiped(Visit.objects.get(pk=visit.pk))


def test_end_of_the_day_wipes_what_was_never_received(brought, place, clerk, department):
    visit, _token = brought
    filed = received(filling(start(place, clerk, "filed"), clerk, procedures_of(department, 1)))
    assert visits.end_days(now=NOW) == 0
    assert visits.end_days(now=NOW + dt.timedelta(days=1)) == 2
    assert visits.end_days(now=NOW + dt.timedelta(days=1)) == 0
    row = Visit.objects.get(pk=visit.pk)
    assert (row.state, row.events.last().detail, row.events.last().actor) == (VisitState.CLOSED, "end of day", None)
    assert is_wiped(row)
    filed.refresh_from_db()
    assert (filed.state, filed.wiped_at) == (VisitState.CLOSED, None)


def test_night_after_a_forgotten_button_is_no_time_at_the_desk(municipality, place, clerk, department):
    """Received after ten minutes, printed after twelve, and closed by nobody."""
    procedure = receivingkit.make_procedure(department)
    visit = receivingkit.signed(place, clerk, [procedure], resident=factories.make_resident())
    visits.receive(visit, by=clerk, papers_seen=receivingkit.papers(procedure), now=LATER)
    count_print(visit, PrintKind.SLIPS, by=clerk, now=LATER + dt.timedelta(minutes=2))
    assert visits.end_days(now=NOW + dt.timedelta(hours=18)) == 1
    day = NOW.date()
    total = figures(span_of(clerk, from_day=day, until_day=day), by="day").total
    assert (total.visits, total.seconds[VisitPhase.PRINT], total.per_visit) == (1, 120, 720)
    visit.refresh_from_db()
    assert (visit.state, visit.closed_at) == (VisitState.CLOSED, NOW + dt.timedelta(hours=18))


def test_forgotten_after_the_days_of_the_setting(brought, clerk, settings):
    settings.VISITOR_KEPT_DAYS = 10
    visit, _token = brought
    visits.close(received(visit), clerk, now=NOW)
    assert visits.wipe(now=NOW + dt.timedelta(days=10)) == 0
    assert visits.wipe(now=NOW + dt.timedelta(days=11)) == 1
    assert visits.wipe(now=NOW + dt.timedelta(days=11)) == 0
    row = Visit.objects.get(pk=visit.pk)
    assert is_wiped(row)
    assert (row.procedures.count(), row.documents) == (2, ["driving_licence"])
    # nothing holds on to the prefill any more
    assert prefills.forget(now=NOW + dt.timedelta(days=12)) == 1


def test_tasks_run_twice_and_stop(brought):
    for task in (tasks.end_visits, tasks.wipe_visits) * 2:
        task()
    assert Visit.objects.count() == 1


def test_take_over_is_said_once(place, clerk, handler):
    visit = start(place, clerk)
    other = Visit.objects.get(pk=visit.pk)
    visits.take_over(visit, handler, now=NOW)
    assert (visit.clerk, visit.events.last().kind) == (handler, VisitEventKind.TAKEN_OVER)
    revision = visit.revision
    visits.take_over(visit, handler)
    assert visit.revision == revision
    with pytest.raises(StaleState):
        visits.take_over(other, factories.make_staff(role="clerk", department=factories.make_department()))
