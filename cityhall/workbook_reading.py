"""Rows of a workbook (XLSX, ECMA-376) as texts: the first sheet, read line by line, with nothing taken on trust.

The format forbids document types (part 2, annex B), so a package that has one is refused before an entity can grow.
Sizes are counted while they are unpacked: what the package says of itself is not believed.
"""

import datetime as dt
import io
import posixpath
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError
from cityhall.workbooks import MOST_COLUMNS

MOST_UNPACKED: Final = 50_000_000
_PIECE: Final = 1 << 16
_OLD_FORMAT: Final = b"\xd0\xcf\x11\xe0"
_BUILT_IN_DATES: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Formats of days and times that a workbook need not spell out; 27 to 36 and 50 to 58 are those of East Asia."""
_NO_DATE: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_EPOCH, _EPOCH_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)  # noqa: DTZ001 - a day of a sheet has no zone
_LAST_SERIAL: Final = 2_958_465
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")

Attributes = dict[str, str]


class WorkbookRefused(DomainError):
    """A file that is no workbook, or none that can be read."""

    code = "workbook_refused"
    message = _("Excelのファイルとして読めません。Excelで開いて、.xlsx の形式で保存し直してください。")


@dataclass(frozen=True)
class Line:
    """A row as the spreadsheet numbers it; cells that are not there are empty texts."""

    number: int
    cells: list[str]


def is_workbook(data: bytes) -> bool:
    """Whether the file is meant as a workbook, also an old or an encrypted one, by how it begins."""
    return data.startswith((b"PK\x03\x04", _OLD_FORMAT))


def read_lines(data: bytes) -> Iterator[Line]:
    """The rows of the first sheet that have anything in them. Days become ISO texts. Raises WorkbookRefused."""
    with _opened(data) as book:
        yield from book.lines()


def merged_ranges(data: bytes) -> list[str]:
    """The ranges of merged cells of the first sheet (B5:B7): all of them but the first cell read as empty.

    Raises WorkbookRefused.
    """
    with _opened(data) as book:
        return book.merged()


@contextmanager
def _opened(data: bytes) -> Iterator["_Book"]:
    if data.startswith(_OLD_FORMAT):
        raise WorkbookRefused(
            _("古い形式（.xls）か、パスワードの付いたファイルは読めません。パスワードなしの .xlsx で保存してください。")
        )
    try:
        with ZipFile(io.BytesIO(data)) as package:
            yield _Book(package)
    except (
        BadZipFile,
        EOFError,
        ExpatError,
        KeyError,
        NotImplementedError,
        RuntimeError,
        UnicodeError,
        zlib.error,
    ) as error:
        # encrypted and unknown ways of packing are a RuntimeError and a NotImplementedError of zipfile
        raise WorkbookRefused from error


@dataclass
class _Cell:
    kind: str = "n"
    style: int = 0
    place: int = 0
    value: list[str] = field(default_factory=list)


class _Book:
    """An open package: what its parts say, each read once."""

    def __init__(self, package: ZipFile) -> None:
        self._package = package
        self._left = MOST_UNPACKED
        self._sheet, self._epoch = self._first_sheet()
        self._texts = self._shared_texts()
        self._dates = self._date_styles()

    def lines(self) -> Iterator[Line]:
        reader = _SheetReader(self._text_of)
        for _piece in self._feed(self._sheet, reader.start, reader.end, reader.text):
            yield from reader.taken()
        yield from reader.taken()

    def merged(self) -> list[str]:
        found: list[str] = []

        def start(name: str, attributes: Attributes) -> None:
            if name == "mergeCell":
                found.append(attributes["ref"])

        self._read(self._sheet, start)
        return found

    def _text_of(self, cell: _Cell) -> str:
        raw = "".join(cell.value)
        if cell.kind == "s":
            place = int(raw) if raw.strip().isascii() and raw.strip().isdigit() else -1
            return self._texts[place] if 0 <= place < len(self._texts) else ""
        if cell.kind in ("inlineStr", "str"):
            return _unescaped(raw)
        if cell.kind == "n" and raw:
            return _number(raw, epoch=self._epoch if cell.style in self._dates else None)
        return raw

    def _first_sheet(self) -> tuple[str, dt.datetime]:
        relations: list[str] = []
        epochs = [_EPOCH]

        def start(name: str, attributes: Attributes) -> None:
            if name == "sheet":
                relations.append(next(value for key, value in attributes.items() if _local(key) == "id"))
            elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                epochs.append(_EPOCH_1904)

        self._read("xl/workbook.xml", start)
        targets: dict[str, str] = {}

        def relation(name: str, attributes: Attributes) -> None:
            if name == "Relationship":
                targets[attributes["Id"]] = attributes["Target"]

        self._read("xl/_rels/workbook.xml.rels", relation)
        if not relations:
            raise WorkbookRefused
        target = targets[relations[0]]
        # relative to the workbook, or to the package when it begins with a slash
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        return path, epochs[-1]

    def _shared_texts(self) -> list[str]:
        texts: list[str] = []
        reader = _TextReader("si", texts.append)
        if "xl/sharedStrings.xml" in self._package.namelist():
            self._read("xl/sharedStrings.xml", reader.start, reader.end, reader.text)
        return texts

    def _date_styles(self) -> frozenset[int]:
        """Places of the styles of cells that show a day or a time."""
        formats: dict[str, str] = {}
        styles: list[str] = []
        inside: list[str] = []

        def start(name: str, attributes: Attributes) -> None:
            inside.append(name)
            if name == "numFmt":
                formats[attributes["numFmtId"]] = attributes.get("formatCode", "")
            elif name == "xf" and "cellXfs" in inside:
                styles.append(attributes.get("numFmtId", "0"))

        if "xl/styles.xml" in self._package.namelist():
            self._read("xl/styles.xml", start, lambda _name: inside.pop())
        return frozenset(place for place, number in enumerate(styles) if _is_date(number, formats.get(number, "")))

    def _read(
        self,
        path: str,
        start: Callable[[str, Attributes], object],
        end: Callable[[str], object] = lambda _name: None,
        text: Callable[[str], object] = lambda _text: None,
    ) -> None:
        for _piece in self._feed(path, start, end, text):
            pass

    def _feed(
        self,
        path: str,
        start: Callable[[str, Attributes], object],
        end: Callable[[str], object],
        text: Callable[[str], object],
    ) -> Iterator[None]:
        """Parse a part piece by piece. Raises WorkbookRefused for what grows too large or has a document type."""
        parser = ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler = lambda name, attributes: start(_local(name), attributes)
        parser.EndElementHandler = lambda name: end(_local(name))
        parser.CharacterDataHandler = text
        with self._package.open(path) as part:
            while piece := part.read(_PIECE):
                self._left -= len(piece)
                if self._left < 0:
                    raise WorkbookRefused(_("ファイルが大きすぎます。行と列を減らしてから、もう一度選んでください。"))
                parser.Parse(piece, False)
                yield
            parser.Parse(b"", True)


class _TextReader:
    """The text of each element of one name, without the readings (rPh) that Japanese editions put beside it."""

    def __init__(self, name: str, give: Callable[[str], object]) -> None:
        self._name, self._give = name, give
        self._inside: list[str] = []
        self._found: list[str] = []

    def start(self, name: str, _attributes: Attributes) -> None:
        self._inside.append(name)
        if name == self._name:
            self._found = []

    def end(self, name: str) -> None:
        self._inside.pop()
        if name == self._name:
            self._give(_unescaped("".join(self._found)))

    def text(self, text: str) -> None:
        if self._inside[-1:] == ["t"] and "rPh" not in self._inside:
            self._found.append(text)


class _SheetReader:
    """Rows of a sheet as they end."""

    def __init__(self, text_of: Callable[[_Cell], str]) -> None:
        self._text_of = text_of
        self._inside: list[str] = []
        self._cell = _Cell()
        self._row = Line(0, [])
        self._done: list[Line] = []

    def taken(self) -> list[Line]:
        done, self._done = self._done, []
        return done

    def start(self, name: str, attributes: Attributes) -> None:
        self._inside.append(name)
        if name == "row":
            number = attributes.get("r", "")
            self._row = Line(int(number) if number.isascii() and number.isdigit() else self._row.number + 1, [])
        elif name == "c":
            style = attributes.get("s", "0")
            self._cell = _Cell(
                attributes.get("t", "n"),
                int(style) if style.isascii() and style.isdigit() else 0,
                _place(attributes.get("r", ""), default=len(self._row.cells)),
            )

    def end(self, name: str) -> None:
        self._inside.pop()
        if name == "c":
            missing = self._cell.place + 1 - len(self._row.cells)
            self._row.cells.extend([""] * missing)
            self._row.cells[self._cell.place] = self._text_of(self._cell)
        elif name == "row" and any(self._row.cells):
            self._done.append(self._row)

    def text(self, text: str) -> None:
        if self._inside[-1:] in (["v"], ["t"]) and "rPh" not in self._inside:
            self._cell.value.append(text)


def _refuse(*_arguments: object) -> None:
    raise WorkbookRefused


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _place(reference: str, *, default: int) -> int:
    """The column of a reference (B3 → 1). Raises WorkbookRefused beyond the last column of the format."""
    letters = reference.rstrip("0123456789").upper()
    if not letters:
        return default
    place = 0
    for letter in letters[:4]:
        place = place * 26 + ord(letter) - ord("A") + 1
    if not letters.isascii() or not letters.isalpha() or place > MOST_COLUMNS:
        raise WorkbookRefused
    return place - 1


def _number(raw: str, *, epoch: dt.datetime | None) -> str:
    """A number as people write it, or the day it stands for."""
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return raw
    if not number.is_finite() or abs(number.adjusted()) > 20:
        return raw
    if epoch is None or not 0 <= number <= _LAST_SERIAL:
        return f"{number.normalize():f}"
    # seconds are all that a cell shows
    moment = epoch + dt.timedelta(seconds=round(number * 86_400))
    return moment.date().isoformat() if moment.time() == dt.time() else moment.isoformat(timespec="minutes")


def _is_date(number: str, code: str) -> bool:
    if number.isascii() and number.isdigit() and int(number) in _BUILT_IN_DATES:
        return True
    # "年" and colours such as [Red] are no letters of a day
    return any(letter in _NO_DATE.sub("", code).lower() for letter in "ymdeg") and "general" not in code.lower()


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
