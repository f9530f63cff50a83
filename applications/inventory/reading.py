"""A file of the inventory → its rows, each with what it says and what is wrong with it."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from applications.enums import InventoryChannel
from applications.inventory.columns import (
    IGNORED,
    NEEDED,
    Column,
    read_count,
    texts,
    unguarded,
    volume_heading,
    volume_of,
)
from cityhall.errors import DomainError
from cityhall.workbook_reading import WorkbookRefused, is_workbook, read_lines
from residents.errors import RegisterFileRefused
from residents.services.register.reading import RawRow, detect_encoding, open_rows

MOST_BYTES: Final = 5_000_000
MOST_ROWS: Final = 5_000
Cell = tuple[int, InventoryChannel]


class InventoryFileRefused(DomainError):
    """A file that cannot be read as a whole."""

    code = "inventory_file_refused"


@dataclass(frozen=True)
class Problem:
    """What is wrong, in the row as the spreadsheet numbers it."""

    row: int
    column: str
    message: str


@dataclass
class Row:
    """What a row says: `values` by field, only of columns that the file has; department and procedure as keys."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    counts: dict[Cell, int | None] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, column: str, message: object) -> None:
        self.problems.append(Problem(self.number, column, str(message)))

    @contextmanager
    def reading(self, column: str) -> Iterator[None]:
        """What a cell does not say becomes a problem of the row: all of a row are told at once."""
        try:
            yield
        except ValidationError as error:
            self.refuse(column, error.messages[0])
        except DomainError as error:
            self.refuse(column, error)


@dataclass(frozen=True)
class Sheet:
    """A file read. `fields` and `cells` are what it speaks of; what it leaves out stays as it is."""

    rows: tuple[Row, ...]
    fields: frozenset[str]
    cells: frozenset[Cell]


def read_sheet(data: bytes) -> Sheet:
    """The rows of a workbook, or of a CSV or tab-separated file in UTF-8 or CP932. Raises InventoryFileRefused."""
    if len(data) > MOST_BYTES:
        raise InventoryFileRefused(
            _("ファイルが大きすぎます。%(size)sMBまでです。") % {"size": MOST_BYTES // 1_000_000}
        )
    try:
        if is_workbook(data):
            return _sheet(*_rows_of_workbook(data))
        with open_rows(lambda: io.BytesIO(data), detect_encoding(lambda: io.BytesIO(data))) as (heads, raw):
            return _sheet(heads, raw)
    except (RegisterFileRefused, WorkbookRefused) as refusal:
        raise InventoryFileRefused(str(refusal)) from None


def _rows_of_workbook(data: bytes) -> tuple[list[str], Iterator[RawRow]]:
    lines = read_lines(data)
    heads = next(lines, None)
    if heads is None or heads.number != 1:
        raise InventoryFileRefused(_("見出しの行がありません。1行目に列の見出しがあるファイルを選んでください。"))
    return [cell.strip() for cell in heads.cells], (RawRow(line.number, line.cells) for line in lines)


def _sheet(heads: Sequence[str], raw: Iterable[RawRow]) -> Sheet:
    columns = {column.heading: column for column in texts()}
    _check_heads(heads, columns)
    places = [(place, columns[head]) for place, head in enumerate(heads) if head in columns]
    cells = {place: cell for place, head in enumerate(heads) if (cell := volume_of(head))}
    rows: list[Row] = []
    for one in raw:
        if len(rows) >= MOST_ROWS:
            raise InventoryFileRefused(_("行が多すぎます。%(most)d行までに分けてください。") % {"most": MOST_ROWS})
        rows.append(_row(one, len(heads), places, cells))
    _refuse_twice(rows)
    return Sheet(tuple(rows), frozenset(column.field for _place, column in places), frozenset(cells.values()))


def _check_heads(heads: Sequence[str], columns: dict[str, Column]) -> None:
    missing = [name for name in NEEDED if name not in heads]
    if missing:
        raise InventoryFileRefused(
            _("1行目に次の見出しがありません：%(names)s。書き出したCSVの見出しをそのまま使ってください。")
            % {"names": "、".join(missing)}
        )
    strange = [name for name in heads if name and name not in columns and name not in IGNORED and not volume_of(name)]
    if strange:
        raise InventoryFileRefused(
            _("分からない見出しがあります：%(names)s。件数の見出しは「2025年度 窓口」のように書いてください。")
            % {"names": "、".join(name[:40] for name in strange[:10])}
        )
    named = [volume_of(name) or name for name in heads if name]
    if len(named) != len(set(named)):
        raise InventoryFileRefused(_("同じ見出しの列が二つあります。一つにしてください。"))


def _row(raw: RawRow, width: int, places: Sequence[tuple[int, Column]], cells: dict[int, Cell]) -> Row:
    row = Row(raw.number)
    # a spreadsheet leaves empty cells at the end of a row out, or adds some
    given = [*raw.cells, *[""] * (width - len(raw.cells))]
    if any(cell.strip() for cell in given[width:]):
        row.refuse("", _("列の数が見出しより多くなっています。"))
        return row
    for place, column in places:
        with row.reading(column.heading):
            row.values[column.field] = column.read(unguarded(given[place]))
    for place, (year, channel) in cells.items():
        with row.reading(volume_heading(year, channel)):
            row.counts[year, channel] = read_count(unguarded(given[place]))
    return row


def _refuse_twice(rows: Iterable[Row]) -> None:
    """Rows after the first with a number, or a procedure of the portal, that stood before."""
    for field_name, heading in (("code", "整理番号"), ("procedure", "ポータルの手続キー")):
        first: dict[str, int] = {}
        for row in rows:
            value = row.values.get(field_name)
            if value and value in first:
                row.refuse(heading, _("%(row)d行目と同じです。") % {"row": first[value]})
            elif value:
                first[value] = row.number
