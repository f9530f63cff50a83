"""Answers of a prefill at rest: under a random key, which is wrapped twice.

Once for the token and the server's key, once for the spoken digits (Argon2id, 19 MiB, two passes, as passwords) and
the server's key. Who has the database alone has neither; who has the digits alone has no database.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cityhall.crypto import CannotDecrypt, decrypt_for, encrypt_for
from counter import codes
from counter.stretching import stretched

_BY_TOKEN = "prefill token 1"  # noqa: S105 - what a key is for, no key
_BY_SPOKEN = "prefill spoken 1"


@dataclass(frozen=True)
class Sealed:
    """What the database holds: the answers, and the key to them under two locks."""

    answers: str
    key_by_token: str
    key_by_spoken: str


def seal(token: str, content: Mapping[str, Any], *, salt: str) -> Sealed:
    """Encrypt the content under a new key. `salt` is the row's own (its look-up). About 30 ms: Argon2id."""
    from cryptography.fernet import Fernet

    key = Fernet.generate_key()
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    stretched_code = stretched(codes.spoken_code(token), salt)
    return Sealed(
        answers=Fernet(key).encrypt(text.encode()).decode(),
        key_by_token=encrypt_for(codes.key_part(token), key.decode(), purpose=_BY_TOKEN),
        key_by_spoken=encrypt_for(stretched_code, key.decode(), purpose=_BY_SPOKEN),
    )


def open_by_token(token: str, sealed: Sealed) -> dict[str, Any]:
    """The content, for who has the QR. Raises CannotDecrypt (the server's key was changed)."""
    return _opened(decrypt_for(codes.key_part(token), sealed.key_by_token, purpose=_BY_TOKEN), sealed)


def open_by_spoken(spoken: str, sealed: Sealed, *, salt: str) -> dict[str, Any]:
    """The content, for who was told the digits. Raises CannotDecrypt."""
    return _opened(decrypt_for(stretched(spoken, salt), sealed.key_by_spoken, purpose=_BY_SPOKEN), sealed)


def _opened(key: str, sealed: Sealed) -> dict[str, Any]:
    from cryptography.fernet import Fernet, InvalidToken

    try:
        text = Fernet(key.encode()).decrypt(sealed.answers.encode())
    except InvalidToken:
        raise CannotDecrypt from None
    content: dict[str, Any] = json.loads(text)
    return content
