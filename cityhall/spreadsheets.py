"""Tables for spreadsheet programs: CSV that is sent while it is read, and in which nothing is a formula."""

import codecs
import csv
import itertools
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, full-width signs included."""
BOM = "\ufeff"
GETA = "geta"
"""Printers put a 〓 where a character is missing; "?" would look like what somebody typed."""
codecs.register_error(GETA, lambda error: ("〓" * (error.end - error.start), error.end))  # type: ignore[attr-defined]


def safe_cell(value: object) -> str:
    """A cell as text. An apostrophe before what would be a formula; whole numbers stay numbers."""
    text = str(value)
    if isinstance(value, int | float):
        return text
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_response(
    *, name: str, header: Sequence[object], rows: Iterable[Sequence[object]], encoding: str = "utf-8"
) -> StreamingHttpResponse:
    """The table as a download; rows are read as they are sent.

    UTF-8 with a mark that spreadsheet programs know; in `cp932` a character that it does not have is written 〓.
    """
    lines: Iterable[str] = _lines(header, rows)
    if encoding == "utf-8":
        lines = itertools.chain([BOM], lines)
    encoded = (line.encode(encoding, errors=GETA) for line in lines)
    charset = "shift_jis" if encoding == "cp932" else encoding
    response = StreamingHttpResponse(encoded, content_type=f"text/csv; charset={charset}")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["Cache-Control"] = "private, no-store"
    return response


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines(header: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield str(writer.writerow([safe_cell(cell) for cell in header]))
    for row in rows:
        yield str(writer.writerow([safe_cell(cell) for cell in row]))
