"""A request id in every log line, audit row and answer; and addresses no database can look up are refused."""

import secrets
from collections.abc import Callable, Iterable
from typing import Final

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponseBase

from cityhall.logs import request_id


class RequestIdMiddleware:
    """Give each request an id of ours; an id from outside is not trusted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = request_id.set(secrets.token_hex(8))
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = request_id.get()
            return response
        finally:
            request_id.reset(token)


class NulMiddleware:
    """Refuse NUL (U+0000) where people do not type: PostgreSQL raises when it is asked for such a text.

    In the path it finds nothing (404); in a name, in a query or in a control of a form the request is
    unreadable (400). What was typed into a field passes: its form says so beside the field. Under /api/
    the parsers refuse NUL by themselves, in JSON and in forms (`cityhall.api`).
    """

    # what pages of ours and of the packages send beside the fields
    CONTROLS: Final = frozenset(
        {"_selected_action", "action", "addressee", "after", "answer", "department", "draft_revision", "expected"}
        | {"new", "next", "request_key", "revision", "username"}
    )
    # search boxes are typed into; their forms tidy or refuse the text
    TYPED_QUERIES: Final = frozenset({"q", "text"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path:
            raise Http404
        if any(_has_nul(name, () if name in self.TYPED_QUERIES else values) for name, values in request.GET.lists()):
            raise BadRequest("NUL in the query")
        if request.method == "POST" and not request.path.startswith("/api/"):
            self._check_form(request)
        return self.get_response(request)

    def _check_form(self, request: HttpRequest) -> None:
        names = [*request.POST, *request.FILES]
        controls = [value for name in self.CONTROLS for value in request.POST.getlist(name)]
        if any("\0" in text for text in (*names, *controls)):
            raise BadRequest("NUL in a control of the form")


def _has_nul(name: str, values: Iterable[str | list[object]]) -> bool:
    return "\0" in name or any("\0" in str(value) for value in values)
