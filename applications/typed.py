"""What a person has typed so far, right or wrong, in the shape a draft keeps it.

One value per question: a text, a list of texts (checkboxes), or named parts (date, address). Files are
not here, they are `Attachment` rows. `fields.build` turns typed values into answers or polite errors.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from applications.answers import ADDRESS_PARTS
from applications.definition import Field
from applications.enums import FieldType
from cityhall.days import era_of
from cityhall.text import BadText, clean_text

Value = str | list[str] | dict[str, str]
Typed = dict[str, Any]
"""Question key → Value."""

PREFIX = "q"
"""Names of controls begin with it, so that a question may be called `action`."""
WESTERN = "western"
DATE_PARTS = ("era", "year", "month", "day")
_PARTS = {FieldType.DATE: DATE_PARTS, FieldType.ADDRESS: ADDRESS_PARTS}
GIVEN = "given"


def control_name(field: Field, part: str = "") -> str:
    """Name of the control in the page. A dot cannot stand in a question's key."""
    return f"{PREFIX}-{field.key}.{part}" if part else f"{PREFIX}-{field.key}"


def read(fields: Iterable[Field], data: "QueryDict | MultiValueDict[str, str]") -> Typed:
    """The typed values of these questions from a sent page.

    Blank ones are left out. A text no database can hold (NUL, lone surrogates) is left out too: the
    page shown in answer still has it, with the error beside it.
    """
    typed: Typed = {}
    for field in fields:
        if field.type == FieldType.FILE:
            continue
        value = _read_one(field, data)
        if value and _is_storable(value):
            typed[field.key] = value
    return typed


def _read_one(field: Field, data: "QueryDict | MultiValueDict[str, str]") -> Value:
    if field.type == FieldType.CHECKBOXES:
        return [str(value) for value in data.getlist(control_name(field))]
    if field.type in _PARTS:
        parts = {part: str(data.get(control_name(field, part)) or "") for part in _PARTS[field.type]}
        # an era alone is what the page offered, not what the person typed
        return parts if any(text.strip() for part, text in parts.items() if part != "era") else {}
    return str(data.get(control_name(field)) or "")


def _is_storable(value: Value) -> bool:
    texts = [value] if isinstance(value, str) else value.values() if isinstance(value, dict) else value
    try:
        for text in texts:
            clean_text(text)
    except BadText:
        return False
    return True


def as_data(fields: Iterable[Field], typed: Mapping[str, Any]) -> "MultiValueDict[str, str]":
    """The typed values as if the page had just been sent, for checking them again."""
    data: MultiValueDict[str, str] = MultiValueDict()
    for field in fields:
        value = typed.get(field.key)
        if isinstance(value, dict):
            for part, text in value.items():
                data[control_name(field, part)] = text
        elif isinstance(value, list):
            data.setlist(control_name(field), value)
        elif value is not None:
            data[control_name(field)] = value
    return data


def from_answers(fields: Iterable[Field], answers: Mapping[str, Any]) -> Typed:
    """Typed values that give these answers: the start of a correction of a case that staff typed in."""
    typed: Typed = {}
    for field in fields:
        answer = answers.get(field.key)
        if answer is None or field.type == FieldType.FILE:
            continue
        if field.type == FieldType.DATE:
            typed[field.key] = from_date(dt.date.fromisoformat(answer))
        elif field.type == FieldType.CONSENT:
            typed[field.key] = GIVEN
        else:
            typed[field.key] = answer
    return typed


def from_date(date: dt.date) -> dict[str, str]:
    """A date in the parts of the Japanese calendar, as people write their birthdays."""
    era = era_of(date)
    year = date.year - era.first_day.year + 1 if era else date.year
    return {
        "era": era.key if era else WESTERN,
        "year": str(year),
        "month": str(date.month),
        "day": str(date.day),
    }
