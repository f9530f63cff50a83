"""How often one address may do a thing. Counted in the shared cache; generous, because carriers share addresses."""

import hashlib
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def is_within_limit(request: HttpRequest, name: str, *, times: int, seconds: int) -> bool:
    """Count this request and say whether the address did it at most `times` in this window of `seconds`.

    Windows begin by the clock and stand in the key: the cache's `incr` would prolong a key it counts up.
    The address is stored as a hash and forgotten soon after the window.
    """
    return is_within_limit_of(str(get_adapter().get_client_ip(request)), name, times=times, seconds=seconds)


def is_within_limit_of(whom: str, name: str, *, times: int, seconds: int) -> bool:
    """The same count for anything that has a name: one application, one mailbox."""
    window = int(time.time()) // seconds
    key = f"rate:{name}:{window}:{hashlib.sha256(whom.encode()).hexdigest()[:32]}"
    if cache.add(key, 1, 2 * seconds):
        return True
    try:
        return int(cache.incr(key)) <= times
    except ValueError:
        # culled between the two calls
        return True
