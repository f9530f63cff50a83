"""Programs of the city hall (core systems, RPA) at the JSON interface: known by a token, never by a session."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from cityhall.enums import DeviceKind
from cityhall.models import Device
from cityhall.services import devices

_SCHEME = "bearer "


class SystemToken(BaseAuthentication):
    """`Authorization: Bearer …` with the token that an administrator issued for one program."""

    def authenticate(self, request: Request) -> tuple[Any, Device] | None:
        """The program as `request.auth`; None without the header. Raises AuthenticationFailed. One query."""
        header = request.headers.get("Authorization", "")
        if not header.lower().startswith(_SCHEME):
            return None
        device = devices.authenticate(header[len(_SCHEME) :].strip())
        if device is None or device.kind != DeviceKind.SYSTEM:
            raise AuthenticationFailed
        return request._request.user, device

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class IsSystem(BasePermission):
    """Programs only: whoever is signed in as a person has nothing to do here."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, Device)


class SystemTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the token is described in the public contract."""

    target_class = SystemToken
    name = "systemToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
