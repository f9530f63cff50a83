"""The token of what is being typed at the hall: in a cookie that ends with the browser, and that the first page ends.

It is another one than at home (`counter.prefill_cookie`), and goes to the tablet's own pages only.
"""

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from counter.token_seal import ENTRY, sealed, unsealed

NAME: Final = "entry"
PATH: Final = "/kiosk/entry/"


def token_of(request: HttpRequest) -> str:
    """The token of who stands before the tablet, "" when nobody has begun; what this server did not put is none."""
    return unsealed(request.COOKIES.get(NAME, ""), ENTRY)


def put(response: HttpResponseBase, token: str) -> None:
    """Without an age: a browser that is closed has forgotten it."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(NAME, sealed(token, ENTRY), path=PATH, httponly=True, samesite="Strict", secure=secure)


def drop(response: HttpResponseBase) -> None:
    response.delete_cookie(NAME, path=PATH, samesite="Strict")
