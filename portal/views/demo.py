"""Pages of the demo only: every account with one click, and every mail the product sent."""

from collections.abc import Callable
from functools import wraps
from typing import Final

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from cityhall.access import public
from cityhall.enums import DeviceKind, WorkState
from cityhall.machines import TOKEN_COOKIE
from cityhall.models import Device, User
from cityhall.services import devices
from notices.models import OutgoingMail
from portal import demo_accounts as accounts
from portal import demo_mail as mailbox
from portal import sessions
from portal.adapters import AccountAdapter
from portal.demo_city.accounts import PASSWORD

Page = Callable[[HttpRequest], HttpResponse]
_FIRST_PAGES: Final = {
    DeviceKind.KIOSK: "reservations:kiosk_home",
    DeviceKind.DISPLAY: "reservations:display",
    DeviceKind.HOUSEHOLD: "notices:tablet_home",
}


def demo_only(view: Page) -> Page:
    """A second lock: the addresses exist in the demo only, and so do the pages."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request)

    return guarded


@public
@demo_only
@never_cache
@require_GET
def demo_accounts(request: HttpRequest) -> HttpResponse:
    """Who there is, by role, and what to try."""
    machines = Device.objects.filter(kind__in=_FIRST_PAGES, revoked_at__isnull=True).order_by("kind", "name")
    context = {
        "residents": accounts.residents(),
        "staff": accounts.staff(),
        "machines": machines,
        "password": PASSWORD,
    }
    return render(request, "portal/demo/accounts.html", context)


@public
@demo_only
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in fully as the chosen person, second factor and all."""
    user = get_object_or_404(User, username=request.POST.get("username", ""), is_active=True)
    login(request, user, backend="cityhall.auth.SignInBackend")
    sessions.note_second_factor(request.session, user.username)
    return redirect(AccountAdapter(request).get_login_redirect_url(request))


@public
@demo_only
@require_POST
def demo_device(request: HttpRequest) -> HttpResponse:
    """Make this browser one of the hall's machines: a code is made and used at once."""
    device = get_object_or_404(Device, public_id=request.POST.get("device", ""), revoked_at__isnull=True)
    token = devices.pair(devices.new_pairing_code(device, by=None), public_id=device.public_id)
    response = redirect(_FIRST_PAGES.get(DeviceKind(device.kind), "portal:demo_accounts"))
    response.set_cookie(TOKEN_COOKIE, token, httponly=True, samesite="Strict", secure=settings.SESSION_COOKIE_SECURE)
    return response


@public
@demo_only
@never_cache
@require_GET
def demo_mail(request: HttpRequest) -> HttpResponse:
    """The mails in the folder, newest first, and what still waits in the queue."""
    waiting = OutgoingMail.objects.exclude(state=WorkState.DONE).order_by("-id")[: mailbox.MOST_SHOWN]
    context = {"mails": mailbox.newest_mails(settings.EMAIL_FILE_PATH), "waiting": waiting}
    return render(request, "portal/demo/mail.html", context)
