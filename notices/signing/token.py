"""The PKCS#11 token that holds the key: opened with its PIN once, and never again with a PIN that it refused.

A token locks itself after a few wrong PINs, for good or until its maker's officer comes. What one process learnt
therefore counts for all (`TokenLogin`), until the settings change or a person says so.
"""

import datetime as dt
import hashlib
import hmac
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from notices.models import TokenLogin
from notices.signing.errors import SigningKeyUnusable, TokenPinRefused

log = logging.getLogger(__name__)

# how long one process may take to open the token, and how long others wait for it
_TRY_LASTS = dt.timedelta(seconds=30)
_WAIT_SECONDS = 10.0
# the token was taken out and put back, or forgot us: the next session is a good one
_DEAD = frozenset(
    {
        "DeviceError",
        "DeviceRemoved",
        "KeyHandleInvalid",
        "ObjectHandleInvalid",
        "SessionClosed",
        "SessionHandleInvalid",
        "TokenNotPresent",
        "TokenNotRecognised",
        "UserNotLoggedIn",
    }
)


class SessionLost(Exception):
    """The session with the token is over."""


@dataclass(frozen=True)
class Token:
    """Where a key is that never leaves its token: the token's library and label, its PIN, the key's label."""

    module: str
    label: str
    pin: str
    key: str

    @classmethod
    def of_settings(cls) -> "Token":
        """The one that the settings name."""
        return cls(
            module=settings.SIGNING_PKCS11_MODULE,
            label=settings.SIGNING_PKCS11_TOKEN,
            pin=settings.SIGNING_PKCS11_PIN,
            key=settings.SIGNING_PKCS11_KEY,
        )

    @property
    def fingerprint(self) -> str:
        """What stands for library, label and PIN: keyed, for a PIN is short."""
        said = "\x1f".join(("token", self.module, self.label, self.pin))
        return hmac.digest(settings.LINK_KEY.encode(), said.encode(), hashlib.sha256).hex()


def open_session(token: Token) -> Any:
    """A session with the token. One process tries at a time, the others wait for what it learns.

    Raises TokenPinRefused (now, or before with the same settings: then nothing is tried), SigningKeyUnusable.
    """
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import open_pkcs11_session

    _take_turn(token.fingerprint)
    outcome: dict[str, Any] = {}
    try:
        return open_pkcs11_session(token.module, token_criteria=TokenCriteria(label=token.label), user_pin=token.pin)
    except Exception as error:
        # the module's own errors, of which each maker has others
        name = type(error).__name__
        log.exception("signing token cannot be opened", extra={"error": name}, exc_info=False)
        if name.startswith("Pin"):
            outcome = {"refused_at": timezone.now(), "is_locked": name == "PinLocked"}
            raise TokenPinRefused from error
        raise SigningKeyUnusable from error
    finally:
        TokenLogin.objects.filter(fingerprint=token.fingerprint).update(trying_until=None, **outcome)


@contextmanager
def token_errors() -> Iterator[None]:
    """Turn what a token says while it signs into our words. Raises SessionLost, SigningKeyUnusable."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "pkcs11":
            raise
        name = type(error).__name__
        log.exception("signing token failed", extra={"error": name}, exc_info=False)
        raise (SessionLost if name in _DEAD else SigningKeyUnusable) from error


def begin_anew(token: Token) -> None:
    """Have the token's library look for the token again; what it knew of sessions is gone."""
    from pkcs11 import lib

    # a library that cannot is opened as it stands: then the next session says what is wrong
    with suppress(Exception):
        lib(token.module).reinitialize()


def refusal() -> TokenLogin | None:
    """That the token of the settings refused their PIN; nothing is tried while this stands."""
    if not settings.SIGNING_PKCS11_MODULE:
        return None
    fingerprint = Token.of_settings().fingerprint
    return TokenLogin.objects.filter(fingerprint=fingerprint, refused_at__isnull=False).first()


def allow_again(login: TokenLogin) -> bool:
    """Let the same PIN be tried once more, because a person says so; False when somebody did already."""
    refused = TokenLogin.objects.filter(pk=login.pk, refused_at__isnull=False)
    return bool(refused.update(refused_at=None, is_locked=False))


def _take_turn(fingerprint: str) -> None:
    TokenLogin.objects.get_or_create(fingerprint=fingerprint)
    login = TokenLogin.objects.filter(fingerprint=fingerprint)
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        now = timezone.now()
        free = login.filter(Q(trying_until__isnull=True) | Q(trying_until__lte=now), refused_at__isnull=True)
        if free.update(trying_until=now + _TRY_LASTS):
            return
        if login.filter(refused_at__isnull=False).exists():
            raise TokenPinRefused
        if time.monotonic() >= deadline:
            raise SigningKeyUnusable
        time.sleep(0.1)
