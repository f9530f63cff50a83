"""How procedures are found by words: one folded text per procedure, matched by folded words."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

import jaconv

MOST_WORDS: Final = 6
"""Words of a query beyond this many are ignored: each is one condition of the statement."""

READING: Final = re.compile(r"[ぁ-ゖー・0-9]+")
"""How the name of a procedure is read: the order of the list from A to Z."""

_NOISE: Final = re.compile(r"[\s・･.,，、。/／()（）「」\-‐―−－~〜]+")
_LAST: Final = "\u3097"
_ROWS: Final = "あかさたなはまやらわ"
# the small forms stand before the full ones in the code table
_FIRST_OF_ROW: Final = dict(zip(_ROWS, "ぁかさたなはまゃらゎ", strict=True))


def fold(text: str) -> str:
    """The text without differences people do not mean: width, case, katakana, blanks and punctuation."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _NOISE.sub("", jaconv.kata2hira(plain))


def search_text(parts: Iterable[str]) -> str:
    """What a search looks into. The line end keeps a word from matching across two parts."""
    return "\n".join(dict.fromkeys(folded for part in parts if (folded := fold(part))))


def query_words(text: str) -> list[str]:
    """The folded words of a query; a procedure must hold them all."""
    words = (fold(word) for word in unicodedata.normalize("NFKC", text).split())
    return list(dict.fromkeys(word for word in words if word))[:MOST_WORDS]


def kana_rows() -> str:
    """The ten rows of the kana table, by which the list is opened (五十音)."""
    return _ROWS


def kana_range(row: str) -> tuple[str, str] | None:
    """First kana of the row and first kana after it, for a range on the kana; None for what is no row."""
    if row not in _FIRST_OF_ROW:
        return None
    after = _ROWS[_ROWS.index(row) + 1 :][:1]
    return _FIRST_OF_ROW[row], _FIRST_OF_ROW.get(after, _LAST)
