"""How the database reads what must not grow with the number of applications: counts, sweeps, a business' filings."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.business_page import PAGE_SIZE
from applications.enums import ApplicationState
from applications.inventory.years import current_year
from applications.models import Application, Procedure, RatingTally
from applications.queries.inventory import portal_counts
from applications.queries.mine import filings_of, own_drafts
from applications.queries.ratings import opinions
from applications.services import starting, sweeping
from cityhall.db import is_postgresql
from residents.services import register_business
from tests import factories
from tests.applications import filing

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - dt.timedelta(days=120)
MANY = 3000


@pytest.fixture
def much(municipality, department, clerk, resident):
    """Thousands of finished cases, many drafts of today, a few old ones and trials."""
    procedure = filing.make_procedure(department=department)
    # as many procedures as a city has: a planner begins with the smallest table
    Procedure.objects.bulk_create(
        Procedure(key=f"p{one}", short_code=f"c{one}", name="手続", summary="手続", department=department)
        for one in range(200)
    )
    common = {
        "procedure": procedure,
        "form_version": procedure.current_version,
        "department": department,
        "created_at": LONG_AGO,
        "filed_by": clerk,
    }
    done = {"state": ApplicationState.COMPLETED, "submitted_at": LONG_AGO, "applicant_name": "来訪 太郎"}
    # a city has many who file: to the planner one of them is a small part of the drafts, too
    filers = [clerk, resident.user, *(factories.make_user() for _ in range(30))]
    rows = [
        Application(**common | {"filed_by": filers[one % 32]}, **done, number=f"n{one}", request_key=f"r{one}")
        for one in range(MANY)
    ]
    rows += [Application(**common, request_key=f"d{one}") for one in range(3)]
    young = common | {"created_at": timezone.now()}
    rows += [Application(**young | {"filed_by": filers[one % 32]}, request_key=f"y{one}") for one in range(MANY // 10)]
    rows += [Application(**common | {"filed_by": None, "is_practice": True}, request_key=f"p{one}") for one in range(3)]
    Application.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return procedure


def plans_of(action):
    """The plan of each reading of applications that the action made."""
    with CaptureQueriesContext(connection) as captured:
        action()
    found = [
        one["sql"] for one in captured if one["sql"].startswith("SELECT") and "applications_application" in one["sql"]
    ]
    with connection.cursor() as cursor:
        plans = []
        for sql in found:
            cursor.execute(("EXPLAIN " if is_postgresql() else "EXPLAIN QUERY PLAN ") + sql)
            plans.append("\n".join(str(line) for line in cursor.fetchall()))
    return plans


def test_the_drafts_of_a_person_are_counted_in_an_index_of_drafts(much, clerk):
    (plan,) = plans_of(lambda: starting.refuse_one_more(clerk))
    assert "application_drafts_of_filer" in plan


@pytest.mark.skipif(not is_postgresql(), reason="SQLite reads drafts by age: a person is found by several ways")
def test_the_drafts_of_a_person_are_listed_from_it(much, resident):
    (plan,) = [plan for plan in plans_of(lambda: list(own_drafts(resident.user)[:5])) if "application" in plan]
    assert "application_drafts_of_filer" in plan


def test_the_sweep_of_drafts_reads_old_drafts_only(much):
    plans = plans_of(lambda: sweeping.sweep_drafts(limit=1))
    assert "application_drafts_by_age" in plans[0]


def test_the_sweep_of_trials_reads_trials_only(much):
    plans = plans_of(lambda: sweeping.sweep_practice(limit=1))
    assert "application_trials_by_age" in plans[0]


def test_the_filings_of_a_business_are_a_range_of_an_index(much, resident):
    firm = register_business(name="合同会社緑野", by=resident.user)
    (plan,) = plans_of(lambda: list(filings_of(firm)[:PAGE_SIZE]))
    assert "application_of_business" in plan


def test_the_inventory_counts_a_year_from_an_index_of_what_was_sent_online(much):
    (plan,) = plans_of(lambda: portal_counts([much.pk], current_year() - 5))
    assert "application_sent_online" in plan


def test_ratings_are_read_from_their_tally(much, handler, django_assert_num_queries):
    RatingTally.objects.create(procedure=much, score=9, count=1_000_000)
    with CaptureQueriesContext(connection) as captured:
        (opinion,) = opinions(handler)
    assert (opinion.total, opinion.mean) == (1_000_000, 9.0)
    assert not any("COUNT(" in one["sql"] and "applications_rating" in one["sql"] for one in captured)
