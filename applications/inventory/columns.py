"""The columns of the inventory's file: how a value is written and how it is read."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from applications.enums import InventoryChannel, MeetingReason, OnlinePlan
from applications.inventory.years import FIRST, LAST
from applications.models import InventoryItem
from cityhall.db import MOST_NUMBER
from cityhall.errors import DomainError
from cityhall.spreadsheets import safe_cell
from cityhall.text import clean_text
from residents.dates import parse_day

_VOLUME: Final = re.compile(r"(\d{4})年度[ 　]*(.+)")
_YES: Final = frozenset({"必要", "要", "有", "あり", "はい", "○", "〇", "1", "true", "yes"})
_NO: Final = frozenset({"不要", "無", "なし", "いいえ", "×", "-", "0", "false", "no", ""})
_GUARD: Final = "'"


class CellWrong(DomainError):
    """A cell that does not say what its column asks for."""

    code = "cell_wrong"


@dataclass(frozen=True)
class Column:
    """One column: its heading, its field, how to read a cell (CellWrong) and how to write a value."""

    heading: str
    field: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str


def _text(field: str) -> Callable[[str], str]:
    limit: int | None = getattr(InventoryItem._meta.get_field(field), "max_length", None)

    def read(cell: str) -> str:
        text = clean_text(cell.replace("\r\n", "\n").replace("\r", "\n"))
        if limit is not None and len(text) > limit:
            raise CellWrong(_("%(limit)d文字までにしてください。") % {"limit": limit})
        return text

    return read


def _needed(field: str) -> Callable[[str], str]:
    read = _text(field)

    def read_needed(cell: str) -> str:
        if not cell:
            raise CellWrong(_("空です。Excelで結合したセルは、結合を解除してすべての行に入れてください。"))
        return read(cell)

    return read_needed


def _choice(choices: type[TextChoices]) -> Callable[[str], str]:
    words = {choice.value: choice.value for choice in choices} | {str(choice.label): choice.value for choice in choices}

    def read(cell: str) -> str:
        if cell not in words:
            known = "、".join(str(choice.label) for choice in choices)
            raise CellWrong(_("「%(known)s」のどれかにしてください。") % {"known": known})
        return words[cell]

    return read


def _label(choices: type[TextChoices]) -> Callable[[Any], str]:
    return lambda value: str(choices(value).label)


def _yes_no(cell: str) -> bool:
    word = unicodedata.normalize("NFKC", cell).casefold()
    if word in _YES or cell in _YES:
        return True
    if word in _NO or cell in _NO:
        return False
    raise CellWrong(_("「必要」か「不要」にしてください。"))


def _day(cell: str) -> dt.date | None:
    return parse_day(cell)


def read_count(cell: str) -> int | None:
    """A volume, or None for a blank: nobody has counted. Raises CellWrong."""
    text = unicodedata.normalize("NFKC", cell).replace(",", "").removesuffix("件").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise CellWrong(_("0以上の整数にしてください。分からないときは空にしてください。"))
    # a number of thousands of digits is refused before it is made one
    if len(text) > len(str(MOST_NUMBER)) or int(text) > MOST_NUMBER:
        raise CellWrong(_("大きすぎる数です。"))
    return int(text)


def texts() -> tuple[Column, ...]:
    """The columns that every file has, in their order."""
    return (
        Column("整理番号", "code", _needed("code")),
        Column("手続名", "name", _needed("name")),
        Column("ふりがな", "name_kana", _text("name_kana")),
        Column("課コード", "department", str, lambda department: str(department.code)),
        Column("根拠法令", "legal_basis", _text("legal_basis")),
        Column("押印", "needs_seal", _yes_no, lambda value: "必要" if value else "不要"),
        Column("対面が必要な理由", "meeting_reason", _choice(MeetingReason), _label(MeetingReason)),
        Column("法令上の支障", "legal_bar", _text("legal_bar")),
        Column("オンライン化", "plan", _choice(OnlinePlan), _label(OnlinePlan)),
        Column("予定日", "planned_on", _day, lambda day: day.isoformat() if day else ""),
        Column("備考", "note", _text("note")),
        Column("ポータルの手続キー", "procedure", str, lambda procedure: procedure.key if procedure else ""),
    )


NEEDED: Final = ("整理番号", "手続名", "課コード")
IGNORED: Final = frozenset({"所管課"})
"""Written for people, not read: the code says which department."""


def volume_heading(year: int, channel: InventoryChannel) -> str:
    return f"{year}年度 {channel.label}"


def volume_of(heading: str) -> tuple[int, InventoryChannel] | None:
    """The year and channel a heading stands for, or None for another column."""
    found = _VOLUME.fullmatch(unicodedata.normalize("NFKC", heading))
    if found is None or not FIRST <= int(found[1]) <= LAST:
        return None
    labels = {unicodedata.normalize("NFKC", str(channel.label)): channel for channel in InventoryChannel}
    return (int(found[1]), labels[found[2]]) if found[2] in labels else None


def headings(years: Iterable[int]) -> list[str]:
    """The headings of a file with the volumes of these years."""
    names = [column.heading for column in texts()]
    names.insert(names.index("課コード") + 1, "所管課")
    return [*names, *(volume_heading(year, channel) for year in years for channel in InventoryChannel)]


def written(item: InventoryItem, counts: Mapping[tuple[int, str], int], years: Sequence[int]) -> list[str | int]:
    """A row of the file; what a spreadsheet would take for a formula is made harmless (`unguarded` reads it back)."""
    row: list[str | int] = []
    for column in texts():
        row.append(_guarded(column.write(getattr(item, column.field))))
        if column.field == "department":
            row.append(_guarded(item.department.name))
    return [*row, *(counts.get((year, channel.value), "") for year in years for channel in InventoryChannel)]


def _guarded(text: str) -> str:
    # an apostrophe of the value itself gets one too: what is taken off again is always ours
    return _GUARD + text if text.startswith(_GUARD) else safe_cell(text)


def unguarded(cell: str) -> str:
    """A cell as it was before it was made harmless, without the blanks around it."""
    text = cell.strip(" \t　")
    if text.startswith(_GUARD) and _guarded(text[1:]) != text[1:]:
        return text[1:].strip(" \t　")
    return text
