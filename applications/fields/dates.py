"""Days by era or western year, alone and with a time."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers import display_date
from applications.definition import TODAY, Field
from applications.fields.base import AnswerField, half_width
from applications.fields.times import read_time
from applications.typed import DATE_PARTS, WESTERN
from applications.widgets import DateTimeWidget, DateWidget
from cityhall.days import from_wareki, today

YEARS_AHEAD = 50
"""No plan reaches further; 令和99年 is a slip of the finger."""
_NUMBERS = ("year", "month", "day")


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
        date = read_date(self.question, parts)
        if not clock:
            raise ValidationError(_("時刻を入力してください。"))
        return f"{date.isoformat()}T{read_time(clock)}"


def read_date(field: Field, parts: dict[str, str]) -> dt.date:
    """The date that half-width parts give. Raises ValidationError for missing parts and days outside the limits."""
    missing = [str(DateWidget.labels[part]) for part in _NUMBERS if not parts[part]]
    if missing:
        raise ValidationError(_("%(parts)sを入力してください。") % {"parts": "・".join(missing)})
    date = _date(**parts)
    _check(field, date)
    return date


def _date(*, era: str, year: str, month: str, day: str) -> dt.date:
    try:
        numbers = [1 if year == "元" else int(year), int(month), int(day)]
        # four digits can only be a western year, whatever era the list was left at
        if era in ("", WESTERN) or numbers[0] >= 1000:
            return dt.date(*numbers)
        return from_wareki(era, *numbers)
    except (ValueError, OverflowError):
        raise ValidationError(_("この日付はありません。年号と年月日をご確認ください。")) from None


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
