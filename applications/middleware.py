"""One page for every address of a draft whose mandate has ended."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from applications.views.own import DraftEnded


class DraftEndedMiddleware:
    """Say why a draft opens no more, with the button that deletes it; the API answers by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DraftEnded):
            return None
        context = {"draft": exception.draft, "reason": str(exception)}
        response = render(request, "applications/draft_ended.html", context, status=HTTPStatus.FORBIDDEN)
        response["Cache-Control"] = "no-store"
        return response
