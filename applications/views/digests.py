"""Whether one wants the daily summary by mail."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.queries.digests import is_wanted_by, lines_for
from applications.services.digests import set_wanted
from applications.views.staff import staff_of
from cityhall.access import staff_only
from cityhall.days import today


@staff_only("applications.receive_case")
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def digest_setting(request: HttpRequest) -> HttpResponse:
    """What the summary would say now, and the switch."""
    user = staff_of(request)
    if request.method == HTTPMethod.POST:
        is_wanted = "is_wanted" in request.POST
        set_wanted(by=user, is_wanted=is_wanted)
        messages.success(
            request,
            _("毎朝のお知らせをメールで受け取ります。") if is_wanted else _("毎朝のお知らせを受け取りません。"),
        )
        return redirect("applications:digest_setting")
    context = {"is_wanted": is_wanted_by(user), "lines": lines_for(user, today=today())}
    return render(request, "applications/digest_setting.html", context)
