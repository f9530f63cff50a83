"""Public reference numbers: random, with a check digit, a key to nothing by themselves.

Eleven digits: never twelve, because one of ten 12-digit numbers passes for a My Number.
"""

import re
import secrets
import unicodedata

LENGTH = 11
_HYPHENS_AND_BLANKS = re.compile(r"[\s\-‐‑‒–—―−ーｰ]+")
# the quasigroup of H. M. Damm (2004): finds every single wrong digit and every swap of neighbours
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def new_number() -> str:
    """Eleven random digits, the first not zero (spreadsheets drop it), the last a check digit.

    Uniqueness is the table's business: callers try again when the number is taken.
    """
    body = str(secrets.randbelow(9) + 1) + "".join(secrets.choice("0123456789") for _ in range(LENGTH - 2))
    return body + check_digit(body)


def check_digit(digits: str) -> str:
    """The digit that brings a number to the quasigroup's zero."""
    state = 0
    for digit in digits:
        state = _DAMM[state][int(digit)]
    return str(state)


def is_valid_number(text: str) -> bool:
    """Whether a normalised number can be one of ours."""
    return re.fullmatch(rf"[0-9]{{{LENGTH}}}", text) is not None and check_digit(text) == "0"


def normalize_number(text: str) -> str:
    """What a person typed, without blanks and hyphens, in ASCII digits; other characters stay."""
    return _HYPHENS_AND_BLANKS.sub("", unicodedata.normalize("NFKC", text))


def format_number(number: str) -> str:
    """As it is shown and read out: 1234-5678-901."""
    return "-".join((number[:4], number[4:8], number[8:]))
