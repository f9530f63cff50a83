"""The calendar's document without the way through sessions, forms and sign-in, none of which it depends on."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase

from reservations.api import answer_with
from reservations.queries.availability import fresh


class FreshAvailabilityMiddleware:
    """Answers with a document that this process made a moment ago; everything else goes on to its view.

    It is the same for everybody: no cookie is read or set, and proxies may keep it. Behind the middleware that puts
    headers of security on every answer, before the one that opens the session.
    """

    PREFIX: Final = "/api/ui/availability/"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(self.PREFIX) and request.method in ("GET", "HEAD"):
            document = fresh(request.get_full_path())
            if document is not None:
                return answer_with(document, request)
        return self.get_response(request)
