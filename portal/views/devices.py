"""Where a machine of the city hall is paired: an administrator shows the code, somebody types it here once."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.access import public
from cityhall.errors import DomainError
from cityhall.machines import TOKEN_COOKIE, device_of
from cityhall.models import Device
from cityhall.rate_limits import is_within_limit
from cityhall.services import devices

_KEPT_SECONDS = 400 * 24 * 60 * 60
TRIES_PER_MINUTE = 20


class PairingForm(forms.Form):
    """The code in any width, with or without blanks."""

    code = forms.CharField(
        label=_("接続コード"),
        max_length=20,
        help_text=_("管理画面の「端末」か、自治会の世帯の画面で発行した8桁の数字です。10分間使えます。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_code(self) -> str:
        code = "".join(str(int(sign)) for sign in self.cleaned_data["code"] if sign.isdecimal())
        if len(code) != devices.CODE_DIGITS:
            raise forms.ValidationError(_("8桁の数字を入力してください。"), code="not_a_code")
        return code


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def device(request: HttpRequest, public_id: str) -> HttpResponse:
    """Pair this machine, or say that it is paired. An unknown address looks the same as a known one."""
    form = PairingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token = _paired(request, form, public_id)
        if token:
            response = redirect("portal:device", public_id=public_id)
            response.set_cookie(TOKEN_COOKIE, token, **_cookie_options())
            return response
    return render(request, "portal/device.html", {"form": form, "device": _device_of(request, public_id)})


def _paired(request: HttpRequest, form: PairingForm, public_id: str) -> str:
    if not is_within_limit(request, "device-pair", times=TRIES_PER_MINUTE, seconds=60):
        form.add_error("code", _("短い間に何度も試されました。1分ほど待ってから、もう一度お試しください。"))
        return ""
    try:
        return devices.pair(form.cleaned_data["code"], public_id=public_id)
    except DomainError as error:
        form.add_error("code", str(error))
        return ""


def _device_of(request: HttpRequest, public_id: str) -> Device | None:
    """The device this browser is, when it is the one of this address."""
    found = device_of(request)
    return found if found is not None and found.public_id == public_id else None


def _cookie_options() -> dict[str, Any]:
    return {
        "max_age": _KEPT_SECONDS,
        "httponly": True,
        "samesite": "Strict",
        "secure": settings.SESSION_COOKIE_SECURE,
    }
