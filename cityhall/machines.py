"""Kiosks, displays and desk tablets as they come in over HTTP: known by the token in their cookie."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import Http404, HttpRequest, HttpResponseBase

from cityhall.enums import DeviceKind
from cityhall.models import Device
from cityhall.services import devices

TOKEN_COOKIE = "device"  # noqa: S105 - the cookie's name
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def device_of(request: HttpRequest) -> Device | None:
    """The paired device this browser is, or None. One query."""
    token = request.COOKIES.get(TOKEN_COOKIE, "")
    return devices.authenticate(token) if token else None


def device_only(kind: DeviceKind) -> Callable[[View], View]:
    """A rule as those of `cityhall.access`: paired devices of one kind; everybody else gets 404.

    The view finds the device as `request.device`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            device = device_of(request)
            if device is None or device.kind != kind:
                raise Http404
            request.device = device  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        guarded.access_rule = f"device:{kind}"  # type: ignore[attr-defined]
        return cast("View", guarded)

    return decorate
