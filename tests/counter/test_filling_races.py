"""Two tablets at one moment: one page is saved, the other is told; nothing is half there."""

import threading

import pytest
from django.db import connection, connections

from cityhall.enums import Role
from cityhall.errors import StaleState
from counter.enums import Source, VisitEventKind, VisitState
from counter.forms import combined_of
from counter.models import VisitEvent
from counter.queries.visits import chosen_procedures
from counter.services import visits
from tests import factories
from tests.counter import fillkit
from tests.counter.fillkit import REASON, complete, fresh
from tests.counter.kit import NOW

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
TABLETS = 6


@pytest.fixture
def visit():
    department = factories.make_department()
    clerk = factories.make_staff(role=Role.CLERK, department=department)
    values = complete()
    return fillkit.filling(
        fillkit.make_place(department),
        clerk,
        fillkit.make_both(department),
        values=values,
        sources=dict.fromkeys(values, Source.BROUGHT),
    )


def at_once(act, count=TABLETS):
    """Do it in several threads at one moment: what each came to."""
    barrier, found = threading.Barrier(count), []

    def work(number):
        try:
            barrier.wait()
            act(number)
        except StaleState:
            found.append("told")
        else:
            found.append(number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_one_tablet_saves_and_the_others_are_told(visit):
    page = combined_of(chosen_procedures(visit), at_desk=True).form.pages[-1]
    tablets = [fresh(visit) for _ in range(TABLETS)]

    def save(number):
        mine = tablets[number]
        typed = {REASON: f"理由{number}"}
        visits.save_page(mine, page=page, typed=typed, source=Source.STAFF, by=mine.clerk, now=NOW)

    found = at_once(save)
    [winner] = [one for one in found if one != "told"]
    saved = fresh(visit)
    assert (saved.values[REASON], saved.revision, saved.values_revision) == (
        f"理由{winner}",
        visit.revision + 1,
        visit.values_revision + 1,
    )
    assert VisitEvent.objects.filter(visit=visit, kind=VisitEventKind.SAVED, detail=page.key).count() == 1


def test_the_review_begins_once(visit):
    tablets = [fresh(visit) for _ in range(TABLETS)]
    found = at_once(lambda number: visits.to_review(tablets[number], tablets[number].clerk, now=NOW))
    assert found.count("told") == TABLETS - 1
    assert fresh(visit).state == VisitState.REVIEWING
    assert VisitEvent.objects.filter(visit=visit, kind=VisitEventKind.TO_REVIEW).count() == 1
