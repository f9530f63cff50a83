"""The way into every page of a prefill: this browser's token, what is kept under it, or what became of that."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, Final, ParamSpec

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cityhall.models import User
from cityhall.rate_limits import is_within_limit, is_within_limit_of
from counter import codes
from counter.enums import PrefillState
from counter.errors import NoSuchPrefill, PrefillDeleted, PrefillExpired, PrefillUsed
from counter.home import Home, open_home
from counter.prefill_cookie import token_of

P = ParamSpec("P")
_ENDS: Final[dict[type[Exception], PrefillState]] = {
    PrefillUsed: PrefillState.REDEEMED,
    PrefillExpired: PrefillState.EXPIRED,
    PrefillDeleted: PrefillState.DELETED,
}
CHANGES: Final = {"times": 240, "seconds": 600}
"""By prefill: a person turns a page every few seconds at most."""
CHANGES_OF_ADDRESS: Final = {"times": 2400, "seconds": 600}
"""By address, which many share on mobile lines; keeping takes 30 ms of the processor."""


def with_prefill(view: Callable[Concatenate[HttpRequest, Home, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the open prefill of this browser. Without one a page says why, and what to do next."""

    @wraps(view)
    def opened(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            home = opened_here(request)
        except NoSuchPrefill as error:
            return ended_page(request, error)
        if home is None:
            messages.info(request, _("この端末には、事前入力の内容がありません。はじめからお進みください。"))
            return redirect("counter:home_start")
        if not home.chosen:
            messages.warning(request, "\n".join(home.notes))
            return redirect("counter:home_choose")
        return view(request, home, *args, **kwargs)

    return opened


def opened_here(request: HttpRequest) -> Home | None:
    """What this browser keeps; None when it is nothing yet. Raises PrefillUsed, PrefillExpired, PrefillDeleted."""
    token = token_of(request)
    if not token:
        return None
    try:
        return open_home(token)
    except NoSuchPrefill as error:
        if type(error) in _ENDS:
            raise
        return None


def end_of(error: Exception) -> PrefillState | None:
    """What became of a prefill that cannot be opened."""
    return _ENDS.get(type(error))


def ended_page(request: HttpRequest, error: NoSuchPrefill) -> HttpResponse:
    """It was used, is over or was deleted: said in words, with the way on."""
    context = {"state": end_of(error)}
    return render(request, "counter/home/ended.html", context, status=HTTPStatus.GONE)


def may_change(request: HttpRequest, token: str) -> bool:
    """Whether one more change is taken now."""
    return is_within_limit_of(codes.lookup_of(token), "prefill-change", **CHANGES) and is_within_limit(
        request, "prefill-change", **CHANGES_OF_ADDRESS
    )


def slow_down(request: HttpRequest, what: str) -> HttpResponse:
    """Too much in a short time; nothing was lost."""
    return render(request, "counter/home/slow_down.html", {"what": what}, status=HTTPStatus.TOO_MANY_REQUESTS)


def person(request: HttpRequest) -> User | None:
    """Who is signed in; nobody needs an account."""
    return request.user if request.user.is_authenticated else None


def tell_notes(request: HttpRequest, home: Home) -> None:
    """Say what is different since the answers were given."""
    for note in home.notes:
        messages.warning(request, note)


READ_OR_SEND: Final = ["GET", "HEAD", "POST"]
Extra = dict[str, Any]
