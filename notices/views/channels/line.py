"""Linking one's LINE account: LINE leads here with a token, and goes on with a nonce of ours."""

from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.access import resident_only
from cityhall.models import User
from notices.services.line import is_configured, issue_nonce

_LINK_DIALOG = "https://access.line.me/dialog/bot/accountLink"
_LONGEST_TOKEN = 200


@resident_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def line_link(request: HttpRequest) -> HttpResponse:
    """Ask first, then show the way back to LINE.

    A link and not a redirect: the policy of our pages lets forms lead to our own origin only.
    """
    given = request.POST if request.method == "POST" else request.GET
    token = given.get("linkToken", "")[:_LONGEST_TOKEN]
    if not is_configured() or not token:
        messages.info(request, _("LINEで市の公式アカウントを開き、「連携」と送って、届いたリンクからお進みください。"))
        return redirect("notices:my_channels")
    context = {"token": token, "line_url": ""}
    if request.method == "POST":
        nonce = issue_nonce(cast("User", request.user))
        context["line_url"] = f"{_LINK_DIALOG}?{urlencode({'linkToken': token, 'nonce': nonce})}"
    return render(request, "notices/channels/line_link.html", context)
