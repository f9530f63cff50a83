"""Internal surveys (庁内照会) without a database: totals, charts, lines of the table."""

import re
from typing import Final

from cityhall.ids import short_code

_KEY: Final = re.compile(r"shokai-[0-9a-z]{8,32}")


def new_key() -> str:
    """A key for the procedure that holds the questions of a survey."""
    return f"shokai-{short_code()}{short_code()}"


def is_key(text: str) -> bool:
    """Whether this may be such a key."""
    return _KEY.fullmatch(text) is not None
