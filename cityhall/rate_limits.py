"""How often one address may do a thing. Counted in the shared cache; generous, because carriers share addresses."""

import hashlib

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def is_within_limit(request: HttpRequest, name: str, *, times: int, seconds: int) -> bool:
    """Count this request and say whether the address did it at most `times` in about `seconds`.

    The address is stored as a hash and forgotten with the window.
    """
    address = str(get_adapter().get_client_ip(request))
    key = f"rate:{name}:{hashlib.sha256(address.encode()).hexdigest()[:32]}"
    if cache.add(key, 1, seconds):
        return True
    try:
        return int(cache.incr(key)) <= times
    except ValueError:
        # the window ended between the two calls
        return True
