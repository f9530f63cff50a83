"""Encryption of short texts at rest (mail bodies that carry a code, drafts kept over a sign-in)."""

import base64
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


class CannotDecrypt(DomainError):
    """The text was made with another key, or altered."""

    code = "cannot_decrypt"
    message = _("暗号化されたデータを読み取れません。鍵の設定を確認してください。")


@lru_cache(maxsize=2)
def _cipher(secret: str) -> "Fernet":
    return _made(secret, "outbox 1")


def _made(secret: str, purpose: str) -> "Fernet":
    # imported here: 30 ms that most processes never need
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"frontyard {purpose}".encode()).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))


def encrypt(text: str) -> str:
    """The text under OUTBOX_KEY (Fernet: AES-128-CBC and HMAC); different at every call."""
    return _cipher(settings.OUTBOX_KEY).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text of `encrypt`. Raises CannotDecrypt."""
    from cryptography.fernet import InvalidToken

    try:
        return _cipher(settings.OUTBOX_KEY).decrypt(token.encode()).decode()
    except InvalidToken:
        raise CannotDecrypt from None


def encrypt_for(code: str, text: str, *, purpose: str) -> str:
    """The text under OUTBOX_KEY and a code that only its holder has: neither opens it without the other."""
    return _made(_joined(code), purpose).encrypt(text.encode()).decode()


def decrypt_for(code: str, token: str, *, purpose: str) -> str:
    """The text of `encrypt_for`. Raises CannotDecrypt."""
    from cryptography.fernet import InvalidToken

    try:
        return _made(_joined(code), purpose).decrypt(token.encode()).decode()
    except InvalidToken:
        raise CannotDecrypt from None


def _joined(code: str) -> str:
    return f"{settings.OUTBOX_KEY}\x1f{code}"
