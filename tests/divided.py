"""A plug-in that divides the tests between the two databases: `pytest -p tests.divided` on each of them.

- Tests that touch no database run on SQLite only.
- So do the tables of addresses and roles, and the program for texts that no database takes: what a role may open is
  decided before a query is written.
- Tests of pages (whatever asks through Django's test client) run on PostgreSQL only: it is what a city runs, and the
  stricter of the two.
- All others run on both: services, queries, constraints and triggers, which are written for each of them.

`script/test --all` leaves the plug-in out, and everything runs on both.
"""

from django.db import connection

_DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_reset_sequences"}
_PAGE_FIXTURES = {"client", "login", "rf"}
_DECIDED_BEFORE = ("tests/test_access_", "tests/test_nul.py")


def pytest_collection_modifyitems(config, items):
    belongs = _on_postgresql if connection.vendor == "postgresql" else _on_sqlite
    kept = [item for item in items if belongs(item)]
    if len(kept) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if not belongs(item)])
        items[:] = kept


def _on_postgresql(item):
    return _touches_database(item) and not item.nodeid.startswith(_DECIDED_BEFORE)


def _on_sqlite(item):
    if item.nodeid.startswith(_DECIDED_BEFORE) or not _touches_database(item):
        return True
    return not _PAGE_FIXTURES & set(item.fixturenames)


def _touches_database(item):
    return item.get_closest_marker("django_db") is not None or bool(_DATABASE_FIXTURES & set(item.fixturenames))
