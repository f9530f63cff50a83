"""Who may open a view. Every URL of ours carries exactly one of these rules; a test walks them all.

A stranger gets 404: the page does not admit that it exists.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase

from cityhall.guests import holds_anything

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def _with_rule(view: Callable[..., HttpResponseBase], wrapped: View, rule: str) -> View:
    view.access_rule = rule  # type: ignore[attr-defined]
    return cast("View", view)


def public(view: View) -> View:
    """Everybody, signed in or not."""
    view.access_rule = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Residents and staff; others are asked to sign in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return _with_rule(guarded, view, "signed_in")


def resident_only(view: View) -> View:
    """People signed in as residents; staff accounts have no resident pages."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.user.is_staff:
            raise Http404
        return view(request, *args, **kwargs)

    return _with_rule(guarded, view, "resident")


def resident_or_guest(view: View) -> View:
    """Residents, and visitors for what their browser has shown to be theirs (`cityhall.guests`; the view looks).

    A visitor who finds nothing is asked to sign in, whether it exists or not. Staff get 404.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _as_guest(view, request, *args, **kwargs)
        if request.user.is_staff:
            raise Http404
        return view(request, *args, **kwargs)

    return _with_rule(guarded, view, "guest")


def signed_in_or_guest(view: View) -> View:
    """Residents and staff, and visitors as in `resident_or_guest`."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _as_guest(view, request, *args, **kwargs)
        return view(request, *args, **kwargs)

    return _with_rule(guarded, view, "signed_in_or_guest")


def _as_guest(
    view: Callable[..., HttpResponseBase], request: HttpRequest, *args: Any, **kwargs: Any
) -> HttpResponseBase:
    """The view for a visitor who has shown something; the sign-in page instead of 404."""
    if holds_anything(request.session):
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            pass
        else:
            # the JSON views answer 404 instead of raising it
            if response.status_code != HTTPStatus.NOT_FOUND:
                return response
    return redirect_to_login(request.get_full_path())


def staff_only(*permissions: str) -> Callable[[View], View]:
    """Staff who hold all the permissions (Django names: `app.codename`)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not request.user.is_staff or not request.user.has_perms(permissions):
                raise Http404
            return view(request, *args, **kwargs)

        return _with_rule(guarded, view, "staff:" + ",".join(permissions))

    return decorate
