"""Names of files in a ZIP that every system can unpack, whatever people called theirs."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

MOST: Final = 120
"""Characters of a name with its ending: with three bytes each it stays under what file systems take."""
_MOST_BYTES: Final = 200
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]')
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def unique_name(parts: Sequence[str], suffix: str, taken: set[str]) -> str:
    """The parts joined by 「_」 and made harmless, with a number behind when the name is taken. Adds it to `taken`."""
    stem = "_".join(clean for part in parts if (clean := _clean(part))) or "file"
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    ending = f".{_clean(suffix.lstrip('.'))}" if suffix else ""
    number = 1
    name = f"{_short(stem, len(ending))}{ending}"
    # systems that do not tell capitals from small letters would overwrite one with the other
    while _folded(name) in taken:
        number += 1
        end = f" ({number}){ending}"
        name = f"{_short(stem, len(end))}{end}"
    taken.add(_folded(name))
    return name


def split_suffix(name: str) -> tuple[str, str]:
    """Stem and ending (with its dot) of a file name; what is too long for an ending is none."""
    stem, dot, suffix = name.rpartition(".")
    return (stem, f".{suffix}") if dot and stem and 0 < len(suffix) <= 10 else (name, "")


def _clean(text: str) -> str:
    return _UNSAFE.sub("_", unicodedata.normalize("NFC", text)).strip(". ")


def _short(stem: str, taken: int) -> str:
    stem = stem[: MOST - taken]
    while len(stem.encode()) > _MOST_BYTES - taken:
        stem = stem[:-1]
    return stem.rstrip(". ")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
