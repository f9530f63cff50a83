"""Any version of a guide, published or not, as residents would walk through it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.permissions import MANAGE_GUIDES
from applications.views.guide.pages import READ_OR_SEND, forget, show_check, show_page, show_start
from applications.views.guide.results import show_result, tick
from applications.views.guide.walk import trial_walk
from cityhall.access import staff_only


@staff_only(MANAGE_GUIDES)
@never_cache
@require_safe
def guide_try_start(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """The beginning of a version that is tried out."""
    return show_start(trial_walk(request, key, version))


@staff_only(MANAGE_GUIDES)
@never_cache
@require_http_methods(READ_OR_SEND)
def guide_try_page(request: HttpRequest, key: str, version: int, number: int) -> HttpResponse:
    """One page of its questions."""
    return show_page(trial_walk(request, key, version), number)


@staff_only(MANAGE_GUIDES)
@never_cache
@require_safe
def guide_try_check(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """The summary."""
    return show_check(trial_walk(request, key, version))


@staff_only(MANAGE_GUIDES)
@never_cache
@require_safe
def guide_try_result(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """What the answers call for."""
    return show_result(trial_walk(request, key, version))


@staff_only(MANAGE_GUIDES)
@require_POST
def guide_try_tick(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """Ticks of a trial stay in the session."""
    return tick(trial_walk(request, key, version))


@staff_only(MANAGE_GUIDES)
@require_POST
def guide_try_forget(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """Begin the trial again."""
    return forget(trial_walk(request, key, version))
