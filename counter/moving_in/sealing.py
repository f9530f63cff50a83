"""What the database holds of an imported notice, and what opens it (docs/move-in-import.md).

The token of the prefill is stored nowhere in clear: it lies under the server's key and the portal's number, which is
not stored either and is stretched as the spoken digits are. What was imported lies under the token.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings

from cityhall.crypto import decrypt, decrypt_for, encrypt, encrypt_for
from counter import codes
from counter.moving_in.notices import Notice
from counter.stretching import stretched

_TOKEN: Final = "move-in token 1"  # noqa: S105 - what a key is for, no key
_TAKEN: Final = "move-in taken 1"


def lookup_of(number: str) -> str:
    """What the database finds a notice by; it leads back to no number without the server's key."""
    return _keyed("number", number.encode())


def mark_of(notice: Notice) -> str:
    """Whether a row says the same as before, without saying what."""
    return _keyed("row", json.dumps(notice.to_json(), sort_keys=True, ensure_ascii=False).encode())


def mark_of_text(text: str) -> str:
    """The same of one text: an address that mail went to."""
    return _keyed("text", text.encode()) if text else ""


def mark_of_file(content: bytes) -> str:
    return _keyed("file", content)


def seal_token(number: str, token: str) -> str:
    """The token for who has the portal's number. About 30 ms."""
    return encrypt_for(stretched(number, lookup_of(number)), token, purpose=_TOKEN)


def open_token(number: str, sealed: str) -> str:
    """Raises CannotDecrypt."""
    return decrypt_for(stretched(number, lookup_of(number)), sealed, purpose=_TOKEN)


def seal_values(token: str, values: Mapping[str, Any]) -> str:
    """What was imported, to tell later what the family has changed."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return encrypt_for(codes.key_part(token), text, purpose=_TAKEN)


def open_values(token: str, sealed: str) -> dict[str, Any]:
    """Raises CannotDecrypt."""
    values: dict[str, Any] = json.loads(decrypt_for(codes.key_part(token), sealed, purpose=_TAKEN))
    return values


def seal_notice(notice: Notice) -> str:
    """A row on its way from the file to the worker: under the server's key, and wiped when it is done."""
    return encrypt(json.dumps(notice.to_json(), ensure_ascii=False, separators=(",", ":")))


def open_notice(sealed: str) -> Notice:
    """Raises CannotDecrypt."""
    return Notice.from_json(json.loads(decrypt(sealed)))


def _keyed(purpose: str, content: bytes) -> str:
    key = settings.LINK_KEY.encode()
    return hmac.new(key, f"move-in {purpose}\x1f".encode() + content, hashlib.sha256).hexdigest()
