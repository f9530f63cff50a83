"""Where twelve digits are taken for a My Number (個人番号), which the portal never stores: not in a draft either."""

import unicodedata
from typing import Any

from applications.definition import Field
from applications.enums import FieldType
from cityhall.text import has_my_number

MY_NUMBER_LENGTH = 12
COORDINATES = frozenset({"latitude", "longitude"})
"""Parts of a place; twelve decimals of a degree are no My Number."""
_IN_DIGITS = frozenset({FieldType.NUMBER, FieldType.MONEY, FieldType.BANK_ACCOUNT})
"""Kinds whose separators are taken out before the digits are looked at."""
_SEPARATORS = str.maketrans("", "", ",、 -")


def asks_for_own_number(field: Field) -> bool:
    """Whether a question asks for a number of its own (meter, insurance): then 12 digits are no My Number.

    The rule on characters says digits and the limit says that it is not a box for exactly 12 of them.
    """
    return field.charset == "digits" and field.max_length != MY_NUMBER_LENGTH


def may_hold_my_number(field: Field, value: Any) -> bool:
    """Whether a typed value of the question has in it what its check refuses as a My Number."""
    if field.type == FieldType.PHONE or asks_for_own_number(field):
        return False
    match value:
        case dict():
            return any(may_hold_my_number(field, text) for part, text in value.items() if part not in COORDINATES)
        case list():
            return any(may_hold_my_number(field, text) for text in value)
    if any(option.value == value for option in field.options):
        return False
    digits = unicodedata.normalize("NFKC", value).translate(_SEPARATORS) if field.type in _IN_DIGITS else ""
    return has_my_number(value) or has_my_number(digits)
