"""Internal surveys (庁内照会) without a database: totals, charts, lines of the table."""

import re
from typing import Final

from cityhall.ids import short_code

KEY_PREFIX: Final = "shokai-"
"""How the keys of procedures begin that hold the questions of a survey, also of one that was deleted."""
_KEY: Final = re.compile(rf"{KEY_PREFIX}[0-9a-z]{{8,32}}")


def new_key() -> str:
    """A key for the procedure that holds the questions of a survey."""
    return f"{KEY_PREFIX}{short_code()}{short_code()}"


def is_key(text: str) -> bool:
    """Whether this may be such a key."""
    return _KEY.fullmatch(text) is not None
