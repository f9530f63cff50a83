"""The key that tells push services who sends (VAPID, RFC 8292). Another key ends every subscription there is."""

import base64
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey


def make_vapid_key(path: Path) -> bool:
    """Write a new key (P-256, PEM) unless one is there already; whether it was written."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.touch(mode=0o600)
    path.write_bytes(content)
    return True


def is_there() -> bool:
    """Whether this installation can push at all."""
    return bool(settings.VAPID_KEY_PATH.is_file())


def public_key() -> str:
    """What a browser needs to subscribe (the point, base64url), or "" without a key."""
    if not is_there():
        return ""
    from cryptography.hazmat.primitives import serialization

    point = (
        _key(settings.VAPID_KEY_PATH)
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def signer() -> Any:
    """The key as pywebpush takes it; kept, so that the file is read once a process. Raises FileNotFoundError."""
    return _signer(settings.VAPID_KEY_PATH)


def claims() -> dict[str, str | int]:
    """Whom a push service asks when something is wrong. A new dict each time: pywebpush writes into it."""
    return {"sub": settings.VAPID_CONTACT or f"mailto:{settings.DEFAULT_FROM_EMAIL}"}


@lru_cache(maxsize=2)
def _key(path: Path) -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives import serialization

    return serialization.load_pem_private_key(path.read_bytes(), password=None)  # type: ignore[return-value]


@lru_cache(maxsize=2)
def _signer(path: Path) -> Any:
    # half a second of imports that only the worker needs
    from py_vapid import Vapid02

    return Vapid02(private_key=_key(path))
