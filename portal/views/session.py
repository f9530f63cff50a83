"""The session itself: stay signed in, and send again what was kept."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from cityhall import guests
from cityhall.access import public, signed_in_or_guest
from portal import kept_posts


@public
@never_cache
@require_POST
def session_touch(request: HttpRequest) -> HttpResponse:
    """204 while the session lives (the middleware has noted its use), 401 when it is over.

    `?row=` is what a guest is at: they have no sign-in that could end.
    """
    lives = request.user.is_authenticated or guests.touch(request.session, request.GET.get("row", ""))
    return HttpResponse(status=204 if lives else 401)


@public
@never_cache
@require_GET
def guest_ended(request: HttpRequest) -> HttpResponse:
    """What a guest is told whose browser may not open an application any more: why, and how to come back."""
    return render(request, "portal/guest_ended.html")


@signed_in_or_guest
@never_cache
@require_GET
def kept_post(request: HttpRequest, kept_id: str) -> HttpResponse:
    """Show what was kept for this person, with one button that sends it."""
    form = kept_posts.find(request, kept_id)
    return render(request, "portal/kept_post.html", {"kept": form}, status=200 if form else 410)
