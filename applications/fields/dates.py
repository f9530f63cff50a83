"""Days by era or western year, alone and with a time."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers import display_date
from applications.definition import TODAY, Field
from applications.fields.base import AnswerField, half_width
from applications.fields.mistakes import Mistakes, PartError
from applications.fields.times import read_time
from applications.typed import DATE_PARTS, WESTERN
from applications.widgets import DateTimeWidget, DateWidget
from cityhall.days import from_wareki, today

YEARS_AHEAD = 50
"""No plan reaches further; 令和99年 is a slip of the finger."""
_NUMBERS = ("year", "month", "day")
_MOST = {"year": 9999, "month": 12, "day": 31}
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Days that each month can have."""
_COMPLAINTS = {
    "year": gettext_lazy("年を数字で入力してください（元年は「元」か「1」）。"),
    "month": gettext_lazy("月を1から12までの数字で入力してください。"),
    "day": gettext_lazy("日を1から31までの数字で入力してください。"),
}


class DateAnswer(AnswerField):
    """A date by era or western year. Raises for days that do not exist (平成31年5月1日 is no day of 平成)."""

    default_error_messages = {"required": gettext_lazy("年月日を入力してください。")}

    def __init__(self, field: Field) -> None:
        super().__init__(field, widget=DateWidget(is_birthday=field.concept == "applicant.birth_date"))

    def to_python(self, value: Any) -> str | None:
        parts = {part: half_width((value or {}).get(part)) for part in DATE_PARTS}
        date = read_date(self.question, parts) if any(parts[part] for part in _NUMBERS) else None
        return date.isoformat() if date else None


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
        labels = "・".join(str(DateWidget.labels[part]) for part in missing)
        mistakes.add(_("%(parts)sを入力してください。") % {"parts": labels}, *missing)
    for part in _NUMBERS:
        if parts[part] and not _can_be(part, parts[part]):
            mistakes.add(_COMPLAINTS[part], part)
    mistakes.raise_all()
    date = _date(**parts)
    _check(field, date)
    return date


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


def _check(field: Field, date: dt.date) -> None:
    least, most = _limit(field.min), _limit(field.max)
    if least and date < least:
        raise ValidationError(_("%(date)s以降の日付を入力してください。") % {"date": display_date(least.isoformat())})
    if most and date > most:
        raise ValidationError(_("%(date)s以前の日付を入力してください。") % {"date": display_date(most.isoformat())})
    if most is None and date.year > today().year + YEARS_AHEAD:
        raise ValidationError(_("この日付は先すぎます。年号と年をご確認ください。"))


def _limit(value: str | None) -> dt.date | None:
    if value is None:
        return None
    return today() if value == TODAY else dt.date.fromisoformat(value)
