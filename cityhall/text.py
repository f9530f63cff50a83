"""Text and JSON from outside: what both databases can store, and how people count characters."""

import math
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from cityhall.codes import is_my_number
from cityhall.errors import DomainError

_SURROGATE = re.compile("[\ud800-\udfff]")
# as printed on the card (four, four, four) or in one piece; \d also takes full-width digits
_TWELVE_DIGITS = re.compile(r"(?<!\d)(?<!\d[-‐−－])(\d{4})[ 　\-‐−－]?(\d{4})[ 　\-‐−－]?(\d{4})(?![-‐−－]?\d)")


class BadText(DomainError):
    """Characters, depth or size that cannot be stored."""

    code = "bad_text"
    message = _("使用できない文字が含まれているか、データが大きすぎます。入力内容を確認してください。")


def clean_text(text: str) -> str:
    """The text unchanged. Raises BadText for U+0000 and lone surrogates, which PostgreSQL cannot store."""
    if "\0" in text or _SURROGATE.search(text):
        raise BadText(_("使用できない文字が含まれています。その文字を削除してください。"))
    return text


def clean_json(value: Any, *, max_depth: int = 20, max_bytes: int = 1_000_000) -> Any:
    """The value unchanged, checked for what the two databases treat differently.

    Raises BadText for U+0000, lone surrogates, NaN and infinity, keys that are no text, more than
    `max_depth` levels, or more than `max_bytes` of text. Walks without recursion: depth costs no stack.
    """
    size = 0
    todo: list[tuple[Any, int]] = [(value, 1)]
    while todo:
        item, depth = todo.pop()
        if depth > max_depth:
            raise BadText
        size += _size(item)
        if size > max_bytes:
            raise BadText(_("データが大きすぎます。"))
        if isinstance(item, dict):
            todo.extend((part, depth + 1) for part in item.values())
            todo.extend((_text_key(key), depth + 1) for key in item)
        elif isinstance(item, list):
            todo.extend((part, depth + 1) for part in item)
    return value


def _text_key(key: Any) -> str:
    if not isinstance(key, str):
        raise BadText
    return key


def _size(item: Any) -> int:
    if isinstance(item, str):
        return len(clean_text(item).encode()) + 3
    if isinstance(item, float) and not math.isfinite(item):
        raise BadText
    if item is None or isinstance(item, bool | int | float | dict | list):
        # a number of 100,000 digits is text in disguise
        return 2 if not isinstance(item, int) else item.bit_length() // 3 + 2
    raise BadText


def graphemes(text: str) -> Iterator[str]:
    """The characters as people see them: a kanji with its variation selector, an emoji family, a flag.

    A subset of UAX #29 that covers Japanese, combining marks, emoji and CR LF.
    """
    start = 0
    for index in range(1, len(text)):
        if _breaks(text, start, index):
            yield text[start:index]
            start = index
    if text:
        yield text[start:]


def grapheme_length(text: str) -> int:
    """How many characters a person counts."""
    return sum(1 for _grapheme in graphemes(text))


def _breaks(text: str, start: int, index: int) -> bool:
    before, after = text[index - 1], text[index]
    if before == "\r" and after == "\n":
        return False
    if unicodedata.category(before) == "Cc":
        return True
    if _extends(after) or (before == "\u200d" and _is_pictograph(after)):
        return False
    if _is_flag_letter(before) and _is_flag_letter(after):
        return (index - start) % 2 == 0
    return not _joins_hangul(before, after)


def _extends(character: str) -> bool:
    """Whether a character belongs to the one before it."""
    # half-width (han)dakuten, joiner, emoji skin tones, tag characters
    if character in "ﾞﾟ\u200d\u200c" or "\U0001f3fb" <= character <= "\U0001f3ff":
        return True
    return unicodedata.category(character) in ("Mn", "Me", "Mc") or "\U000e0020" <= character <= "\U000e007f"


def _is_pictograph(character: str) -> bool:
    return "\U0001f000" <= character <= "\U0001faff" or "\u2190" <= character <= "\u2bff"


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _joins_hangul(before: str, after: str) -> bool:
    """Decomposed Korean syllables (vowels and finals follow their consonant)."""
    return "\u1160" <= after <= "\u11ff" and ("\u1100" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3")


def has_my_number(text: str) -> bool:
    """Whether a stand-alone run of 12 digits passes the check of the My Number (個人番号).

    One of ten arbitrary 12-digit numbers passes too: callers explain and let staff go on.
    """
    return any(is_my_number(unicodedata.normalize("NFKC", "".join(found))) for found in _TWELVE_DIGITS.findall(text))
