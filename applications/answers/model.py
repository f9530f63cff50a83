"""The shapes of stored answers, and of answers in words."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

Answers = dict[str, Any]
ADDRESS_PARTS = ("postal_code", "prefecture", "city", "town", "street", "building")
UNSETTLED_PARTS = ("unsettled", "stay", "reach")
"""Of somebody without a fixed address: that it is so (`yes`), where they mostly are, and how they are reached."""
UNSETTLED = "住所不定"
"""What stands in the town of such an address, so that every print and file says it."""
NAME_PARTS = ("family", "given", "family_kana", "given_kana")
BANK_PARTS = ("bank_code", "bank_name", "branch_code", "branch_name", "account_type", "number", "holder")
ACCOUNT_TYPES = {"ordinary": _("普通"), "checking": _("当座"), "savings": _("貯蓄")}
YES, NO = "yes", "no"


@dataclass(frozen=True)
class FileLink:
    """A file that was given as an answer."""

    public_id: str
    name: str


@dataclass(frozen=True)
class Row:
    """One question with its answer in words. No text, no files and no entries mean: not answered."""

    key: str
    label: str
    text: str
    files: tuple[FileLink, ...] = ()
    heading: str = ""
    """The heading of the form that stands above the question and those after it."""
    entries: "tuple[Entry, ...]" = ()
    map_url: str = ""
    """Where a place can be seen on a map; the browser asks nobody before a person follows it."""
    is_given: bool = False
    """Worked out, or taken from the record or a link: nobody typed it, so nobody can correct it here."""

    @property
    def is_blank(self) -> bool:
        return not (self.text or self.files or self.entries)


@dataclass(frozen=True)
class Entry:
    """One row of a repeating group: its title, and its questions with their paths as keys."""

    id: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Section:
    """The answers of one page. `number` is the page's number in the form, from 1."""

    number: int
    title: str
    rows: tuple[Row, ...]
