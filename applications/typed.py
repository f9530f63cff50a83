"""What a person has typed so far, right or wrong, in the shape a draft keeps it.

One value per question: a text, a list of texts (checkboxes), or named parts (date, address, name …). Files
are not here, they are `Attachment` rows. `fields.build` turns typed values into answers or polite errors.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from applications.answers import ADDRESS_PARTS
from applications.definition import OTHER, Field, other_key
from applications.enums import FILE_TYPES, SHOWN_ONLY, FieldType
from cityhall.days import era_of
from cityhall.text import BadText, clean_text

Value = str | list[str] | dict[str, Any]
Typed = dict[str, Any]
"""Question key → Value."""
Data = QueryDict | MultiValueDict[str, str]

PREFIX = "q"
"""Names of controls begin with it, so that a question may be called `action`."""
WESTERN = "western"
DATE_PARTS = ("era", "year", "month", "day")
CHOSEN = "chosen"
"""The part of a choice with その他 that holds what was chosen; its control has the plain name of the question."""
PARTS: Mapping[FieldType, tuple[str, ...]] = {
    FieldType.DATE: DATE_PARTS,
    FieldType.ADDRESS: ADDRESS_PARTS,
}
"""Kinds that are typed in named parts."""
OFFERED_PARTS = frozenset({"era"})
"""Parts that a page fills by itself: alone they are nothing a person typed."""
NOT_TYPED = FILE_TYPES | SHOWN_ONLY | {FieldType.ATTRIBUTE, FieldType.CALCULATED, FieldType.HIDDEN}
"""Kinds with no typed value: files, what is only shown, and what is never taken from a page."""
GIVEN = "given"


def control_name(field: Field, part: str = "") -> str:
    """Name of the control in the page. A dot cannot stand in a question's key."""
    return part_name(f"{PREFIX}-{field.key}", part)


def part_name(name: str, part: str) -> str:
    """Name of one part's control, from the name of the question's control."""
    return name if part in ("", CHOSEN) else f"{name}.{part}"


def read(fields: Iterable[Field], data: Data) -> Typed:
    """The typed values of these questions from a sent page.

    Blank ones are left out. A text no database can hold (NUL, lone surrogates) is left out too: the
    page shown in answer still has it, with the error beside it.
    """
    typed: Typed = {}
    for field in fields:
        if field.type in NOT_TYPED:
            continue
        value = read_value(field, data, control_name(field))
        if value and is_storable(value):
            typed[field.key] = value
    return typed


def read_value(field: Field, data: Data, name: str) -> Value:
    """The typed value of one question whose control is called `name`; a blank one is empty."""
    if field.other:
        other = str(data.get(part_name(name, OTHER)) or "")
        chosen = _read_chosen(field, data, name)
        return {CHOSEN: chosen, OTHER: other} if chosen or other.strip() else {}
    if field.type in PARTS:
        parts = {part: str(data.get(part_name(name, part)) or "") for part in PARTS[field.type]}
        return parts if any(text.strip() for part, text in parts.items() if part not in OFFERED_PARTS) else {}
    return _read_chosen(field, data, name)


def _read_chosen(field: Field, data: Data, name: str) -> str | list[str]:
    if field.type == FieldType.CHECKBOXES:
        return [str(value) for value in data.getlist(name)]
    return str(data.get(name) or "")


def is_storable(value: Any) -> bool:
    """Whether both databases can hold every text in the value."""
    match value:
        case dict():
            return all(map(is_storable, value.values()))
        case list():
            return all(map(is_storable, value))
    try:
        clean_text(value)
    except BadText:
        return False
    return True


def as_data(fields: Iterable[Field], typed: Mapping[str, Any]) -> "MultiValueDict[str, str]":
    """The typed values as if the page had just been sent, for checking them again."""
    data: MultiValueDict[str, str] = MultiValueDict()
    for field in fields:
        value = typed.get(field.key)
        if value is not None:
            put_value(data, control_name(field), value)
    return data


def put_value(data: "MultiValueDict[str, str]", name: str, value: Value) -> None:
    """Put one typed value into the data of a page, under the names of its controls."""
    match value:
        case dict():
            for part, text in value.items():
                put_value(data, part_name(name, part), text)
        case list():
            data.setlist(name, value)
        case _:
            data[name] = value


def from_answers(fields: Iterable[Field], answers: Mapping[str, Any]) -> Typed:
    """Typed values that give these answers: the start of a correction of a case that staff typed in."""
    return {
        field.key: from_answer(field, answers)
        for field in fields
        if field.type not in NOT_TYPED and answers.get(field.key) is not None
    }


def from_answer(field: Field, answers: Mapping[str, Any]) -> Value:
    """The typed value that gives the answer of one question."""
    answer: Value = answers[field.key]
    if field.other:
        return {CHOSEN: answer, OTHER: answers.get(other_key(field.key), "")}
    convert = _FROM_ANSWER.get(field.type)
    return convert(answer) if convert else answer


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


_FROM_ANSWER: Mapping[FieldType, Callable[[Any], Value]] = {
    FieldType.DATE: lambda answer: from_date(dt.date.fromisoformat(answer)),
    FieldType.CONSENT: lambda _answer: GIVEN,
}
