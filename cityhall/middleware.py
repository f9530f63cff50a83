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
    """Refuse NUL (U+0000): no text holds it, and PostgreSQL raises when it is asked for such a text.

    In the path it finds nothing (404); anywhere else in what is sent the request is unreadable (400): a page that
    is new is safe without saying so. What passes is typed by people who are told beside the field, so that the
    rest of a long form stays filled. Under /api/ the parsers refuse NUL by themselves, in JSON and in forms
    (`cityhall.api`).
    """

    # search boxes are typed into; their forms tidy or refuse the text
    TYPED_QUERIES: Final = frozenset({"q", "text"})
    # who somebody is, what is scanned, and the answers of a form: only `Form` fields that refuse NUL are called so
    TYPED_FIELDS: Final = frozenset({"code", "family_kana", "family_name", "given_kana", "given_name", "kana", "name"})
    ANSWERS: Final = "q-"

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
        in_fields = any(_has_nul(name, () if self._is_typed(name) else values) for name, values in request.POST.lists())
        if in_fields or any("\0" in name for name in request.FILES):
            raise BadRequest("NUL in a form")

    def _is_typed(self, name: str) -> bool:
        return name in self.TYPED_FIELDS or name.startswith(self.ANSWERS)


def _has_nul(name: str, values: Iterable[str | list[object]]) -> bool:
    return "\0" in name or any("\0" in str(value) for value in values)
