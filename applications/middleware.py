"""One answer for every address of a draft that its person can no longer open."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from applications.views.own import AnswerSent, DraftEnded, TypedInSent
from applications.views.surveys.answering import to_home


class DraftEndedMiddleware:
    """Say why a draft opens no more, with the button that deletes it; the API answers by itself.

    An answer to an internal survey that a colleague sent leads to the page of the survey, and what staff typed in
    for somebody to its receipt.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, AnswerSent):
            # who sent it themselves pressed the button twice
            if exception.answer.filed_by != request.user:
                messages.info(request, str(exception))
            return to_home(exception.answer)
        if isinstance(exception, TypedInSent):
            return redirect("applications:intake_done", public_id=exception.public_id)
        if not isinstance(exception, DraftEnded):
            return None
        context = {"draft": exception.draft, "reason": str(exception)}
        response = render(request, "applications/draft_ended.html", context, status=HTTPStatus.FORBIDDEN)
        response["Cache-Control"] = "no-store"
        return response
