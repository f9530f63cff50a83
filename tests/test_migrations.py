"""The migrations of all apps together: to nothing and back, and what the newest state must refuse."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from applications.models import ApplicationEvent, ApplicationRevision
from tests.applications.sendkit import make_draft, make_procedure, send

# each test goes back and forth through all migrations
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

OURS = ("counter", "applications", "reservations", "notices", "residents", "cityhall")


def tables():
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))


def our_tables():
    return {model._meta.db_table for label in OURS for model in apps.get_app_config(label).get_models()}


def test_every_app_goes_to_nothing_and_back(municipality, department, resident):
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        MigrationExecutor(connection).migrate([("applications", None)])
        gone = ("applications_", "counter_")
        assert not tables() & {name for name in our_tables() if name.startswith(gone)}
    finally:
        MigrationExecutor(connection).migrate(newest)
    assert our_tables() <= tables()
    # and what came back refuses what it refused before
    send(make_draft(make_procedure(department), resident), resident)
    for model in (ApplicationEvent, ApplicationRevision):
        assert model.objects.exists()
        with pytest.raises(DatabaseError):
            model.objects.all().delete()
