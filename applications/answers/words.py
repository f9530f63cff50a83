"""One answer in words, by the type of its question."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from applications.answers.model import ADDRESS_PARTS, YES
from applications.definition import Field
from applications.enums import FieldType
from cityhall.days import wareki


def display_text(field: Field, answer: Any) -> str:
    """One answer in words; what has no words of its own is shown as it stands."""
    words = _WORDS.get(field.type)
    return words(field, answer) if words else str(answer)


def display_date(value: str) -> str:
    """令和8年11月21日（2026年）: people check one or the other."""
    try:
        date = dt.date.fromisoformat(value)
    except ValueError:
        return value
    return _("%(wareki)s（%(year)s年）") % {"wareki": wareki(date), "year": date.year}


def display_address(parts: Mapping[str, Any]) -> str:
    """〒123-4567 and the address in one line, the building after a blank."""
    text = {name: str(parts.get(name) or "") for name in ADDRESS_PARTS}
    code = text["postal_code"]
    post = f"〒{code[:3]}-{code[3:]}" if len(code) == 7 else ""
    line = text["prefecture"] + text["city"] + text["town"] + text["street"]
    return " ".join(part for part in (post, line, text["building"]) if part)


def group_digits(value: str) -> str:
    """1234567.5 → 1,234,567.5"""
    try:
        return f"{Decimal(value):,f}"
    except InvalidOperation:
        return value


_WORDS: dict[FieldType, Callable[[Field, Any], str]] = {
    FieldType.NUMBER: lambda field, answer: group_digits(str(answer)) + field.unit,
    FieldType.DATE: lambda _field, answer: display_date(str(answer)),
    FieldType.ADDRESS: lambda _field, answer: display_address(answer),
    FieldType.CHOICE: lambda field, answer: field.label_of(answer),
    FieldType.CHECKBOXES: lambda field, answer: "、".join(field.label_of(value) for value in answer),
    FieldType.YES_NO: lambda _field, answer: _("はい") if answer == YES else _("いいえ"),
    FieldType.CONSENT: lambda _field, _answer: _("同意します"),
}
