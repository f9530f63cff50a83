"""How often somebody may do a thing. Counted in the shared cache.

Mobile carriers put thousands of people behind one address: what is counted by address is generous, what is counted
by draft, application, browser or account is strict.
"""

import hashlib
import ipaddress
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

ANONYMOUS_BYTES_PER_HOUR = 1024**3
"""Bytes of one address without an account: some two hundred guests an hour, and no way to fill the disk in a night."""


def is_within_limit(request: HttpRequest, name: str, *, times: int, seconds: int, cost: int = 1) -> bool:
    """Count this request and say whether the address did it at most `times` in this window of `seconds`.

    `cost` is how much one request counts for: its bytes, where bytes are limited. Windows begin by the clock and
    stand in the key: the cache's `incr` would prolong a key it counts up. The address is stored as a hash and
    forgotten soon after the window.
    """
    return is_within_limit_of(network_of(request), name, times=times, seconds=seconds, cost=cost)


def network_of(request: HttpRequest) -> str:
    """The line a request came by: what is counted by address is counted by this."""
    return _network(str(get_adapter().get_client_ip(request)))


def is_within_limit_of(whom: str, name: str, *, times: int, seconds: int, cost: int = 1) -> bool:
    """The same count for anything that has a name: one application, one mailbox."""
    window = int(time.time()) // seconds
    key = f"rate:{name}:{window}:{hashlib.sha256(whom.encode()).hexdigest()[:32]}"
    if cache.add(key, cost, 2 * seconds):
        return cost <= times
    try:
        return int(cache.incr(key, cost)) <= times
    except ValueError:
        # culled between the two calls
        return True


def has_anonymous_bytes_left(request: HttpRequest, size: int) -> bool:
    """Count bytes that nobody with an account answers for, whatever they are for; whether they may be taken."""
    return is_within_limit(request, "anonymous-bytes", times=ANONYMOUS_BYTES_PER_HOUR, seconds=3600, cost=max(size, 1))


def _network(address: str) -> str:
    """What one line has: an address of IPv4, the 64-bit network of IPv6, in which a line may choose any address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))
