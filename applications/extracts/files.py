"""Tables as files in a folder: CSV (several in a ZIP when there are several tables), XLSX."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, TextIO
from zipfile import ZIP_DEFLATED, ZipFile

from applications.enums import ExtractFormat, TextEncoding
from applications.extracts.entry_names import unique_name
from applications.extracts.table import Line, Table
from applications.extracts.texts import csv_text, in_words
from applications.extracts.writing import Writing
from cityhall.cp932 import Replaced, to_cp932
from cityhall.workbooks import CONTENT_TYPE, Workbook

ZIP_TYPE: Final = "application/zip"


@dataclass(frozen=True)
class Made:
    """A finished file, where it lies and what it is."""

    path: Path
    suffix: str
    content_type: str
    report: dict[str, Any]


class TableFile(Protocol):
    """A file that takes lines and is there once it is closed."""

    def write(self, line: Line, number: str) -> None: ...

    def close(self) -> Made: ...

    def abandon(self) -> None: ...


class CsvFile:
    """Each table as CSV with CRLF. One table is the file itself, several are packed together."""

    def __init__(self, *, folder: Path, table: Table, writing: Writing, encoding: str) -> None:
        self._folder = folder
        self._dates = writing.dates
        self._titles = table.titles
        self._keys = [[heading.key for heading in headings] for headings in table.headings]
        self._is_cp932 = encoding == TextEncoding.CP932
        self._replaced = Replaced()
        self._paths = [folder / f"{place}.csv" for place in range(len(self._titles))]
        self._files: list[TextIO] = [
            # what is no character at all (half a surrogate) cannot be written in any encoding
            path.open("w", encoding=encoding, errors="replace", newline="")
            for path in self._paths
        ]
        self._writers = [csv.writer(file) for file in self._files]
        for place, lines in enumerate(table.heading_lines()):
            for line in lines:
                self._writers[place].writerow(self._texts([csv_text(cell) for cell in line], place, ""))

    def write(self, line: Line, number: str) -> None:
        """One line; `number` is the case's, for the report on characters."""
        place, cells = line
        texts = [csv_text(in_words(cell, self._dates)) for cell in cells]
        self._writers[place].writerow(self._texts(texts, place, number))

    def close(self) -> Made:
        self.abandon()
        report = self._replaced.stored() if self._is_cp932 else {}
        if len(self._paths) == 1:
            return Made(self._paths[0], ".csv", "text/csv", report)
        packed = self._folder / "tables.zip"
        taken: set[str] = set()
        with ZipFile(packed, "w", ZIP_DEFLATED) as together:
            for path, title in zip(self._paths, self._titles, strict=True):
                together.write(path, unique_name([title], ".csv", taken))
        return Made(packed, ".zip", ZIP_TYPE, report)

    def abandon(self) -> None:
        for file in self._files:
            file.close()

    def _texts(self, texts: list[str], place: int, number: str) -> list[str]:
        if not self._is_cp932:
            return texts
        kept = []
        for column, text in enumerate(texts):
            held, lost = to_cp932(text)
            if lost:
                self._replaced.note(number, self._keys[place][column], lost)
            kept.append(held)
        return kept


class XlsxFile:
    """Each table as a sheet of one workbook; numbers and days stay what they are."""

    def __init__(self, *, folder: Path, table: Table, writing: Writing) -> None:
        self._dates = writing.dates
        self._book = Workbook(folder / "book.xlsx")
        lines: Sequence[list[list[str]]] = table.heading_lines()
        self._sheets = [
            self._book.add_sheet(title, headings=headings) for title, headings in zip(table.titles, lines, strict=True)
        ]

    def write(self, line: Line, number: str) -> None:
        """One line."""
        place, cells = line
        self._sheets[place].write(in_words(cell, self._dates) for cell in cells)

    def close(self) -> Made:
        self._book.close()
        return Made(self._book.path, ".xlsx", CONTENT_TYPE, {"cut": self._book.cut} if self._book.cut else {})

    def abandon(self) -> None:
        for sheet in self._sheets:
            sheet.abandon()


def open_file(*, kind: str, folder: Path, table: Table, writing: Writing, encoding: str) -> TableFile:
    """The file of a format, with its headings."""
    if kind == ExtractFormat.XLSX:
        return XlsxFile(folder=folder, table=table, writing=writing)
    return CsvFile(folder=folder, table=table, writing=writing, encoding=encoding)
