"""Birth dates as registers hold them: Japanese or western years, and days or months that nobody knows."""

import datetime as dt
import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext_lazy as _

from cityhall.days import ERAS, NoSuchDate, era_of, from_wareki, wareki
from cityhall.errors import DomainError

# the digits many registers write eras with: 1 Meiji … 5 Reiwa
_LETTER_OF_DIGIT: Final = {"1": "M", "2": "T", "3": "S", "4": "H", "5": "R"}
_WESTERN: Final = re.compile(r"^(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?$")
_COMPACT: Final = re.compile(r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})$")
_WAREKI: Final = re.compile(
    r"^(?P<era>明治|大正|昭和|平成|令和|[MTSHR])(?P<year>\d{1,2}|元)[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?$"
)
_WAREKI_COMPACT: Final = re.compile(r"^(?P<era>[MTSHR1-5])(?P<year>\d{2})(?P<month>\d{2})(?P<day>\d{2})$")
_UNKNOWN: Final = "不詳"
_ISO: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_MONTHS: Final = 12


class DateInvalid(DomainError):
    """The text or the parts are no date of the calendar."""

    code = "date_invalid"
    message = _("日付を確認してください。例: 昭和60年4月1日、1985-04-01")


@dataclass(frozen=True)
class PartialDate:
    """A date whose day, or month and day, may be unknown (不詳), as in registers of people born abroad."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if (self.month is not None and self.year is None) or (self.day is not None and self.month is None):
            raise DateInvalid
        if self.year is not None and self.month is not None:
            # an unknown day is tried as the first: month and year must be real
            _calendar_date(self.year, self.month, self.day or 1)

    @property
    def date(self) -> dt.date | None:
        """The day, when all parts are known."""
        if self.year is None or self.month is None or self.day is None:
            return None
        return dt.date(self.year, self.month, self.day)

    @property
    def iso(self) -> str:
        """`1985-04-01`, `1985-04` and `1985` where nobody knows the day, or month and day; "" without a year."""
        found = [] if self.year is None else [f"{self.year:04}"]
        found += [f"{one:02}" for one in (self.month, self.day) if one is not None]
        return "-".join(found)

    @property
    def earliest(self) -> dt.date | None:
        """The first day it can be."""
        return None if self.year is None else dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> dt.date | None:
        """The last day it can be: by it ages are counted, so that nobody is taken for older than the city knows."""
        if self.year is None or self.date:
            return self.date
        month = self.month or _MONTHS
        return dt.date(self.year, month, monthrange(self.year, month)[1])

    def __str__(self) -> str:
        """`昭和60年4月1日`, with 不詳 in the place of what nobody knows."""
        if self.date:
            return wareki(self.date)
        if self.year is None:
            return _UNKNOWN
        month = f"{self.month}月" if self.month else f"月{_UNKNOWN}"
        return f"{self.year}年{month}日{_UNKNOWN}"


def _calendar_date(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise DateInvalid from error


def partial_date(*, era: str, year: int, month: int | None, day: int | None) -> PartialDate:
    """A date from its parts; `era` is a Japanese era or "" for western years. Raises DateInvalid.

    In the year an era changes, an unknown month or day belongs to either: the western year is what counts.
    """
    if not era:
        return PartialDate(year, month, day)
    if month and day:
        try:
            full = from_wareki(era, year, month, day)
        except NoSuchDate as error:
            raise DateInvalid from error
        return PartialDate(full.year, full.month, full.day)
    first_day = next(entry.first_day for entry in ERAS if era in (entry.key, entry.name, entry.letter))
    return PartialDate(first_day.year + year - 1, month, day)


# a register holds four dates a row, and a city has few different ones
@lru_cache(maxsize=50_000)
def parse_birth(text: str) -> PartialDate:
    """A birth date of a register: western or Japanese, written out or as digits, `00` or 不詳 for unknown parts.

    Blank or 不詳 alone is a date of which nothing is known. Raises DateInvalid.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    if plain in ("", _UNKNOWN, "00000000"):
        return PartialDate()
    plain = _with_zeros(plain)
    for pattern in (_WESTERN, _COMPACT, _WAREKI, _WAREKI_COMPACT):
        if match := pattern.match(plain):
            parts = match.groupdict()
            return partial_date(
                era=_LETTER_OF_DIGIT.get(parts.get("era", ""), parts.get("era", "")),
                year=1 if parts["year"] == "元" else int(parts["year"]),
                month=int(parts["month"]) or None,
                day=int(parts["day"]) or None,
            )
    raise DateInvalid


def _with_zeros(text: str) -> str:
    """不詳 in all the places registers put it (4月不詳, 月日不詳, 不詳日, or nothing at all) as 0."""
    text = (
        re.sub(r"(?<!\d)([月日])不詳", r"0\1", text.replace("年不詳月", "年0月"))
        .replace(_UNKNOWN, "0")
        .replace("年月", "年0月")
    )
    text = re.sub(r"年0?$", "年0月0日", text)
    return re.sub(r"月0?$", "月0日", text)


def read_iso(text: str) -> PartialDate | None:
    """A date as `PartialDate.iso` writes it; None for any other text."""
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    if 0 in (year, month, day):
        return None
    try:
        return PartialDate(year, month, day)
    except DateInvalid:
        return None


def counted_day(text: str) -> dt.date | None:
    """The day that a birth date in an answer counts as: the last one it can be. None for what is no date."""
    partial = read_iso(text)
    return partial.latest if partial else None


def in_words(birth: PartialDate) -> str:
    """`昭和20年3月日不詳`, `昭和20年月日不詳`: by the era where all of it lies in one, else by the western year."""
    first, last = birth.earliest, birth.latest
    if birth.date or first is None or last is None:
        return str(birth)
    era = era_of(first)
    written = wareki(first).partition("年")[0] if era and era == era_of(last) else str(birth.year)
    return f"{written}年{birth.month}月日{_UNKNOWN}" if birth.month else f"{written}年月日{_UNKNOWN}"


def parse_day(text: str) -> dt.date | None:
    """A whole date of a register (moving in, death), or None for a blank. Raises DateInvalid."""
    partial = parse_birth(text)
    if partial.year is not None and partial.date is None:
        raise DateInvalid
    return partial.date
