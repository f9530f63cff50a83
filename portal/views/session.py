"""The session itself: stay signed in, and send again what was kept."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from cityhall.access import public, signed_in
from portal import kept_posts


@public
@never_cache
@require_POST
def session_touch(request: HttpRequest) -> HttpResponse:
    """204 while the session lives (the middleware has noted its use), 401 when it is over."""
    return HttpResponse(status=204 if request.user.is_authenticated else 401)


@signed_in
@never_cache
@require_GET
def kept_post(request: HttpRequest, kept_id: str) -> HttpResponse:
    """Show what was kept for this person, with one button that sends it."""
    form = kept_posts.find(request, kept_id, request.user.get_username())
    return render(request, "portal/kept_post.html", {"kept": form}, status=200 if form else 410)
