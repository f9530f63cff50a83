"""Indexes that are built while others write: kept where they are, built anew where half of one was left."""

from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.utils import InternalError

from cityhall.quiet_indexes import AddIndexQuietly

pytestmark = pytest.mark.django_db(transaction=True)
STATE = SimpleNamespace(apps=apps)
NAME = "department_quietly"
ADD = AddIndexQuietly("department", models.Index(fields=["name", "code"], name=NAME))


def run(step, *, atomic=False):
    with connection.schema_editor(atomic=atomic) as editor:
        step("cityhall", editor, STATE, STATE)


def index():
    with connection.cursor() as cursor:
        return connection.introspection.get_constraints(cursor, "cityhall_department").get(NAME)


@pytest.fixture(autouse=True)
def gone():
    yield
    run(ADD.database_backwards)
    assert index() is None


def test_an_index_is_built_once_and_taken_away_once():
    for _twice in range(2):
        run(ADD.database_forwards)
        assert index()["columns"] == ["name", "code"]
    for _twice in range(2):
        run(ADD.database_backwards)
        assert index() is None


def test_an_index_of_an_older_migration_is_kept():
    with connection.schema_editor() as editor:
        editor.add_index(apps.get_model("cityhall", "Department"), models.Index(fields=["code"], name=NAME))
    run(ADD.database_forwards)
    assert index()["columns"] == ["code"]


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite builds an index whole or not at all")
def test_a_half_built_index_is_built_anew():
    run(ADD.database_forwards)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [NAME])
    run(ADD.database_forwards)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass", [NAME])
        assert cursor.fetchone() == (True,)


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no index that is built beside writers")
def test_it_is_built_outside_a_transaction():
    """The control: in one the database refuses, so it is the concurrent way."""
    with pytest.raises(InternalError, match="CONCURRENTLY"):
        run(ADD.database_forwards, atomic=True)
