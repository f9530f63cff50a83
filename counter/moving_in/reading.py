"""The portal's file as notices, and what is wrong with the rows that are none. Problems carry no values."""

import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import jaconv
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.days import TOKYO
from cityhall.text import BadText, clean_text, has_my_number
from counter.moving_in.columns import CANCEL_WORDS, MOST_MEMBERS, places_of
from counter.moving_in.errors import MoveInFileRefused
from counter.moving_in.notices import Notice, Person, plain_number
from residents.address_text import take_apart
from residents.addresses import format_postal_code, normalize_postal_code
from residents.dates import DateInvalid, parse_birth, parse_day
from residents.errors import RegisterFileRefused
from residents.phones import PhoneInvalid, parse_phone
from residents.services.register.reading import RawRow, detect_encoding, open_rows

MOST_BYTES: Final = 5_000_000
MOST_ROWS: Final = 2_000
SHORTEST_NUMBER: Final = 8
LONGEST_NUMBER: Final = 40
_LONGEST: Final = 200
_PARTS: Final = ("postal_code", "prefecture", "city", "town", "street", "building")
_TIMES: Final = re.compile(r"(\d{1,2})[:時](\d{2})?分?(?:[~〜\-から]+(\d{1,2})[:時](\d{2})?分?)?")
_HALVES: Final = {"午前": ("00:00", "12:00"), "午後": ("12:00", "24:00")}
_MOMENT: Final = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D*(?:(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_UNNUMBERED: Final = frozenset({"number", "phone"})
"""Columns in which twelve digits are no My Number."""


@dataclass(frozen=True)
class RowProblem:
    """Why a row is not imported; `number` is the row as a spreadsheet counts it."""

    number: int
    message: str


@dataclass(frozen=True)
class Read:
    """What a file says: notices by row number, and the rows that were left out."""

    notices: tuple[tuple[int, Notice], ...]
    problems: tuple[RowProblem, ...]


class _Refused(Exception):
    """A row that cannot be read, with the sentence for it."""

    def __init__(self, message: str | Promise) -> None:
        self.message = message
        super().__init__()


def read_file(content: bytes, *, headings: Mapping[str, str], cancel_words: Sequence[str] = ()) -> Read:
    """Every row of a CSV (UTF-8 or CP932, comma or tab). Raises MoveInFileRefused for what is no such file.

    A number that stands in two rows counts in neither: nobody can say which is right.
    """
    if len(content) > MOST_BYTES:
        raise MoveInFileRefused(_("ファイルが大きすぎます。5MBまでに分けてください。"))
    words = {_folded(word) for word in (*CANCEL_WORDS, *cancel_words)}
    found: list[tuple[int, Notice]] = []
    problems: list[RowProblem] = []
    for row, places in _rows(content, headings):
        try:
            found.append((row.number, _notice(_cells(row, places), words)))
        except _Refused as refusal:
            problems.append(RowProblem(row.number, str(refusal.message)))
        if len(found) + len(problems) > MOST_ROWS:
            raise MoveInFileRefused(_("行が多すぎます。2,000件までに分けてください。"))
    return _without_twins(found, problems)


def _rows(content: bytes, own: Mapping[str, str]) -> Iterator[tuple[RawRow, dict[str, int]]]:
    def source() -> io.BytesIO:
        return io.BytesIO(content)

    try:
        with open_rows(source, detect_encoding(source)) as (headings, rows):
            places = places_of(headings, own)
            for row in rows:
                yield row, places
    except RegisterFileRefused as refusal:
        raise MoveInFileRefused(str(refusal)) from None


def _without_twins(found: list[tuple[int, Notice]], problems: list[RowProblem]) -> Read:
    rows_of: dict[str, list[int]] = {}
    for row, notice in found:
        rows_of.setdefault(notice.number, []).append(row)
    sentence = _("受付番号が、ほかの行（%(rows)s行目）と同じです。一つの行にしてください。")
    for rows in rows_of.values():
        for row in rows if len(rows) > 1 else ():
            others = "、".join(str(one) for one in rows if one != row)
            problems.append(RowProblem(row, sentence % {"rows": others}))
    single = tuple((row, notice) for row, notice in found if len(rows_of[notice.number]) == 1)
    return Read(single, tuple(sorted(problems, key=lambda one: one.number)))


def _cells(row: RawRow, places: Mapping[str, int]) -> dict[str, str]:
    """The texts that are there, as the file has them. Raises _Refused for what no database holds, and My Numbers."""
    found: dict[str, str] = {}
    for key, place in places.items():
        text = row.cells[place].strip() if place < len(row.cells) else ""
        if not text:
            continue
        if len(text) > _LONGEST:
            raise _Refused(_("長すぎる内容があります。%(most)s文字までにしてください。") % {"most": _LONGEST})
        try:
            clean_text(text)
        except BadText:
            raise _Refused(_("使えない文字があります。")) from None
        if key not in _UNNUMBERED and has_my_number(text):
            raise _Refused(
                _("個人番号（マイナンバー）らしき数字があります。個人番号の入っていないファイルを選んでください。")
            )
        found[key] = text
    return found


def _notice(cells: Mapping[str, str], cancel_words: set[str]) -> Notice:
    number = plain_number(cells.get("number", ""))
    if not SHORTEST_NUMBER <= len(number) <= LONGEST_NUMBER:
        raise _Refused(_("受付番号がないか、%(least)s文字より短いか、長すぎます。") % {"least": SHORTEST_NUMBER})
    is_cancelled = _folded(cells.get("status", "")) in cancel_words
    if is_cancelled:
        # whoever cancels may leave everything else out
        return Notice(number, (Person(cells.get("name", "")),), is_cancelled=True, updated_at=_moment(cells))
    time_from, time_until = _times(cells.get("wished_time", ""))
    return Notice(
        number=number,
        people=(_applicant(cells), *_members(cells)),
        updated_at=_moment(cells),
        wished_on=_day(cells, "wished_on", gettext_lazy("来庁予定日")),
        wished_from=time_from,
        wished_until=time_until,
        moving_on=_day(cells, "moving_on", gettext_lazy("異動日")),
        phone=_phone(cells.get("phone", "")),
        email=_email(cells.get("email", "")),
        old=_address(cells, "old"),
        new=_address(cells, "new"),
    )


def _applicant(cells: Mapping[str, str]) -> Person:
    if "name" not in cells:
        raise _Refused(_("氏名がありません。"))
    return Person(
        cells["name"], _kana(cells.get("kana", "")), _born(cells, "birth_date"), cells.get("relationship", "")
    )


def _members(cells: Mapping[str, str]) -> Iterator[Person]:
    for number in range(1, MOST_MEMBERS + 1):
        name = cells.get(f"member_name.{number}", "")
        if name:
            yield Person(
                name,
                _kana(cells.get(f"member_kana.{number}", "")),
                _born(cells, f"member_birth_date.{number}"),
                cells.get(f"member_relationship.{number}", ""),
            )


def _born(cells: Mapping[str, str], key: str) -> str:
    """Blank where the register itself knows a part only (不詳): the family is asked."""
    try:
        found = parse_birth(cells.get(key, "")).date
    except DateInvalid:
        raise _Refused(_("「%(label)s」が日付ではありません。") % {"label": _("生年月日")}) from None
    return found.isoformat() if found else ""


def _day(cells: Mapping[str, str], key: str, label: Any) -> str:
    text = cells.get(key, "")
    if not text:
        return ""
    try:
        # a moment is a day with a time behind it
        found = parse_day(re.split(r"[T ]", unicodedata.normalize("NFKC", text).strip())[0])
    except DateInvalid:
        raise _Refused(_("「%(label)s」が日付ではありません。") % {"label": label}) from None
    return found.isoformat() if found else ""


def _moment(cells: Mapping[str, str]) -> str:
    match = _MOMENT.match(unicodedata.normalize("NFKC", cells.get("updated_at", "")))
    if match is None:
        return ""
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return dt.datetime(year, month, day, hour, minute, second, tzinfo=TOKYO).isoformat()
    except ValueError:
        raise _Refused(_("更新日時が日時ではありません。")) from None


def _times(text: str) -> tuple[str, str]:
    """From and until: 10:00 alone is one beginning, 午前 any in the morning. Blank where nothing can be made of it."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if plain in _HALVES:
        return _HALVES[plain]
    match = _TIMES.fullmatch(plain)
    if match is None:
        return "", ""
    begin, begin_minute, end, end_minute = (int(part or 0) for part in match.groups())
    if begin > 23 or begin_minute > 59 or end > 24 or end_minute > 59:
        return "", ""
    since = f"{begin:02d}:{begin_minute:02d}"
    return since, f"{end:02d}:{end_minute:02d}" if match[3] else since


def _phone(text: str) -> str:
    try:
        return parse_phone(text)[1]
    except PhoneInvalid:
        raise _Refused(_("電話番号の形が正しくありません。")) from None


def _email(text: str) -> str:
    if not text:
        return ""
    try:
        validate_email(text)
    except ValidationError:
        raise _Refused(_("メールアドレスの形が正しくありません。")) from None
    return text


def _address(cells: Mapping[str, str], side: str) -> dict[str, str]:
    """In its parts; one line is taken apart by the list of Japan Post, and left out where nobody could."""
    parts = {part: cells.get(f"{side}_{part}", "") for part in _PARTS}
    line = cells.get(f"{side}_address", "")
    if line and not parts["city"]:
        found = take_apart(line)
        if found is None:
            return {}
        parts |= {part: str(getattr(found, part)) for part in _PARTS if part != "postal_code" or not parts[part]}
    code = normalize_postal_code(parts["postal_code"]) if parts["postal_code"] else None
    parts["postal_code"] = format_postal_code(code) if code else ""
    return parts if any(parts.values()) else {}


def _kana(text: str) -> str:
    return str(jaconv.h2z(jaconv.hira2kata(text)))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
