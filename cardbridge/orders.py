"""Orders of the portal to read one card: signed by it, for this purpose, for a short time, each used once.

An order is `payload.signature`, both base64url without padding. The payload is JSON: `v` 1, `aud` "cardbridge",
`origin` of the portal, `nonce`, `exp` (seconds since 1970), and who asks for which visit, which is no matter of ours.
Ed25519: the bridge knows the portal's public key, so that nothing on a counter PC can make orders.
"""

import base64
import binascii
import json
import threading
import time
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cardbridge.errors import Expired, Refused

CONTEXT: Final = b"frontyard card bridge order 1\0"
"""Before every payload that is signed: a signature of the same key for anything else is none here."""
AUDIENCE: Final = "cardbridge"
_MOST_CHARACTERS: Final = 2000
_LONGEST: Final = 300
# clocks of counter PCs differ
_LEEWAY: Final = 120


@dataclass(frozen=True)
class Order:
    nonce: str
    expires: int


class Orders:
    """Checks orders and remembers the nonces of those that may still come again. For all threads."""

    def __init__(self, key: bytes, origin: str) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(key)
        self._origin = origin
        self._lock = threading.Lock()
        self._used: dict[str, int] = {}

    def take(self, text: str, now: float | None = None) -> Order:
        """Use up an order. Raises Refused when it is not the portal's or was used, Expired."""
        moment = time.time() if now is None else now
        order = self._checked(text, moment)
        with self._lock:
            self._used = {nonce: until for nonce, until in self._used.items() if until >= moment}
            if order.nonce in self._used:
                raise Refused
            self._used[order.nonce] = order.expires + _LEEWAY
        return order

    def _checked(self, text: str, now: float) -> Order:
        payload = self._opened(text)
        nonce, expires = payload.get("nonce"), payload.get("exp")
        is_ours = (payload.get("v"), payload.get("aud"), payload.get("origin")) == (1, AUDIENCE, self._origin)
        if not (is_ours and isinstance(nonce, str) and len(nonce) >= 16 and type(expires) is int):
            raise Refused
        if not now - _LEEWAY <= expires <= now + _LONGEST + _LEEWAY:
            raise Expired
        return Order(nonce, expires)

    def _opened(self, text: str) -> dict[str, Any]:
        if len(text) > _MOST_CHARACTERS:
            raise Refused
        payload, separator, signature = text.partition(".")
        try:
            raw = _decoded(payload)
            self._key.verify(_decoded(signature), CONTEXT + raw)
            content = json.loads(raw) if separator else None
        except (InvalidSignature, ValueError):
            raise Refused from None
        if not isinstance(content, dict):
            raise Refused
        return content


def _decoded(text: str) -> bytes:
    """Base64url without padding. Raises ValueError."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError from None
