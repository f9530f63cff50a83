"""The shapes of stored answers, and of answers in words."""

from dataclasses import dataclass
from typing import Any

Answers = dict[str, Any]
ADDRESS_PARTS = ("postal_code", "prefecture", "city", "town", "street", "building")
YES, NO = "yes", "no"


@dataclass(frozen=True)
class FileLink:
    """A file that was given as an answer."""

    public_id: str
    name: str


@dataclass(frozen=True)
class Row:
    """One question with its answer in words. An empty text and no files mean: not answered."""

    key: str
    label: str
    text: str
    files: tuple[FileLink, ...] = ()

    @property
    def is_blank(self) -> bool:
        return not self.text and not self.files


@dataclass(frozen=True)
class Section:
    """The answers of one page. `number` is the page's number in the form, from 1."""

    number: int
    title: str
    rows: tuple[Row, ...]
