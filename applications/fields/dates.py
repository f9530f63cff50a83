"""Days by era or western year, alone and with a time."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers import display_date
from applications.definition import TODAY, Field
from applications.fields.base import AnswerField, half_width
from applications.fields.mistakes import Mistakes, PartError
from applications.fields.times import read_time
from applications.typed import DATE_PARTS, UNKNOWN, WESTERN
from applications.widgets import BirthDateWidget, DateTimeWidget, DateWidget
from cityhall.days import era_of, from_wareki, today
from residents.dates import DateInvalid, PartialDate, partial_date

YEARS_AHEAD = 50
"""No plan reaches further; 令和99年 is a slip of the finger."""
_NUMBERS = ("year", "month", "day")
_MOST = {"year": 9999, "month": 12, "day": 31}
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Days that each month can have."""
_UNKNOWN_PARTS = {"day": ("day",), "month": ("month", "day")}
"""What is unknown, and the boxes that stay blank then."""
_COMPLAINTS = {
    "year": gettext_lazy("年を数字で入力してください（元年は「元」か「1」）。"),
    "month": gettext_lazy("月を1から12までの数字で入力してください。"),
    "day": gettext_lazy("日を1から31までの数字で入力してください。"),
}


class DateAnswer(AnswerField):
    """A date by era or western year. Raises for days that do not exist (平成31年5月1日 is no day of 平成)."""

    default_error_messages = {"required": gettext_lazy("年月日を入力してください。")}

    def __init__(self, field: Field) -> None:
        is_own = field.concept == "applicant.birth_date"
        super().__init__(field, widget=BirthDateWidget(is_own=is_own) if is_birth(field) else DateWidget())

    def to_python(self, value: Any) -> str | None:
        parts = {part: half_width((value or {}).get(part)) for part in DATE_PARTS}
        if not any(parts[part] for part in _NUMBERS):
            return None
        unknown = (value or {}).get(UNKNOWN) if is_birth(self.question) else ""
        if unknown in _UNKNOWN_PARTS:
            return read_birth(self.question, parts, unknown).iso
        return read_date(self.question, parts).isoformat()


def is_birth(field: Field) -> bool:
    """Whether the question asks when somebody was born: registers know people of whom nobody knows the day (不詳)."""
    return field.concept.endswith(".birth_date")


class DateTimeAnswer(AnswerField):
    """A date and a time of day in Tokyo. Limits are days."""

    default_error_messages = {"required": gettext_lazy("年月日と時刻を入力してください。")}

    def __init__(self, field: Field) -> None:
        super().__init__(field, widget=DateTimeWidget())

    def to_python(self, value: Any) -> str | None:
        parts = {part: half_width((value or {}).get(part)) for part in (*DATE_PARTS, "time")}
        clock = parts.pop("time")
        if not clock and not any(parts[part] for part in _NUMBERS):
            return None
        mistakes = Mistakes()
        date = mistakes.read(read_date, self.question, parts, part="", blank=None)
        time = mistakes.read(_clock, clock, part="time", blank="")
        mistakes.raise_all()
        return f"{date.isoformat()}T{time}" if date else None


def _clock(text: str) -> str:
    """Raises ValidationError."""
    if not text:
        raise ValidationError(_("時刻を入力してください。"))
    return read_time(text)


def read_date(field: Field, parts: dict[str, str]) -> dt.date:
    """The date that half-width parts give. Raises ValidationError: what is missing, wrong or outside the limits."""
    mistakes = Mistakes()
    missing = [part for part in _NUMBERS if not parts[part]]
    if missing:
        mistakes.add(_("%(parts)sを入力してください。") % {"parts": _labels(missing)}, *missing)
    for part in _NUMBERS:
        if parts[part] and not _can_be(part, parts[part]):
            mistakes.add(_COMPLAINTS[part], part)
    mistakes.raise_all()
    date = _date(**parts)
    _check(field, date, date)
    return date


