"""A list as rows: CSV in UTF-8 or CP932, or the first sheet of a workbook."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.utils.translation import gettext as _

from cityhall.models import StoredFile
from cityhall.services.files import open_stored, read_bytes
from cityhall.workbook_reading import WorkbookRefused, is_workbook, merged_ranges, read_lines
from notices.services.campaigns.columns import MOST_COLUMNS
from notices.services.campaigns.errors import ListRefused
from residents.errors import RegisterFileRefused
from residents.services.register.reading import RawRow, detect_encoding, open_rows

WORKBOOK: Final = "xlsx"
MOST_BYTES: Final = 50_000_000
MOST_ROWS: Final = 200_000
_SIGNS_OF_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


def encoding_of(file: StoredFile) -> str:
    """How a list is to be read: utf-8-sig, cp932, or `xlsx` for a workbook.

    Raises ListRefused: another encoding, merged cells, no headings, too many columns.
    """
    with open_stored(file) as opened:
        head = bytes(opened.read(8))
    if head.startswith(_SIGNS_OF_UTF16):
        raise ListRefused(_("文字コードが UTF-16 のファイルです。UTF-8 か CP932（Shift_JIS）で保存し直してください。"))
    with _refusing():
        if is_workbook(head):
            _refuse_merged(merged_ranges(read_bytes(file)))
            found = WORKBOOK
        else:
            found = detect_encoding(lambda: open_stored(file))
    with open_list(file, found):
        # opening reads the headings, which is all that can be refused here
        return found


@contextmanager
def open_list(file: StoredFile, encoding: str) -> Iterator[tuple[list[str], Iterator[RawRow]]]:
    """The headings and the rows that have anything in them, numbered as a spreadsheet numbers them.

    Raises ListRefused, while it is read too.
    """
    with _refusing():
        if encoding == WORKBOOK:
            lines = read_lines(read_bytes(file))
            heads = next(lines, None)
            if heads is None or heads.number != 1:
                raise ListRefused(_("1行目に列の見出しがありません。題名などの行を消し、1行目を見出しにしてください。"))
            headings = _checked(heads.cells)
            yield headings, (RawRow(line.number, _padded(line.cells, len(headings))) for line in lines)
        else:
            with open_rows(lambda: open_stored(file), encoding) as (heads_of_text, rows):
                yield _checked(heads_of_text), rows


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (RegisterFileRefused, WorkbookRefused) as refusal:
        raise ListRefused(str(refusal)) from None


def _checked(heads: list[str]) -> list[str]:
    # a line break inside a heading does not come back from a form as it went
    headings = [" ".join(head.split()) for head in heads]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) < 2:
        raise ListRefused(_("1行目に列の見出しがありません。1行目を見出しにして、列を二つ以上入れてください。"))
    if len(headings) > MOST_COLUMNS:
        raise ListRefused(
            _("列が%(count)d列あります。%(most)d列までに減らしてください。")
            % {"count": len(headings), "most": MOST_COLUMNS}
        )
    return headings


def _padded(cells: list[str], width: int) -> list[str]:
    """A workbook leaves empty cells at the end of a row out."""
    return cells if len(cells) >= width else [*cells, *[""] * (width - len(cells))]


def _refuse_merged(ranges: list[str]) -> None:
    if not ranges:
        return
    first, others = ranges[0], len(ranges) - 1
    where = _("%(range)s ほか%(count)dか所") % {"range": first, "count": others} if others else first
    raise ListRefused(
        _("結合されたセルがあります（%(where)s）。結合を解除し、すべての行に値を入れてから、もう一度選んでください。")
        % {"where": where}
    )
