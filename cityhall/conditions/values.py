"""What can be known under a key, and how one value is written as text."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cityhall.conditions.decimals import written
from cityhall.conditions.language import Scalar

Fact = Scalar | tuple[str, ...] | tuple[dict[str, Any], ...] | dict[str, Any]
"""A scalar, what was chosen or attached, the facts of each row, or a whole of named parts (only filled or blank)."""
Facts = Mapping[str, Fact]
"""What is known, by `key` and `key.part`. A blank is an absent key."""


def text_of(value: Scalar) -> str:
    """The value as answers write it; a flag is true or false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return written(value)
    if isinstance(value, dt.datetime | dt.time):
        return value.isoformat(timespec="minutes")
    return value if isinstance(value, str) else value.isoformat()
