"""The code of a prefill: what the QR carries, what is read aloud, and what is derived from it.

`FY1` + the city's code + 26 characters of base32 (130 random bits) stand in the QR's alphanumeric mode. The token is
never stored. From it follow (HKDF, RFC 5869): what the row is found by, a part of the key to the answers, and the
ten digits a person can read aloud. The look-up of the check-in is the one every reservation has
(`reservations.codes.checkin_lookup`), so that one QR serves the kiosk and the desk.
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from django.conf import settings

from cityhall.references import check_digit, normalize_number
from counter.stretching import stretched
from reservations.codes import CODE_PREFIX, read_checkin_code

_TOKEN_LENGTH = 26
_TOKEN_BYTES = 17
_TOKEN = re.compile(r"[A-Z2-7]{26}")
_SPOKEN_LENGTH = 10
_CODE_LENGTH = len(CODE_PREFIX) + 6 + _TOKEN_LENGTH
_BEGINNING = re.compile(rf"{CODE_PREFIX}([0-9]{{0,5}}|[0-9]{{6}}[A-Z2-7]{{0,{_TOKEN_LENGTH - 1}}})")
_MOST_TYPED = 400


@dataclass(frozen=True)
class ReadCode:
    """A code of the QR taken apart."""

    city: str
    token: str


def new_token() -> str:
    """26 characters of base32: 130 random bits."""
    return base64.b32encode(secrets.token_bytes(_TOKEN_BYTES)).decode()[:_TOKEN_LENGTH]


def is_token(text: str) -> bool:
    """Whether a text from outside can be a token."""
    return _TOKEN.fullmatch(text) is not None


def full_code(city: str, token: str) -> str:
    """The 35 characters of the QR."""
    return f"{CODE_PREFIX}{city}{token}"


def read_code(text: str) -> ReadCode | None:
    """The code in what a camera or a scanner's keyboard sent, None when there is none; written as those of bookings."""
    code = read_checkin_code(text)
    rest = code.removeprefix(CODE_PREFIX)
    return ReadCode(rest[:-_TOKEN_LENGTH], rest[-_TOKEN_LENGTH:]) if code else None


def lookup_of(token: str) -> str:
    """What the database finds the row by: it leads back to no token."""
    return _derived(token, "lookup", 32).hex()


def key_part(token: str) -> str:
    """The token's part of the key to the answers; the other part is the server's."""
    return _derived(token, "key", 32).hex()


def spoken_code(token: str) -> str:
    """Nine digits and a check digit that belong to the token; there is no way back."""
    number = int.from_bytes(_derived(token, "spoken", 16), "big") % 10 ** (_SPOKEN_LENGTH - 1)
    body = f"{number:0{_SPOKEN_LENGTH - 1}d}"
    return body + check_digit(body)


def spoken_lookup(spoken: str) -> str:
    """What the database finds the row by when the digits are typed. About 30 ms: Argon2id.

    Without the server's key it tells nothing. Who has database and key can try the billion codes, each at that price:
    a year of one processor for all of them, not seconds.
    """
    salt = hmac.new(settings.LINK_KEY.encode(), b"prefill spoken 2", hashlib.sha256).hexdigest()
    return stretched(spoken, salt)


def read_spoken(text: str) -> str:
    """The ten digits however they were typed, "" for what cannot be a code."""
    digits = normalize_number(text[:_MOST_TYPED])
    is_code = re.fullmatch(rf"[0-9]{{{_SPOKEN_LENGTH}}}", digits) is not None and check_digit(digits) == "0"
    return digits if is_code else ""


@dataclass(frozen=True)
class CodeSlip:
    """What is wrong with a code that was typed in part, or with a slip. Nothing of the code itself."""

    is_spoken: bool
    missing: int
    """Characters that are still to come; below zero: too many."""


def slip_of(text: str) -> CodeSlip | None:
    """What is missing of a code, None where nothing of the kind was typed (or the code is whole)."""
    typed = normalize_number(text[:_MOST_TYPED]).upper()
    if re.fullmatch(rf"[0-9]{{1,{2 * _SPOKEN_LENGTH}}}", typed):
        return None if read_spoken(typed) else CodeSlip(is_spoken=True, missing=_SPOKEN_LENGTH - len(typed))
    if _BEGINNING.fullmatch(typed):
        return CodeSlip(is_spoken=False, missing=_CODE_LENGTH - len(typed))
    return None


def written(spoken: str) -> str:
    """As it is shown and read aloud: 123-456-7890."""
    return f"{spoken[:3]}-{spoken[3:6]}-{spoken[6:]}"


def _derived(token: str, purpose: str, length: int) -> bytes:
    # imported here: 30 ms that most processes never need
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=length, salt=None, info=f"frontyard prefill {purpose} 1".encode()).derive(
        token.encode()
    )
