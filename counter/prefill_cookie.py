"""Where the token of a prefill lives: in one cookie of the browser that made it, and nowhere else.

No address, no session and no table has it: who has the database has no way to the answers.
"""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from counter import codes
from counter.services.prefills.keeping import LONGEST

NAME: Final = "prefill"
PATH: Final = "/prefill/"
"""The only pages the browser sends it to."""


def token_of(request: HttpRequest) -> str:
    """The token of this browser, "" when it has none or something that can be none."""
    token = request.COOKIES.get(NAME, "")
    return token if codes.is_token(token) else ""


def put(response: HttpResponseBase, token: str) -> None:
    """Give the browser the token, as long as answers can wait."""
    response.set_cookie(NAME, token, max_age=int(LONGEST.total_seconds()), httponly=True, **_options())


def drop(response: HttpResponseBase) -> None:
    """Take it away: what is kept stays, but this browser does not open it any more."""
    response.delete_cookie(NAME, path=PATH, samesite="Lax")


def _options() -> dict[str, Any]:
    return {"path": PATH, "samesite": "Lax", "secure": settings.SESSION_COOKIE_SECURE}
