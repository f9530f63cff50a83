"""Deleting what is kept: asked once, then gone for good."""

from http import HTTPMethod

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.access import public
from counter.elsewhere import forget_elsewhere
from counter.home import Home
from counter.services import prefills
from counter.views.home.opening import READ_OR_SEND, with_prefill


@public
@never_cache
@require_http_methods(READ_OR_SEND)
@with_prefill
def home_delete(request: HttpRequest, home: Home) -> HttpResponse:
    """Asks once. Afterwards the browser keeps its token, which opens nothing but the page that says so."""
    if request.method != HTTPMethod.POST:
        return render(request, "counter/home/delete.html", {"home": home})
    prefills.delete(token=home.token)
    forget_elsewhere(request.session)
    return redirect("counter:home_start")
