"""Making the tests' databases from a migrated one, and emptying the tables between tests that commit."""

import os
import shutil
import time
from contextlib import contextmanager

from django.db import connection as default
from django.db import transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.sqlite3.creation import DatabaseCreation

_PATCHED = "_steps_aside"
_STAY = {"django_content_type", "auth_permission"}
_COPIES = "_copies_a_template"
# seconds; what never comes fails, and what comes late on a busy machine does not
PATIENCE = 60


def let_sqlite_copy_a_template():
    """Begin with a copy of the migrated file that TEST_TEMPLATE names. (PostgreSQL has templates of its own.)"""
    original = DatabaseCreation._create_test_db
    template = os.environ.get("TEST_TEMPLATE", "")
    if not template or getattr(original, _COPIES, False):
        return

    def _create_test_db(self, verbosity, autoclobber, keepdb=False):
        name = original(self, verbosity, autoclobber, keepdb)
        if not keepdb and not self.is_in_memory_db(name):
            shutil.copyfile(template, name)
        return name

    setattr(_create_test_db, _COPIES, True)
    DatabaseCreation._create_test_db = _create_test_db


def let_flush_be_quick():
    """Wrap `execute_sql_flush`, the only thing that TransactionTestCase empties tables with.

    Only tables that hold something are emptied, in the order they come, while triggers and foreign keys are off: of two
    hundred tables a test fills twenty, and to empty all of them takes longer than most tests. What Django writes of its
    own models into every fresh database stays, so that it has not to be written again.
    """
    original = BaseDatabaseOperations.execute_sql_flush
    if getattr(original, _PATCHED, False):
        return

    def execute_sql_flush(self, sql_list):
        filled = filled_tables(self.connection)
        with (
            triggers_off(self.connection, filled),
            transaction.atomic(using=self.connection.alias),
            self.connection.cursor() as cursor,
        ):
            for table in filled:
                cursor.execute(f'DELETE FROM "{table}"')

    setattr(execute_sql_flush, _PATCHED, True)
    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush


def filled_tables(connection):
    """The tables that have a row, but for those that stay. Two queries."""
    tables = sorted(set(connection.introspection.django_table_names(only_existing=True)) - _STAY)
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables)
        )
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def triggers_off(connection, tables=None):
    """Nothing guards the rows meanwhile: of the named tables, or of all."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # triggers and foreign keys fire for ordinary sessions only; the tests' role owns its cluster
            cursor.execute("SET session_replication_role = replica")
            try:
                yield
            finally:
                cursor.execute("SET session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        triggers = [(name, sql) for name, sql, table in cursor.fetchall() if tables is None or table in tables]
        cursor.execute("PRAGMA foreign_keys = OFF")
        for name, _sql in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        try:
            yield
        finally:
            for _name, sql in triggers:
                cursor.execute(sql)
            cursor.execute("PRAGMA foreign_keys = ON")


def until_somebody_waits():
    """Until another connection to this PostgreSQL database stands before a lock. Within a transaction, too."""
    deadline = time.monotonic() + PATIENCE
    with default.cursor() as cursor:
        while time.monotonic() < deadline:
            # within a transaction the same picture would be shown again and again
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.005)
    raise TimeoutError
