"""Workbooks for spreadsheet programs (XLSX, ECMA-376), written line by line with flat memory.

The few parts of the format that a table needs; no cell is a formula, whatever it begins with. Each sheet grows in a
file of its own and is packed when the book is closed.
"""

import datetime as dt
import re
import shutil
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final, TextIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

Cell = str | int | Decimal | dt.date | dt.datetime | None
CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 16_384
MOST_CHARACTERS: Final = 32_767
_FIRST_DAY: Final = dt.date(1900, 3, 1)
"""The format believes in 29 February 1900; earlier days are written as text."""
_EPOCH: Final = dt.date(1899, 12, 30)
_DIGITS: Final = 15
"""What a spreadsheet keeps of a number; longer ones are written as text."""
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NO_SHEET_NAME: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f']")
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DATE, _MOMENT, _TEXT, _BOLD = 1, 2, 3, 4
_STYLES: Final = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Yu Gothic"/></font>'
    '<font><b/><sz val="11"/><name val="Yu Gothic"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


class TooLarge(ValueError):
    """More rows or columns than a sheet holds."""


class Sheet:
    """One table. Texts that are longer than a cell holds are cut and counted in `cut`."""

    def __init__(self, *, name: str, path: Path, headings: Sequence[Sequence[str]]) -> None:
        self.name = name
        self.path = path
        self.cut = 0
        self._row = 0
        self._columns: list[str] = []
        self._file: TextIO = path.open("w", encoding="utf-8")
        self._file.write(f'{_HEAD}<worksheet xmlns="{_MAIN}">{_frozen(len(headings))}<sheetData>')
        for line in headings:
            self._write(line, text_style=_BOLD)

    def write(self, cells: Iterable[Cell]) -> None:
        """One line: texts as texts, numbers as numbers, days as days. Raises TooLarge."""
        self._write(cells, text_style=_TEXT)

    def close(self) -> None:
        """End the table; its file is complete."""
        self._file.write("</sheetData></worksheet>")
        self._file.close()

    def abandon(self) -> None:
        """Let go of a file that nobody will need."""
        self._file.close()

    def _write(self, cells: Iterable[Cell], *, text_style: int) -> None:
        self._row += 1
        if self._row > MOST_ROWS:
            raise TooLarge
        line = [
            self._cell(f"{self._name_of(place)}{self._row}", cell, text_style)
            for place, cell in enumerate(cells)
            if cell is not None and cell != ""
        ]
        self._file.write(f'<row r="{self._row}">{"".join(line)}</row>')

    def _cell(self, place: str, cell: Cell, text_style: int) -> str:
        if isinstance(cell, dt.date) and _day_of(cell) >= _FIRST_DAY:
            style = _MOMENT if isinstance(cell, dt.datetime) else _DATE
            return f'<c r="{place}" s="{style}"><v>{_serial(cell)}</v></c>'
        if isinstance(cell, int | Decimal) and _digits(cell) <= _DIGITS:
            return f'<c r="{place}"><v>{cell}</v></c>'
        return (
            f'<c r="{place}" s="{text_style}" t="inlineStr"><is><t xml:space="preserve">{self._text(cell)}</t></is></c>'
        )

    def _text(self, cell: Cell) -> str:
        text = _NO_XML.sub("", str(cell).replace("\r\n", "\n").replace("\r", "\n"))
        if len(text) * 2 > MOST_CHARACTERS:
            # a cell counts units of UTF-16
            units = text.encode("utf-16-le")
            if len(units) > MOST_CHARACTERS * 2:
                self.cut += 1
                text = units[: MOST_CHARACTERS * 2].decode("utf-16-le", errors="ignore")
        return escape(_LOOKS_ESCAPED.sub("_x005F_", text))

    def _name_of(self, place: int) -> str:
        while place >= len(self._columns):
            if place >= MOST_COLUMNS:
                raise TooLarge
            self._columns.append(column_name(len(self._columns)))
        return self._columns[place]


class Workbook:
    """A book of sheets. `close` makes the file; without it there is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sheets: list[Sheet] = []

    def add_sheet(self, name: str, *, headings: Sequence[Sequence[str]]) -> Sheet:
        """A new sheet after the others; its name is made one that the format allows."""
        path = self.path.with_name(f"{self.path.name}.{len(self.sheets) + 1}.xml")
        sheet = Sheet(name=_sheet_name(name, [one.name for one in self.sheets]), path=path, headings=headings)
        self.sheets.append(sheet)
        return sheet

    @property
    def cut(self) -> int:
        """Texts that were longer than a cell holds."""
        return sum(sheet.cut for sheet in self.sheets)

    def close(self) -> None:
        """Pack the sheets into the file and delete their own files."""
        with ZipFile(self.path, "w", ZIP_DEFLATED, compresslevel=3) as book:
            for name, text in _parts([sheet.name for sheet in self.sheets]):
                book.writestr(name, text)
            for number, sheet in enumerate(self.sheets, start=1):
                sheet.close()
                with sheet.path.open("rb") as source, book.open(f"xl/worksheets/sheet{number}.xml", "w") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
                sheet.path.unlink()


def column_name(place: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _frozen(lines: int) -> str:
    """The headings stay in view while one scrolls."""
    if not lines:
        return ""
    pane = f'<pane ySplit="{lines}" topLeftCell="A{lines + 1}" activePane="bottomLeft" state="frozen"/>'
    return f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'


def _day_of(cell: dt.date) -> dt.date:
    return cell.date() if isinstance(cell, dt.datetime) else cell


def _serial(cell: dt.date) -> str:
    days = (_day_of(cell) - _EPOCH).days
    if not isinstance(cell, dt.datetime):
        return str(days)
    seconds = cell.hour * 3600 + cell.minute * 60 + cell.second
    return f"{days + seconds / 86_400:.8f}"


def _digits(number: int | Decimal) -> int:
    return sum(character.isdigit() for character in f"{number:f}".strip("0.")) if number else 1


def _sheet_name(name: str, taken: Sequence[str]) -> str:
    clean = _NO_SHEET_NAME.sub(" ", name).strip()[:31] or "Sheet"
    known = {one.lower() for one in taken}
    number = 1
    found = clean
    while found.lower() in known:
        number += 1
        end = f" ({number})"
        found = clean[: 31 - len(end)] + end
    return found


def _parts(names: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Everything of the package but the sheets."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        for number in numbers
    )
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    styles = f'<Relationship Id="rId{len(names) + 1}" Type="{_DOCUMENT}/styles" Target="styles.xml"/>'
    types = (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>{overrides}'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>'
    )
    book = f'<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/>'
    opening = f'<Relationships xmlns="{_PACKAGE}/relationships">'
    yield "[Content_Types].xml", f"{_HEAD}{types}"
    yield "_rels/.rels", f"{_HEAD}{opening}{book}</Relationships>"
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>{sheets}</sheets></workbook>',
    )
    yield "xl/_rels/workbook.xml.rels", f"{_HEAD}{opening}{relations}{styles}</Relationships>"
    yield "xl/styles.xml", _STYLES
