"""Secrets in links, derived instead of stored: the mail can be rendered again, raising the version revokes."""

import base64
import hashlib
import hmac

from django.conf import settings

_BYTES = 20


def link_secret(purpose: str, id: int | str, version: int) -> str:  # noqa: A002 - the contract's name
    """27 URL-safe characters (160 bits) from the server's key; different for every purpose, row and version."""
    message = "\x1f".join((purpose, str(id), str(version))).encode()
    digest = hmac.digest(settings.LINK_KEY.encode(), message, hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:_BYTES]).rstrip(b"=").decode()


def is_link_secret(secret: str, purpose: str, id: int | str, version: int) -> bool:  # noqa: A002
    """Whether a secret from outside is the right one, compared in constant time."""
    return hmac.compare_digest(secret.encode(), link_secret(purpose, id, version).encode())
