"""Answers when something did not work: what happened and what to do next, as a page or as JSON."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from portal import kept_posts

_TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request cannot be read, or it is larger than we take."""
    if isinstance(exception, _TOO_LARGE):
        return _refuse(request, 413, "too_large", _("送られたデータが大きすぎます。"))
    return _refuse(request, 400, "bad_request", _("送られた内容を読み取れませんでした。"))


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The person may not do this."""
    return _refuse(request, 403, "forbidden", _("この操作は許可されていません。"))


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is no such page, or not for this person: the answer does not say which."""
    return _refuse(request, 404, "not_found", _("ページが見つかりません。"))


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """A rate limit was reached."""
    response = _refuse(request, 429, "too_many_requests", _("短い時間に操作が続いたため、受け付けられませんでした。"))
    response["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Our own failure: a page that needs neither the database nor the person's session."""
    if request.path.startswith("/api/"):
        return _json(500, "server_error", _("処理中に問題が起きました。"))
    return HttpResponse(render_to_string("portal/errors/500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old. A form of our own page may be sent again with one click.

    A form that another site sent is not repeated: the button would do what the token is there to prevent.
    """
    kept = kept_posts.read_form(request) if kept_posts.is_from_own_page(request) else None
    return render(request, "portal/errors/csrf.html", {"kept": kept, "layout": _layout(request)}, status=403)


def _refuse(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return _json(status, code, message)
    context = {"message": message, "layout": _layout(request)}
    return render(request, f"portal/errors/{status}.html", context, status=status)


def _layout(request: HttpRequest) -> str:
    """Staff stay among their pages when an address of theirs leads nowhere."""
    # what is refused before anybody is signed in has no user
    user = getattr(request, "user", None)
    is_staffs = request.path.startswith("/staff/") and user is not None and user.is_staff
    return "base_staff.html" if is_staffs else "base.html"


def _json(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"code": code, "message": message, "fields": {}}, status=status)
