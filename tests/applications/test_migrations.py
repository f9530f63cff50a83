"""Migrations forwards and backwards with rows in the tables, on both databases."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from applications.models import Application, ApplicationEvent, ApplicationRevision
from tests.applications.sendkit import make_draft, make_guest_draft, make_procedure, send

# each test goes back and forth through all migrations: minutes, not seconds
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

SENT_AT = dt.datetime(2026, 4, 1, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def migrate():
    """Move this app to a migration; whatever happens, the test leaves the newest state behind."""
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()

    def to(name):
        executor = MigrationExecutor(connection)
        return executor.migrate([("applications", name)]).apps

    yield to
    MigrationExecutor(connection).migrate(newest)


@pytest.fixture
def rated(municipality, department, resident):
    """Two sent applications, the first of which was rated."""
    procedure = make_procedure(department)
    first, second = (send(make_draft(procedure, resident), resident, now=SENT_AT) for _number in range(2))
    Application.objects.filter(pk=first.pk).update(is_rated=True)
    return first, second


def is_rated(apps):
    rows = apps.get_model("applications", "Application").objects
    return dict(rows.values_list("pk", "is_rated"))


def test_that_an_application_was_rated_survives_both_ways(rated, migrate):
    first, second = rated
    before = migrate("0010_page_states").get_model("applications", "Application").objects
    # when it was is forgotten for good; the time of sending stands in
    assert dict(before.values_list("pk", "rated_at")) == {first.pk: SENT_AT, second.pk: None}
    assert is_rated(migrate("0013_remove_rated_at")) == {first.pk: True, second.pk: False}


@pytest.mark.parametrize("name", ["0011_application_is_rated", "0012_fill_is_rated"])
def test_every_step_between_keeps_it(rated, migrate, name):
    first, second = rated
    migrate(name)
    assert is_rated(migrate("0013_remove_rated_at")) == {first.pk: True, second.pk: False}


def test_frozen_tables_are_still_frozen_afterwards(rated, migrate):
    migrate("0010_page_states")
    migrate("0013_remove_rated_at")
    MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    for model in (ApplicationEvent, ApplicationRevision):
        assert model.objects.exists()
        with pytest.raises(DatabaseError):
            model.objects.all().delete()


def test_applications_of_guests_are_not_lost_backwards(municipality, department, migrate):
    draft = make_guest_draft(make_procedure(department), "guest@example.jp")
    with pytest.raises(RuntimeError, match="1 applications without an account would be lost"):
        migrate("0003_labels")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, guest_email FROM applications_application")
        assert cursor.fetchall() == [(draft.pk, "guest@example.jp")]


def test_without_guests_the_way_back_is_open(rated, migrate):
    rows = migrate("0003_labels").get_model("applications", "Application").objects
    assert rows.count() == 2
