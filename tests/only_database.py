"""A plug-in for the second database: leaves out what cannot differ there.

    pytest -p tests.only_database

Tests that touch no database have run on the first one. So have the tables of addresses and roles: which page a role may
open is decided before a query is written.
"""

_DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_reset_sequences"}
_DECIDED_BEFORE = ("tests/test_access_table.py", "tests/test_access_posts.py")


def pytest_collection_modifyitems(config, items):
    kept, left_out = [], []
    for item in items:
        (kept if _can_differ(item) else left_out).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def _can_differ(item):
    if item.nodeid.startswith(_DECIDED_BEFORE):
        return False
    return item.get_closest_marker("django_db") is not None or bool(_DATABASE_FIXTURES & set(item.fixturenames))
