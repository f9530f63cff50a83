import pytest
from django.core.cache import cache
from django.core.checks import run_checks
from django.db import connection

from cityhall import checks
from cityhall.db import is_postgresql
from cityhall.enums import Role

KEYS = {name: f"{number}" * 40 for number, name in enumerate(("SECRET_KEY", "AUDIT_KEY", "OUTBOX_KEY", "LINK_KEY"))}


def ids(messages):
    return [message.id for message in messages]


@pytest.mark.django_db
def test_the_databases_of_the_tests_pass_their_own_checks():
    assert ids(run_checks(tags=["database"], databases=["default"])) == []


@pytest.mark.django_db
def test_a_database_with_another_order_is_found(monkeypatch):
    """PostgreSQL's answer is the network's edge here: a second cluster for one row is not worth it."""

    class Answer:
        vendor = "postgresql"

        def cursor(self):
            return self

        def __enter__(self):
            return self

        def __exit__(self, *_error):
            return None

        def execute(self, _sql):
            return None

        def fetchone(self):
            return ("ja_JP.UTF-8", "UTF8")

    monkeypatch.setattr(checks, "connection", Answer())
    (message,) = checks.check_database_order(app_configs=None, databases=["default"])
    assert (message.id, message.msg) == ("cityhall.E001", "The database is UTF8 with collation ja_JP.UTF-8.")


@pytest.mark.django_db
def test_a_missing_cache_table_is_found(settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "no_such_table"}}
    assert ids(checks.check_cache_table(app_configs=None, databases=["default"])) == ["cityhall.E002"]


@pytest.mark.django_db
def test_the_cache_is_shared_through_the_database():
    cache.set("key", "値", timeout=60)
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM cityhall_cache WHERE cache_key LIKE %s", ["%key"])
        assert cursor.fetchone() == (1,)
    assert cache.get("key") == "値"
    assert cache.add("key", "other") is False


def test_keys_of_an_installation_pass(settings):
    for name, value in KEYS.items():
        setattr(settings, name, value)
    assert checks.check_keys(app_configs=None) == []


@pytest.mark.parametrize("value", ["", "short", "change-me-" + "x" * 40, "test-audit-key" + "x" * 40])
def test_short_and_default_keys_are_found(settings, value):
    for name, good in KEYS.items():
        setattr(settings, name, good)
    settings.AUDIT_KEY = value
    (message,) = checks.check_keys(app_configs=None)
    assert (message.id, message.msg) == ("cityhall.E003", "AUDIT_KEY is short or looks like a default.")


def test_one_key_for_two_purposes_is_found(settings):
    for name in KEYS:
        setattr(settings, name, "k" * 40)
    assert ids(checks.check_keys(app_configs=None)) == ["cityhall.E004"]


def test_choices_of_a_trial_are_found(settings):
    settings.DEMO = True
    settings.CLAMAV_SOCKET = ""
    expected = ["cityhall.E005", *([] if is_postgresql() else ["cityhall.W001"]), "cityhall.W002"]
    assert ids(checks.check_production(app_configs=None)) == expected
    settings.DEMO = False
    settings.CLAMAV_SOCKET = "/run/clamd"
    assert "cityhall.E005" not in ids(checks.check_production(app_configs=None))


def test_a_city_that_forgets_its_proxy_is_found(settings):
    settings.SESSION_COOKIE_SECURE, settings.ALLAUTH_TRUSTED_PROXY_COUNT = True, 0
    assert "cityhall.W003" in [message.id for message in checks.check_production(app_configs=None)]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert "cityhall.W003" not in [message.id for message in checks.check_production(app_configs=None)]


def test_a_deciding_right_of_contract_clerks_is_found(monkeypatch):
    assert checks.check_deciding_rights(app_configs=None) == []
    table = {Role.CONTRACT_CLERK: frozenset({"applications.approve_application"})}
    monkeypatch.setattr("cityhall.permissions.ROLE_PERMISSIONS", table)
    (message,) = checks.check_deciding_rights(app_configs=None)
    assert (message.id, message.msg) == (
        "cityhall.E006",
        "applications.approve_application must not be a right of contract clerks.",
    )
