"""What a button says to a tablet that kept it while there was no network: done, or refused and why (docs/offline.md).

A page with an error and a redirect with a warning look like success to a program. So nothing is guessed: what was done
says so (`done`), and whatever does not is a refusal.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar, cast

from django.contrib import messages
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseRedirectBase

View = TypeVar("View", bound=Callable[..., HttpResponse])

KEPT: Final = "Visit-Kept"
"""The header with which a tablet sends what it kept (static/js/visit-keep.js)."""
OUTCOME: Final = "Visit-Outcome"
DONE: Final = "done"
REFUSED: Final = "refused"


def done(response: HttpResponse) -> HttpResponse:
    """What was sent is done, by this request or by the same one before."""
    response[OUTCOME] = DONE
    return response


def refused_for(response: HttpResponse, *sentences: object) -> HttpResponse:
    """Why nothing came of it, for a page on which it stands anyhow."""
    response.refusal = " ".join(str(one) for one in sentences if one)  # type: ignore[attr-defined] # read below alone
    return response


def answers_kept(view: View) -> View:
    """Answer what a tablet kept with JSON: `outcome`, `url` of the page to open ("": the one that sends it), `message`.

    Everything else is answered as ever.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        return _told(request, response) if request.method == "POST" and KEPT in request.headers else response

    return cast("View", answered)


def _told(request: HttpRequest, response: HttpResponse) -> JsonResponse:
    url = response.url if isinstance(response, HttpResponseRedirectBase) else ""
    outcome = response.headers.get(OUTCOME, REFUSED)
    said = str(getattr(response, "refusal", ""))
    if outcome == REFUSED:
        # they are said now, and not once more on the next page; what went well before is no reason
        pending = [str(one) for one in get_messages(request) if one.level >= messages.WARNING]
        said = " ".join([*pending, said]).strip()
    answer = JsonResponse({"outcome": outcome, "url": url, "message": said})
    answer["Cache-Control"] = "no-store"
    return answer
