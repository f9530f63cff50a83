import datetime as dt

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.checks import run_checks
from django.db import connection
from django.utils import timezone

from cityhall import tasks
from cityhall.cache import delete_expired
from cityhall.rate_limits import is_within_limit

pytestmark = pytest.mark.django_db

REDIS = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://nobody"}}


def rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM cityhall_cache")
        return cursor.fetchone()[0]


def test_a_counter_survives_a_thousand_other_live_keys(rf):
    """Django's own limit is 300: beyond it live counters and kept POSTs would be thrown out, the lowest key first."""
    request = rf.get("/", REMOTE_ADDR="192.0.2.1")
    cache.set("0-kept", "what somebody had typed", 600)
    assert is_within_limit(request, "verify", times=1, seconds=3600)
    for number in range(1000):
        cache.set(f"key-{number}", number, 600)
    assert cache.get("0-kept") == "what somebody had typed"
    assert not is_within_limit(request, "verify", times=1, seconds=3600)


def test_expired_rows_are_deleted_and_live_ones_kept():
    cache.clear()
    for number in range(20):
        cache.set(f"short-{number}", number, 10)
    cache.set("long", 1, 600)
    cache.set("for-ever", 1, None)
    assert delete_expired() == 0
    assert delete_expired(timezone.now() + dt.timedelta(seconds=60)) == 20
    assert rows() == 2
    assert (cache.get("long"), cache.get("for-ever")) == (1, 1)
    assert delete_expired(timezone.now() + dt.timedelta(seconds=60)) == 0


def test_the_task_deletes_expired_rows_by_the_clock():
    cache.clear()
    cache.set("gone", 1, 0)
    cache.set("long", 1, 600)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cityhall_cache SET expires = '2020-01-01 00:00:00' WHERE cache_key LIKE '%gone'")
    cache.set("long", 2, 600)
    tasks.forget_expired_cache()
    assert rows() == 1
    assert "cityhall.tasks.forget_expired_cache" in tasks.PERIODIC


def test_another_cache_forgets_by_itself(settings):
    settings.CACHES = REDIS
    assert delete_expired() == 0


def test_the_expiry_of_the_cache_has_an_index():
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "cityhall_cache")
    assert ["expires"] in [item["columns"] for item in found.values() if item["index"]]


def test_a_cache_with_little_room_is_found(settings):
    small = django_settings.CACHES["default"] | {"OPTIONS": {}}
    settings.CACHES = {"default": small}
    (message,) = run_checks(tags=["caches"])
    assert (message.id, message.msg) == ("cityhall.E007", "The shared cache has room for 300 entries only.")


def test_other_caches_need_no_room(settings):
    settings.CACHES = REDIS
    assert run_checks(tags=["caches"]) == []
    settings.CACHES = {"default": django_settings.CACHES["default"]}
