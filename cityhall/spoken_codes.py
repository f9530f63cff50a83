"""Codes that people read aloud and type from paper: small letters without twins, in groups, with a check character."""

import hashlib
import secrets

from cityhall.ids import read_short_code
from cityhall.references import normalize_number

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""31 characters, a prime number, without twins: a weighted sum finds every wrong one and every swap of two."""
LENGTH = 12
_GROUP = 4


def random_code() -> str:
    """Eleven random characters (54 bits) and a check character."""
    return _with_check("".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1)))


def derived_code(secret: str) -> str:
    """The code that belongs to a secret: the same each time, and no way back."""
    number, characters = int.from_bytes(hashlib.sha256(secret.encode()).digest(), "big"), ""
    for _ in range(LENGTH - 1):
        number, place = divmod(number, len(ALPHABET))
        characters += ALPHABET[place]
    return _with_check(characters)


def read_code(text: str) -> str:
    """The code however it was typed: capital letters, full width, blanks and hyphens do not matter.

    Empty for what cannot be a code: a slip is told from a code that is over without asking the database.
    """
    code = normalize_number(read_short_code(text))
    is_code = len(code) == LENGTH and set(code) <= set(ALPHABET) and _with_check(code[:-1]) == code
    return code if is_code else ""


def written(code: str) -> str:
    """As it is shown: abcd-efgh-jkmn."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def _with_check(body: str) -> str:
    total = sum(weight * ALPHABET.index(character) for weight, character in enumerate(body, start=2))
    return body + ALPHABET[-total % len(ALPHABET)]
