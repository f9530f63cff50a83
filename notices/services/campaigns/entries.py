"""A row of a list: whom it means, which values it brings, and what is wrong with it before anybody is looked up."""

import datetime as dt
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _

from cityhall.text import BadText, clean_text
from notices.services.campaigns.columns import CODE, ENCLOSURE, SUBJECT, Layout
from residents.addresses import address_key
from residents.dates import DateInvalid, parse_birth
from residents.names import fold_name
from residents.services.register.reading import RawRow

MOST_CHARACTERS: Final = 2000
MOST_CODE: Final = 100


class Named(NamedTuple):
    """How a list names a person."""

    number: str = ""
    name: str = ""
    birth: dt.date | None = None
    address: str = ""

    @property
    def name_key(self) -> str:
        return _name_key(self.name)

    @property
    def address_key(self) -> str:
        return address_key(self.address)

    def as_json(self) -> dict[str, str]:
        """For the person who decides a doubtful match."""
        said = {"number": self.number, "name": self.name, "address": self.address}
        birth = {"birth": self.birth.isoformat()} if self.birth else {}
        return {key: text for key, text in said.items() if text} | birth


@dataclass
class Entry:
    """What a row says. A row with a problem is not looked up."""

    position: int
    recipient: Named = field(default_factory=Named)
    # None: the notice is about the recipient
    subject: Named | None = None
    values: dict[str, str] = field(default_factory=dict)
    code: str = ""
    enclosure: str = ""
    problem: str = ""

    @property
    def typed(self) -> dict[str, Any]:
        typed = {"recipient": self.recipient.as_json()}
        return typed | {"subject": self.subject.as_json()} if self.subject else typed


class _Unreadable(Exception):
    """The row cannot be used; the message says why."""


def read_entry(raw: RawRow, layout: Layout) -> Entry:
    """The entry of a row. The first thing that is wrong with it is told."""
    entry = Entry(raw.number)
    try:
        cells = _cells(raw, layout)
        entry.values = {name: cells[place] for name, place in layout.values}
        entry.recipient = _named(cells, layout, "")
        entry.subject = _subject(cells, layout)
        entry.code = _code(cells, layout)
        entry.enclosure = unicodedata.normalize("NFC", _cell(cells, layout, ENCLOSURE))
    except _Unreadable as problem:
        entry.problem = str(problem)
    return entry


def _cells(raw: RawRow, layout: Layout) -> list[str]:
    if len(raw.cells) < layout.width or any(cell.strip() for cell in raw.cells[layout.width :]):
        raise _Unreadable(_("列の数が見出しと違います。区切りの文字と引用符を確認してください。"))
    # an apostrophe that our own exports put before what a spreadsheet would calculate
    cells = [_unguarded(cell) if cell[:1] == "'" else cell for cell in map(_stripped, raw.cells[: layout.width])]
    try:
        # in one go: the mark between them is neither of what is refused
        clean_text("\n".join(cells))
    except BadText as error:
        raise _Unreadable(str(error)) from None
    if max(map(len, cells)) <= MOST_CHARACTERS:
        return cells
    longest = next(place for place, cell in enumerate(cells) if len(cell) > MOST_CHARACTERS)
    raise _Unreadable(
        _("「%(heading)s」が長すぎます。%(most)d文字までにしてください。")
        % {"heading": layout.headings[longest], "most": MOST_CHARACTERS}
    )


def _stripped(cell: str) -> str:
    return cell.strip(" \u3000\t\r\n")


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:2] in "=+-@" else cell


def _cell(cells: list[str], layout: Layout, key: str) -> str:
    place = layout.places.get(key)
    return cells[place] if place is not None else ""


def _named(cells: list[str], layout: Layout, prefix: str) -> Named:
    number = _plain_number(_cell(cells, layout, f"{prefix}resident_number"))
    name = _cell(cells, layout, f"{prefix}full_name")
    birth = _birth(_cell(cells, layout, f"{prefix}birth"), is_needed=not number)
    if not number and not (name and birth):
        who = _("対象の方") if prefix else _("受取人")
        raise _Unreadable(_("%(who)sの宛名番号、または氏名と生年月日が空欄です。") % {"who": who})
    return Named(number, name, birth, _cell(cells, layout, f"{prefix}address"))


def _subject(cells: list[str], layout: Layout) -> Named | None:
    """Nobody when the list has no such columns, or leaves them all empty in this row: it is about the recipient."""
    own = [cells[place] for key, place in layout.places.items() if key.startswith(SUBJECT)]
    return _named(cells, layout, SUBJECT) if any(own) else None


def _birth(text: str, *, is_needed: bool) -> dt.date | None:
    if not text:
        return None
    try:
        found = parse_birth(text).date
    except DateInvalid:
        raise _Unreadable(
            _("生年月日が読み取れません。1985-04-01 や 昭和60年4月1日 のように書いてください。")
        ) from None
    if found is None and is_needed:
        raise _Unreadable(_("生年月日に分からない部分があります。宛名番号を入れてください。"))
    return found


def _code(cells: list[str], layout: Layout) -> str:
    code = _cell(cells, layout, CODE)
    if CODE in layout.places and not code:
        raise _Unreadable(_("開封後に表示する番号が空欄です。"))
    if len(code) > MOST_CODE:
        raise _Unreadable(_("開封後に表示する番号は%(most)d文字までです。") % {"most": MOST_CODE})
    return code


def _plain_number(text: str) -> str:
    if text.isascii():
        return text.replace(" ", "")
    return unicodedata.normalize("NFKC", text).replace(" ", "")


# a guardian stands in a list once for each child
@lru_cache(maxsize=10_000)
def _name_key(name: str) -> str:
    return fold_name(name)
