"""Placeholders that would not be filled, each with the line where it stands."""

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_WRITTEN = re.compile(r"\(\(([^()\n]*)\)\)?|（（([^（）\n]*)））?")


@dataclass(frozen=True)
class Mistake:
    """A placeholder nobody knows; `nearest` is the one that was probably meant, or nothing."""

    line: int
    written: str
    nearest: str


def mistakes_in(text: str, known: Collection[str]) -> list[Mistake]:
    """In the order of the text. Full-width and unclosed brackets are mistakes too: they would be printed as such."""
    return list(_mistakes(text, known))


def _mistakes(text: str, known: Collection[str]) -> Iterator[Mistake]:
    for number, line in enumerate(text.splitlines(), start=1):
        for match in _WRITTEN.finditer(line):
            name = (match[1] if match[1] is not None else match[2] or "").strip()
            is_closed = match[0].startswith("((") and match[0].endswith("))")
            if name in known and is_closed:
                continue
            nearest = name if name in known else next(iter(difflib.get_close_matches(name, known, n=1)), "")
            yield Mistake(number, match[0], nearest)
