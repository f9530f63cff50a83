"""Exact decimals: what counts as a number, sums and products, and how one is written."""

import re
from collections.abc import Iterable
from decimal import Context, Decimal

MOST_CHARACTERS = 100
"""A number longer than this, written out, counts as blank, typed or calculated: chains of products stay small."""

_WRITTEN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
# enough for the product of two numbers and for the sum of very many: nothing is ever rounded
_EXACT = Context(prec=4 * MOST_CHARACTERS)


def number(text: str) -> Decimal | None:
    """The number of a text like -12.50; None for anything else."""
    if len(text) > MOST_CHARACTERS or not _WRITTEN.fullmatch(text):
        return None
    return Decimal(text)


def total(numbers: Iterable[Decimal]) -> Decimal | None:
    """The sum; None when there is nothing to add."""
    found = None
    for one in numbers:
        found = one if found is None else _EXACT.add(found, one)
    return None if found is None else _bounded(found)


def product(left: Decimal, right: Decimal) -> Decimal | None:
    """The product."""
    return _bounded(_EXACT.multiply(left, right))


def written(value: Decimal) -> str:
    """-12.5: no exponent, no zeros at the end, no minus before zero."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _bounded(value: Decimal) -> Decimal | None:
    return value if len(written(value)) <= MOST_CHARACTERS else None
