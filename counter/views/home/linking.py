"""The link of a mail: it gives this browser the token of a prefill that was begun for the family."""

from http import HTTPMethod, HTTPStatus
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.access import public
from cityhall.rate_limits import is_within_limit
from counter import prefill_cookie
from counter.errors import NoSuchPrefill
from counter.home import Home, open_home
from counter.services import move_ins
from counter.services.prefills.keeping import last_day_of
from counter.token_seal import MAIL, unsealed
from counter.views.home.opening import READ_OR_SEND, end_of, ended_page, opened_here, slow_down

OPENED: Final = {"times": 300, "seconds": 600}
"""By address, which many share; 130 random bits are guessed by nobody."""


@public
@never_cache
@require_http_methods(READ_OR_SEND)
def home_open(request: HttpRequest, sealed: str) -> HttpResponse:
    """Asks once, so that a mail program that looks at links opens nothing; then the cookie alone has the token.

    Good as long as the prefill: afterwards the page says what became of it. A stranger's address is 404, and so is that
    of a prefill that was not imported: whoever made it could send it under the city's name and read what is typed. The
    token of a QR alone is none either (`token_seal`): a photograph of it opens nothing.
    """
    token = unsealed(sealed, MAIL)
    if not token:
        raise Http404
    if not is_within_limit(request, "prefill-open", **OPENED):
        return slow_down(request, _("操作が続いています。10分ほどおいてから、もう一度お試しください。"))
    try:
        home = open_home(token)
    except NoSuchPrefill as error:
        if end_of(error) is None:
            raise Http404 from None
        return ended_page(request, error)
    if not move_ins.is_imported(home.prefill):
        raise Http404
    if request.method != HTTPMethod.POST:
        context = {"home": home, "last_day": last_day_of(home.prefill), "other": _other(request, token)}
        return render(request, "counter/home/opened.html", context, status=HTTPStatus.OK)
    move_ins.note_opened(home.prefill)
    response = redirect("counter:home_check")
    prefill_cookie.put(response, token)
    return response


def _other(request: HttpRequest, token: str) -> Home | None:
    """What this browser has open already, which the link puts aside."""
    try:
        here = opened_here(request)
    except NoSuchPrefill:
        return None
    return here if here is not None and here.token != token else None
