"""The code of an invitation on the person's own telephone: sign up or sign in, then take it up."""

from http import HTTPMethod, HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.access import public
from cityhall.errors import DomainError
from cityhall.models import User
from counter import way_back
from counter.services import invitations
from reservations.hall.languages import LANGUAGES, known

WORDS: Final = (
    ("メールアドレス", _("メールアドレスの意味")),
    ("パスワード", _("パスワードの意味")),
    ("確認コードを受け取る", _("確認コードを受け取るの意味")),
    ("確認コード", _("確認コードの意味")),
    ("ログイン", _("ログインの意味")),
)
"""What stands on the pages of the sign-up, which are in Japanese alone, and what it means: told in other languages."""


@public
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def invited(request: HttpRequest, code: str) -> HttpResponse:
    """Says what it is, leads to the sign-up and back here; signed in, the button that takes it up.

    In the language of the tablet that showed the code, or the one touched here (`?lang=`).
    """
    with translation.override(_language(request, code)):
        return _invited(request, code)


def _language(request: HttpRequest, code: str) -> str:
    touched = request.GET.get("lang", "")
    if touched in LANGUAGES:
        way_back.speak(request.session, touched)
        return touched
    return known(way_back.language_in(request.session) or invitations.language_of(code))


def _invited(request: HttpRequest, code: str) -> HttpResponse:
    user = request.user if isinstance(request.user, User) else None
    context: dict[str, object] = {"user_email": user.email if user else "", "words": WORDS}
    if user is not None:
        way_back.forget(request.session)
    if request.method == HTTPMethod.POST and user is not None:
        wants_digital = request.POST.get("digital") == "yes"
        try:
            invitations.claim(code, by=user, wants_digital=wants_digital)
        except DomainError as error:
            return _page(request, context | {"error": str(error), "wants_digital": wants_digital})
        # opened again, the page says how far it is
        return redirect(request.get_full_path())
    if user is not None and invitations.tied_by(code, user):
        return _page(request, context | {"is_tied": True})
    if user is not None and invitations.waiting_by(code, user):
        return _page(request, context | {"is_claimed": True})
    if invitations.open_invitation(code) is None:
        over = context | {"error": str(invitations.InvitationOver()), "is_over": True}
        return _page(request, over, status=HTTPStatus.NOT_FOUND)
    if user is None:
        # the address of the sign-up carries no code: logs keep addresses
        way_back.remember(request.session, code)
    return _page(request, context)


def _page(request: HttpRequest, context: dict[str, object], status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return render(request, "counter/invited.html", context, status=status)
