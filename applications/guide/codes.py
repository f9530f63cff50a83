"""Codes under which the answers to a guide are kept: read aloud, typed from paper, never guessed."""

import hashlib
import hmac
import secrets

from django.conf import settings

from cityhall.ids import read_short_code
from cityhall.references import normalize_number

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""31 characters, a prime number, without twins: a weighted sum finds every wrong one and every swap of two."""
LENGTH = 12
_GROUP = 4


def new_code() -> str:
    """Eleven random characters (54 bits) and a check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check_character(body)


def read_code(text: str) -> str:
    """The code however it was typed: capital letters, full width, blanks and hyphens do not matter.

    Empty for what cannot be a code: a slip is told from a code that is over without asking the database.
    """
    code = normalize_number(read_short_code(text))
    is_code = len(code) == LENGTH and set(code) <= set(ALPHABET) and _check_character(code[:-1]) == code[-1]
    return code if is_code else ""


def written(code: str) -> str:
    """As it is shown: abcd-efgh-jkmn."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def lookup_of(code: str) -> str:
    """What the database finds the row by; without the server's key it leads back to no code."""
    return hmac.new(settings.LINK_KEY.encode(), b"guide\x1f" + code.encode(), hashlib.sha256).hexdigest()


def _check_character(body: str) -> str:
    total = sum(weight * ALPHABET.index(character) for weight, character in enumerate(body, start=2))
    return ALPHABET[-total % len(ALPHABET)]
