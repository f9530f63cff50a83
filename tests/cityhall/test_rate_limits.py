import pytest
from django.core.cache import cache

from cityhall.rate_limits import is_within_limit, is_within_limit_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is set on."""
    now = [1_800_000_000.0]
    monkeypatch.setattr("cityhall.rate_limits.time.time", lambda: now[0])
    return now


def count(rf, times, address="192.0.2.1", name="verify"):
    request = rf.get("/", REMOTE_ADDR=address)
    return [is_within_limit(request, name, times=3, seconds=60) for _number in range(times)]


def test_an_address_may_do_it_so_often_and_no_more(rf, clock):
    assert count(rf, 5) == [True, True, True, False, False]


def test_addresses_and_names_are_counted_apart(rf, clock):
    count(rf, 3)
    assert count(rf, 1, address="192.0.2.2") == [True]
    assert count(rf, 1, name="other") == [True]
    assert count(rf, 1) == [False]


def test_the_next_window_begins_anew_even_for_somebody_who_keeps_trying(rf, clock):
    count(rf, 50)
    clock[0] += 60
    assert count(rf, 4) == [True, True, True, False]


def test_a_line_of_ipv6_is_one_address_whatever_it_chooses(rf, clock):
    assert count(rf, 2, address="2001:db8:1:2::1") == [True, True]
    assert count(rf, 2, address="2001:db8:1:2:ffff::9") == [True, False]
    assert count(rf, 1, address="2001:db8:1:3::1") == [True]


def test_bytes_are_counted_by_their_number(clock):
    sizes = (6, 3, 2, 1)
    assert [is_within_limit_of("a", "bytes", times=10, seconds=60, cost=size) for size in sizes] == [
        True,
        True,
        False,
        False,
    ]
    assert not is_within_limit_of("b", "bytes", times=10, seconds=60, cost=11)


def test_the_address_is_not_stored(rf, clock):
    count(rf, 2)
    assert cache.get(f"rate:verify:{int(clock[0]) // 60}:192.0.2.1") is None
