"""A request id in every log line, audit row and answer."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

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
