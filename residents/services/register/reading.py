"""A register file as rows: encoding, headings, numbered rows. Memory stays flat for any size."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Final

from django.utils.translation import gettext_lazy as _

from residents.errors import RegisterFileRefused

UTF8: Final = "utf-8-sig"
CP932: Final = "cp932"
ENCODINGS: Final = (UTF8, CP932)
_PIECE: Final = 1 << 20

Source = Callable[[], IO[bytes]]
"""Opens the file for reading, as often as it is called."""


@dataclass(frozen=True)
class RawRow:
    """One row as text; `number` is the row as a spreadsheet counts it (headings are row 1)."""

    number: int
    cells: Sequence[str]


def detect_encoding(source: Source, *, chosen: str = "") -> str:
    """UTF-8 (with or without BOM) or CP932, decided on the whole file, so that no later row can fail.

    Raises RegisterFileRefused when the chosen encoding, or any, does not fit.
    """
    for encoding in (chosen,) if chosen else ENCODINGS:
        if _decodes(source, encoding):
            return encoding
    raise RegisterFileRefused(
        _("文字コードを判定できません。UTF-8 か CP932（Shift_JIS）で保存したファイルを選んでください。")
    )


def _decodes(source: Source, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with source() as file:
        try:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


@contextmanager
def open_rows(source: Source, encoding: str) -> Iterator[tuple[list[str], Iterator[RawRow]]]:
    """The headings and the rows of a file; comma or tab. Blank lines are left out but counted.

    Raises RegisterFileRefused for a file without headings or with quotes that never end.
    """
    with source() as file:
        text = io.TextIOWrapper(file, encoding=encoding, newline="")
        first = text.readline()
        text.seek(0)
        reader = csv.reader(text, delimiter="\t" if "\t" in first else ",", strict=True)
        headings = [heading.strip() for heading in _next(reader) or []]
        if len(headings) < 2:
            raise RegisterFileRefused(_("見出しの行がありません。1行目に列の見出しがあるファイルを選んでください。"))
        yield headings, _numbered(reader)
        # the file belongs to the caller's `with`, not to the wrapper
        text.detach()


def _numbered(reader: Any) -> Iterator[RawRow]:
    number = 1
    while (cells := _next(reader)) is not None:
        number += 1
        if any(cells):
            yield RawRow(number, cells)


def _next(reader: Any) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        message = _('%(line)d行目の形式が正しくありません。引用符（"）を確認してください。') % {"line": reader.line_num}
        raise RegisterFileRefused(message) from error
