"""Emptying the tables between tests that commit: the triggers that freeze tables step aside for it."""

from contextlib import contextmanager

from django.db.backends.base.operations import BaseDatabaseOperations

_PATCHED = "_steps_aside"


def let_flush_pass_triggers():
    """Wrap `execute_sql_flush`, the only thing that TransactionTestCase empties tables with."""
    original = BaseDatabaseOperations.execute_sql_flush
    if getattr(original, _PATCHED, False):
        return

    def execute_sql_flush(self, sql_list):
        with triggers_off(self.connection):
            original(self, sql_list)

    setattr(execute_sql_flush, _PATCHED, True)
    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush


@contextmanager
def triggers_off(connection):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # checks of foreign keys that wait for the end of a test's transaction are in the way
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
                " WHERE NOT t.tgisinternal"
            )
            tables = [name for (name,) in cursor.fetchall()]
            off = [f'ALTER TABLE "{table}" DISABLE TRIGGER USER' for table in tables]
            on = [f'ALTER TABLE "{table}" ENABLE TRIGGER USER' for table in tables]
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            off = [f'DROP TRIGGER "{name}"' for name, _sql in triggers]
            on = [sql for _name, sql in triggers]
        for statement in off:
            cursor.execute(statement)
        try:
            yield
        finally:
            for statement in on:
                cursor.execute(statement)
