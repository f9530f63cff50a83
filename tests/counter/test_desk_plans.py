"""How the database reads the lists of a desk: what must not grow with the visits of the years before."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cityhall.db import is_postgresql
from counter.enums import Origin, VisitEventKind, VisitState
from counter.models import Visit, VisitEvent, VisitProcedure
from counter.queries.certificates import over_on, waiting_of
from counter.queries.hand_overs import over_since, returned_count
from counter.queries.today import visits_of_day
from counter.queries.visits import visible_visit
from tests.counter.deskkit import make_place, procedures_of, start

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not is_postgresql(), reason="SQLite keeps to the order it is told"),
]
MANY = 4000
BIG = ("counter_visit", "counter_visitprocedure", "counter_visitevent")


@pytest.fixture
def visit(municipality, department, clerk, handler):
    """One of today after thousands of days before, most of them a colleague's."""
    place, (procedure,) = make_place(department), procedures_of(department, 1)
    long_ago, day = timezone.now() - dt.timedelta(days=400), timezone.localdate() - dt.timedelta(days=400)
    rows = [
        Visit(
            place=place,
            clerk=clerk if one % 20 == 0 else handler,
            state=VisitState.CLOSED,
            business_day=day + dt.timedelta(days=one % 300),
            started_at=long_ago,
            closed_at=long_ago,
            wiped_at=long_ago,
            request_key=f"old-{one}",
        )
        for one in range(MANY)
    ]
    Visit.objects.bulk_create(rows)
    VisitProcedure.objects.bulk_create(
        VisitProcedure(
            visit=row, procedure=procedure, form_version=procedure.current_version, position=1, origin=Origin.STAFF
        )
        for row in rows
    )
    VisitEvent.objects.bulk_create(
        VisitEvent(visit=row, kind=VisitEventKind.STARTED, at=long_ago, actor_id=row.clerk_id) for row in rows
    )
    today = start(place, handler, now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return today


@pytest.mark.parametrize("what", ["today", "one", "waiting", "over", "returned", "hand-overs"])
def test_no_list_of_a_desk_reads_what_is_long_over(visit, clerk, what):
    read = {
        "today": lambda: visits_of_day(clerk, timezone.now()),
        "one": lambda: visible_visit(clerk, visit.public_id),
        "waiting": lambda: waiting_of(clerk),
        "over": lambda: over_on(clerk, timezone.localdate()),
        "returned": lambda: returned_count(clerk),
        "hand-overs": lambda: list(over_since(clerk, timezone.localdate() - dt.timedelta(days=7))),
    }[what]
    with CaptureQueriesContext(connection) as captured:
        read()
    with connection.cursor() as cursor:
        for sql in [one["sql"] for one in captured if one["sql"].startswith("SELECT") and '"counter_' in one["sql"]]:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert [table for table in BIG if f"Seq Scan on {table} " in plan] == [], plan
