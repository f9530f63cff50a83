"""Session rules, forms that outlive their session, and the second factor of staff."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from applications.queries.mine import trial
from cityhall import guests
from portal import kept_posts, sessions

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class SessionRulesMiddleware(SessionMiddleware):
    """Django's sessions with the idle rules of the city."""

    def process_request(self, request: HttpRequest) -> None:
        """End what lay idle. A request without a session cookie costs no query."""
        super().process_request(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and sessions.end_or_touch(request.session):
            request.session_ended = True  # type: ignore[attr-defined]


class KeptPostMiddleware:
    """Keeps the form of a POST that was sent to the sign-in page instead of its view.

    Only POSTs that passed the CSRF check come this far.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponseRedirect) and _leads_to_sign_in(response):
            if request.path.startswith("/api/"):
                return _refuse(401, "not_authenticated", _("ログインが切れました。もう一度ログインしてください。"))
            if row := _row_of_guest(request):
                self._explain_to_guest(request, response, row)
            else:
                self._explain(request, response)
        self._note_owner(request, response)
        return response

    def _explain(self, request: HttpRequest, response: HttpResponseRedirect) -> None:
        kept_id = kept_posts.keep(request, response) if request.method == "POST" else None
        if kept_id:
            target = reverse("portal:kept_post", args=[kept_id])
            response["Location"] = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': target})}"
            messages.info(request, _("入力内容はお預かりしています。ログインすると続きから送信できます。"))
        elif getattr(request, "session_ended", False):
            messages.info(request, _("しばらく操作がなかったためログアウトしました。もう一度ログインしてください。"))

    def _explain_to_guest(self, request: HttpRequest, response: HttpResponseRedirect, row: str) -> None:
        """A guest does not sign in: they are told to open their link again, and go on from there.

        A trial has no link, and is nothing to go on with: it leads to its procedure, where another one begins.
        """
        if practice := trial(row.partition(":")[2]):
            response["Location"] = reverse("applications:procedure_detail", args=[practice.procedure.key])
            if not guests.is_open(request.session, row):
                messages.info(
                    request, _("2時間操作がなかったため、体験を終わりました。はじめから、もう一度お試しください。")
                )
            return
        response["Location"] = reverse("portal:guest_ended")
        kept_id = kept_posts.keep(request, response, row=row) if request.method == "POST" else None
        if kept_id:
            way_back = reverse("portal:kept_post", args=[kept_id])
            guests.close(request.session, row, way_back=way_back, seconds=settings.KEPT_POST_SECONDS)
            messages.info(
                request,
                _("入力内容を30分間お預かりしています。この端末でメールのリンクを開くと、続きから送信できます。"),
            )

    def _note_owner(self, request: HttpRequest, response: HttpResponseBase) -> None:
        if username := getattr(request, "signed_in_username", ""):
            kept_posts.remember_owner(response, username)
        elif getattr(request, "signed_out", False):
            kept_posts.forget_owner(response)


def _row_of_guest(request: HttpRequest) -> str:
    """What a visitor asked for, if this browser could open it once; "" for everybody else."""
    match = request.resolver_match
    if request.user.is_authenticated or match is None:
        return ""
    return guests.name_of(request.session, str(match.kwargs.get("public_id", "")))


def _leads_to_sign_in(response: HttpResponseRedirect) -> bool:
    return urlsplit(response.url).path == resolve_url(settings.LOGIN_URL)


def _refuse(status: int, code: str, message: str) -> JsonResponse:
    """For programs: told, not led to a page."""
    return JsonResponse({"code": code, "message": message, "fields": {}}, status=status)


class StaffSecondFactorMiddleware:
    """Lets staff who have not shown TOTP or a passkey reach only its set-up and the way out."""

    OPEN_TO_ALL_STAFF = frozenset(
        {
            "account_logout",
            "account_reauthenticate",
            "account_email_verification_sent",
            "mfa_index",
            "mfa_activate_totp",
            "mfa_list_webauthn",
            "mfa_add_webauthn",
            "mfa_reauthenticate",
            "mfa_reauthenticate_webauthn",
            "healthz",
            "session_touch",
        }
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., HttpResponseBase], _args: list[Any], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Turn the request away before its view; static files are served further out."""
        if not self._is_stopped(request):
            return None
        if request.path.startswith("/api/"):
            return _refuse(403, "second_factor_required", _("二段階認証の設定が必要です。"))
        messages.warning(request, _("職員の方は、はじめに認証アプリかパスキーを登録してください。"))
        return redirect("mfa_index")

    def _is_stopped(self, request: HttpRequest) -> bool:
        user = request.user
        if not user.is_authenticated or not user.is_staff:
            return False
        match = request.resolver_match
        if match is not None and match.url_name in self.OPEN_TO_ALL_STAFF:
            return False
        return not sessions.has_second_factor(request.session, user.username)
