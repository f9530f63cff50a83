"""The migrations of all apps together: to nothing and back, and what the newest state must refuse."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from applications.models import ApplicationEvent, ApplicationRevision
from cityhall.enums import Role
from counter.enums import HandOverEventKind, HandOverKind
from counter.models import HandOver, HandOverEvent
from counter.services import hand_overs
from tests import factories
from tests.applications import casekit
from tests.applications.sendkit import make_draft, make_procedure, send
from tests.counter.kit import NOW

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


def test_cancellations_let_their_migration_be_undone_and_cases_stay(municipality, department, resident):
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    clerk = factories.make_staff(role=Role.CLERK, department=department)
    case = casekit.make_case(casekit.make_procedure(department), resident)
    with transaction.atomic():
        (row,) = hand_overs.hand_over([case], by=None, now=NOW)
        HandOverEvent.objects.create(hand_over=row, kind=HandOverEventKind.TAKEN, at=NOW)
        told = hand_overs.call_back(case, by=clerk, now=NOW)
    assert told.kind == HandOverKind.CANCEL
    before = list(row.events.order_by("id").values_list("kind", flat=True))
    try:
        MigrationExecutor(connection).migrate([("counter", "0020_corners_by_reservation_only")])
        with connection.cursor() as cursor:
            # one row for a case, as there was before
            cursor.execute("SELECT id FROM counter_handover")
            assert cursor.fetchall() == [(row.pk,)]
    finally:
        MigrationExecutor(connection).migrate(newest)
    assert list(HandOver.objects.values_list("pk", "kind")) == [(row.pk, HandOverKind.CASE)]
    assert list(HandOverEvent.objects.order_by("id").values_list("kind", flat=True)) == before
