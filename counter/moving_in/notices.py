"""One notice of moving in, as a row of the file says it."""

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class Person:
    """One who moves. `kana` is full katakana, `born_on` ISO or ""."""

    name: str
    kana: str = ""
    born_on: str = ""
    relationship: str = ""


@dataclass(frozen=True)
class Notice:
    """Dates are ISO, times HH:MM, "" for what the portal does not say. `people` begins with who sent it.

    `number` is the portal's 受付番号: with the server's key it opens what was imported, so it is stored nowhere.
    """

    number: str
    people: tuple[Person, ...]
    is_cancelled: bool = False
    updated_at: str = ""
    wished_on: str = ""
    wished_from: str = ""
    wished_until: str = ""
    moving_on: str = ""
    phone: str = ""
    email: str = ""
    old: Mapping[str, str] = field(default_factory=dict)
    new: Mapping[str, str] = field(default_factory=dict)

    @property
    def applicant(self) -> Person:
        return self.people[0]

    @property
    def wished_day(self) -> dt.date | None:
        return dt.date.fromisoformat(self.wished_on) if self.wished_on else None

    @property
    def told_at(self) -> dt.datetime | None:
        return dt.datetime.fromisoformat(self.updated_at) if self.updated_at else None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        return cls(**{**content, "people": tuple(Person(**one) for one in content["people"])})


def plain_number(text: str) -> str:
    """The portal's number however it was typed: half width, capitals, without blanks and hyphens."""
    wide = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in wide if character.isalnum())
