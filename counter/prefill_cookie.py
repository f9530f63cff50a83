"""Where the token of a prefill lives: in one cookie of the browser that made it, and nowhere else.

No address, no session and no table has it: who has the database has no way to the answers. The cookie carries a mark
of the server beside it (`token_seal`): who has the QR, or a photograph of it, has no way either but a desk.
"""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from counter.services.prefills.keeping import LONGEST
from counter.token_seal import COOKIE, sealed, unsealed

NAME: Final = "prefill"
PATH: Final = "/prefill/"
"""The only pages the browser sends it to."""


def token_of(request: HttpRequest) -> str:
    """The token of this browser, "" when it has none or something that can be none."""
    return unsealed(request.COOKIES.get(NAME, ""), COOKIE)


def put(response: HttpResponseBase, token: str) -> None:
    """Give the browser the token, as long as answers can wait."""
    response.set_cookie(NAME, sealed(token, COOKIE), max_age=int(LONGEST.total_seconds()), httponly=True, **_options())


def drop(response: HttpResponseBase) -> None:
    """Take it away: what is kept stays, but this browser does not open it any more."""
    response.delete_cookie(NAME, path=PATH, samesite="Lax")


def _options() -> dict[str, Any]:
    return {"path": PATH, "samesite": "Lax", "secure": settings.SESSION_COOKIE_SECURE}