def read_birth(field: Field, parts: dict[str, str], unknown: str) -> PartialDate:
    """A birth date of which the day, or month and day, are unknown. Raises ValidationError as `read_date` does, and for
    parts that are filled although they are said to be unknown."""
    mistakes = Mistakes()
    blank = _UNKNOWN_PARTS[unknown]
    needed = [part for part in _NUMBERS if part not in blank]
    missing = [part for part in needed if not parts[part]]
    if missing:
        mistakes.add(_("%(parts)sを入力してください。") % {"parts": _labels(missing)}, *missing)
    filled = [part for part in blank if parts[part]]
    if filled:
        message = _("%(parts)sがわからないときは、欄を空けてください。わかるときは「すべてわかる」を選んでください。")
        mistakes.add(message % {"parts": _labels(filled)}, *filled)
    for part in needed:
        if parts[part] and not _can_be(part, parts[part]):
            mistakes.add(_COMPLAINTS[part], part)
    mistakes.raise_all()
    born = _partly(parts, needed)
    # by the day it can be that lies within the limits
    _check(field, *_span(born))
    return born


def _partly(parts: dict[str, str], needed: Sequence[str]) -> PartialDate:
    """Raises ValidationError for what no era has."""
    numbers = {part: 1 if parts[part] == "元" else int(parts[part]) for part in needed}
    era = "" if parts["era"] in ("", WESTERN) or numbers["year"] >= 1000 else parts["era"]
    try:
        born = partial_date(era=era, year=numbers["year"], month=numbers.get("month"), day=None)
        eras = {found.key for day in _span(born) if (found := era_of(day))}
    except (DateInvalid, ValueError, OverflowError, StopIteration):
        raise PartError(_("この日付はありません。年号と年月日をご確認ください。"), "era", "year") from None
    if era and era not in eras:
        raise PartError(_("この日付はありません。年号と年月日をご確認ください。"), "era", "year")
    return born


def _span(born: PartialDate) -> tuple[dt.date, dt.date]:
    """The first and the last day it can be."""
    if born.earliest is None or born.latest is None:
        raise DateInvalid
    return born.earliest, born.latest


def _labels(parts: Iterable[str]) -> str:
    return "・".join(str(DateWidget.labels[part]) for part in parts)


def _can_be(part: str, text: str) -> bool:
    """Whether the text is a number that this part of some date can have."""
    if part == "year" and text == "元":
        return True
    return text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= _MOST[part]


def _date(*, era: str, year: str, month: str, day: str) -> dt.date:
    """The date of parts that are each possible. Raises ValidationError."""
    numbers = [1 if year == "元" else int(year), int(month), int(day)]
    # four digits can only be a western year, whatever era the list was left at
    is_western = era in ("", WESTERN) or numbers[0] >= 1000
    try:
        return dt.date(*numbers) if is_western else from_wareki(era, *numbers)
    except (ValueError, OverflowError):
        is_day = is_western or numbers[2] > _DAYS[numbers[1] - 1]
        wrong = ("day",) if is_day else ("era", "year")
        raise PartError(_("この日付はありません。年号と年月日をご確認ください。"), *wrong) from None


def _check(field: Field, date: dt.date, latest: dt.date) -> None:
    """Some day from the first to the last it can be has to lie within the limits."""
    least, most = _limit(field.min), _limit(field.max)
    if least and latest < least:
        raise ValidationError(_("%(date)s以降の日付を入力してください。") % {"date": display_date(least.isoformat())})
    if most and date > most:
        raise ValidationError(_("%(date)s以前の日付を入力してください。") % {"date": display_date(most.isoformat())})
    if most is None and date.year > today().year + YEARS_AHEAD:
        raise ValidationError(_("この日付は先すぎます。年号と年をご確認ください。"))


def _limit(value: str | None) -> dt.date | None:
    if value is None:
        return None
    return today() if value == TODAY else dt.date.fromisoformat(value)
