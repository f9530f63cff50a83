"""Two desks receive one visit at the same moment, and a process dies in the middle of it."""

import pytest
from django.db import connection

from applications.models import Application, ApplicationRevision
from counter.enums import VisitState
from counter.models import Visit, VisitProcedure, VisitSignature
from counter.services import visits
from notices.models import OutgoingMail
from tests.applications.test_races import at_once
from tests.counter import receivingkit
from tests.counter.deskkit import make_place
from tests.counter.kit import NOW
from tests.killing import run_until_killed

pytestmark = pytest.mark.django_db(transaction=True)

postgresql = [
    pytest.mark.postgresql,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]

# receives the visit in a process of its own, and stops for ever where the test wants to kill it
SCRIPT = """
import importlib, sys, time
import django
django.setup()
from cityhall.models import User
from counter.models import Visit
from counter.services import visits

module = importlib.import_module(sys.argv[1])
original = getattr(module, sys.argv[2])
calls = 0

def stop(*args, **kwargs):
    global calls
    calls += 1
    if calls < int(sys.argv[3]):
        return original(*args, **kwargs)
    print("here", flush=True)
    time.sleep(60)

setattr(module, sys.argv[2], stop)
visits.receive(Visit.objects.get(), by=User.objects.get(name="窓口 一郎"), papers_seen=sys.argv[4].split())
"""


@pytest.fixture
def place(municipality, department):
    return make_place(department)


@pytest.fixture
def procedures(department):
    return [receivingkit.make_procedure(department, capacity=5) for _number in range(3)]


def desk(visit, by, procedures):
    """One desk that has read the visit and presses the button."""
    seen = receivingkit.fresh(visit)
    return lambda: visits.receive(seen, by=by, papers_seen=receivingkit.papers(*procedures), now=NOW)


@pytest.mark.parametrize("turn", range(3))
class TestRaces:
    pytestmark = postgresql

    def test_two_desks_receive_a_visit_once(self, place, clerk, handler, procedures, resident, turn):
        visit = receivingkit.signed(place, clerk, procedures, resident=resident, image=receivingkit.drawing())
        results = at_once(*[desk(visit, by, procedures) for by in (clerk, handler, clerk, handler)])
        assert [one.state for one in results] == [VisitState.RECEIVED] * 4
        assert (Application.objects.count(), len({one.received_at for one in results})) == (3, 1)
        assert VisitProcedure.objects.filter(application=None).count() == 0

    def test_visits_with_the_same_limited_procedures_wait_for_each_other(
        self, place, clerk, handler, procedures, resident, another_resident, turn
    ):
        one = receivingkit.signed(place, clerk, procedures, resident=resident)
        two = receivingkit.signed(place, handler, procedures[::-1], resident=another_resident)
        results = at_once(desk(one, clerk, procedures), desk(two, handler, procedures))
        assert [found.state for found in results] == [VisitState.RECEIVED] * 2
        assert Application.objects.count() == 6

    def test_two_visits_of_one_person_wait_for_each_other(self, place, clerk, handler, department, resident, turn):
        once = receivingkit.make_procedure(department, once_ever=True)
        both = [receivingkit.signed(place, by, [once], resident=resident) for by in (clerk, handler)]
        results = at_once(*[desk(visit, by, [once]) for visit, by in zip(both, (clerk, handler), strict=True)])
        assert sorted(type(found).__name__ for found in results) == ["NotReceived", "Visit"]
        assert Application.objects.count() == 1

    def test_two_tablets_sign_once(self, place, clerk, handler, procedures, turn):
        visit = receivingkit.reviewing(place, clerk, procedures)
        seen = [receivingkit.fresh(visit) for _desk in range(2)]
        at_once(
            *[
                lambda one=one, by=by: visits.sign(one, image=None, by=by, now=NOW)
                for one, by in zip(seen, (clerk, handler), strict=True)
            ]
        )
        assert VisitSignature.objects.count() == 1


@pytest.mark.parametrize(("name", "call"), [("submit", 1), ("submit", 3), ("attach", 2), ("move", 1)], ids=str)
def test_killed_in_the_middle_leaves_nothing_and_goes_through_again(place, clerk, procedures, resident, name, call):
    visit = receivingkit.signed(place, clerk, procedures, resident=resident, image=receivingkit.drawing())
    papers = " ".join(receivingkit.papers(*procedures))
    run_until_killed(SCRIPT, "counter.services.visits.receiving", name, str(call), papers)
    assert (Application.objects.count(), ApplicationRevision.objects.count(), OutgoingMail.objects.count()) == (0, 0, 0)
    assert Visit.objects.get().state == VisitState.SIGNED
    desk(visit, clerk, procedures)()
    assert (Application.objects.filter(number__isnull=False).count(), Visit.objects.get().state) == (
        3,
        VisitState.RECEIVED,
    )
