"""The first page: what this is, what there is in this browser already, and a new beginning."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cityhall.access import public
from counter import codes, prefill_cookie
from counter.elsewhere import forget_elsewhere
from counter.errors import NoSuchPrefill
from counter.services.prefills import MAX_PROCEDURES
from counter.services.prefills.keeping import LONGEST, last_day_of
from counter.views.home.opening import end_of, opened_here


@public
@never_cache
@require_safe
def home_start(request: HttpRequest) -> HttpResponse:
    """What it is for, what one needs, and what this browser has kept."""
    home, state = None, None
    try:
        home = opened_here(request)
    except NoSuchPrefill as error:
        state = end_of(error)
    context = {
        "home": home,
        "state": state,
        "last_day": last_day_of(home.prefill) if home else None,
        "kept_days": LONGEST.days,
        "most": MAX_PROCEDURES,
    }
    return render(request, "counter/home/start.html", context)


@public
@require_POST
def home_new(request: HttpRequest) -> HttpResponse:
    """Begin with a new token, after one that is over, or by way of trial. What is still open is not touched."""
    try:
        is_open = opened_here(request) is not None
    except NoSuchPrefill:
        is_open = False
    address = reverse("counter:home_choose")
    if is_open:
        return redirect(address)
    forget_elsewhere(request.session)
    response = redirect(f"{address}?practice=1" if request.POST.get("practice") == "1" else address)
    prefill_cookie.put(response, codes.new_token())
    return response


@public
@require_POST
def home_leave(request: HttpRequest) -> HttpResponse:
    """Take the token out of this browser: on a shared machine. The code on paper still works."""
    messages.success(
        request, _("この端末での表示を終わりました。控えたQRコードと10桁の数字は、そのまま窓口で使えます。")
    )
    forget_elsewhere(request.session)
    response = redirect("counter:home_start")
    prefill_cookie.drop(response)
    return response
