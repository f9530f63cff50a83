"""What a print house, or whoever folds the letters, needs beside the print file: the list, the counts, the bundles."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from cityhall.cp932 import to_cp932
from cityhall.references import format_number
from cityhall.services.files import open_stored
from cityhall.spreadsheets import BOM, safe_cell
from notices.barcode import printed_code
from notices.models import LetterRun, LetterRunItem

# what fits into a hand and a rubber band
BUNDLE = 100
ENCODINGS = ("utf-8", "cp932")


@dataclass(frozen=True)
class Batch:
    """Letters of as many sheets, which stand together in the print file; the folding machine is set once for each."""

    sheets: int
    first: int
    last: int
    count: int
    pages: int
    yen: int


@dataclass(frozen=True)
class Bundle:
    """Some letters in a row, of one batch."""

    number: int
    sheets: int
    first: int
    last: int
    first_postal_code: str
    last_postal_code: str

    @property
    def count(self) -> int:
        return self.last - self.first + 1


def batches(letters: Sequence[LetterRunItem]) -> list[Batch]:
    """The printed letters of a run, in order, by their number of sheets."""
    return [
        Batch(
            sheets=group[0].sheets,
            first=group[0].position,
            last=group[-1].position,
            count=len(group),
            pages=sum(letter.pages for letter in group),
            yen=sum(letter.postage_yen for letter in group),
        )
        for group in _groups(letters)
    ]


def bundles(letters: Sequence[LetterRunItem]) -> list[Bundle]:
    """Hands full of letters in a row, with the postal codes at both ends."""
    hands = [group[start : start + BUNDLE] for group in _groups(letters) for start in range(0, len(group), BUNDLE)]
    return [
        Bundle(
            number=number,
            sheets=hand[0].sheets,
            first=hand[0].position,
            last=hand[-1].position,
            first_postal_code=hand[0].notice.recipient_postal_code,
            last_postal_code=hand[-1].notice.recipient_postal_code,
        )
        for number, hand in enumerate(hands, start=1)
    ]


def _groups(letters: Sequence[LetterRunItem]) -> list[list[LetterRunItem]]:
    sizes = dict.fromkeys(letter.sheets for letter in letters)
    return [[letter for letter in letters if letter.sheets == sheets] for sheets in sizes]


def write_archive(run: LetterRun, letters: Sequence[LetterRunItem], target: IO[bytes], *, encoding: str) -> None:
    """The print file, the list of letters and the counts in one ZIP. The run has a file."""
    if run.file is None:
        raise FileNotFoundError
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("letters.csv", _encoded(_letter_rows(run, letters), encoding))
        archive.writestr("sheets.csv", _encoded(_batch_rows(letters), encoding))
        with open_stored(run.file) as source, archive.open("letters.pdf", "w", force_zip64=True) as entry:
            for chunk in source.chunks():
                entry.write(chunk)


def _letter_rows(run: LetterRun, letters: Iterable[LetterRunItem]) -> Iterator[list[object]]:
    yield [
        _("順番"), _("通知番号"), _("開始ページ"), _("ページ数"), _("用紙の枚数"), _("同封物の枚数"), _("郵便番号"),
        _("住所"), _("建物名"), _("宛名"), _("敬称"), _("カスタマバーコード"), _("郵送料（円）"),
    ]  # fmt: skip
    for letter in letters:
        notice = letter.notice
        after_town = f"{notice.recipient_street} {notice.recipient_building}"
        yield [
            letter.position, format_number(notice.number), letter.first_page, letter.pages, letter.sheets, run.inserts,
            _written(notice.recipient_postal_code), notice.recipient_address, notice.recipient_building,
            notice.recipient_name, _("様"), printed_code(notice.recipient_postal_code, after_town), letter.postage_yen,
        ]  # fmt: skip


def _written(postal_code: str) -> str:
    # with its hyphen no spreadsheet takes it for a number
    return f"{postal_code[:3]}-{postal_code[3:]}"


def _batch_rows(letters: Sequence[LetterRunItem]) -> Iterator[list[object]]:
    yield [_("用紙の枚数"), _("順番（から）"), _("順番（まで）"), _("通数"), _("ページ数"), _("郵送料（円）")]
    for batch in batches(letters):
        yield [batch.sheets, batch.first, batch.last, batch.count, batch.pages, batch.yen]


def _encoded(rows: Iterable[Sequence[object]], encoding: str) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([safe_cell(cell) for cell in row] for row in rows)
    if encoding == "cp932":
        # a name that CP932 cannot write is right on the letter; the list is for counting
        return to_cp932(text.getvalue())[0].encode("cp932")
    return (BOM + text.getvalue()).encode()
