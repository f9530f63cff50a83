"""What a person has typed so far, right or wrong, in the shape a draft keeps it.

One value per question: a text, a list of texts (checkboxes), named parts (date, address, name …), or the rows
of a repeating group (`typed_rows`). Files are not here, they are `Attachment` rows. `fields.build` turns typed
values into answers or polite errors.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from applications.answers import ADDRESS_PARTS, BANK_PARTS, NAME_PARTS, UNSETTLED_PARTS
from applications.definition import OTHER, Field, other_key
from applications.definition.kinds import MOST_ROWS
from applications.enums import FILE_TYPES, SHOWN_ONLY, FieldType
from applications.my_numbers import may_hold_my_number
from applications.row_paths import groups, is_row_id, path_of
from cityhall.days import era_of
from cityhall.text import BadText, clean_text
from residents.dates import read_iso

Value = str | list[Any] | dict[str, Any]
Typed = dict[str, Any]
"""Question key → Value."""
Row = dict[str, Any]
"""One row of a repeating group: {"id": …, "values": Typed}."""
Data = QueryDict | MultiValueDict[str, str]

PREFIX = "q"
"""Names of controls begin with it, so that a question may be called `action`."""
WESTERN = "western"
DATE_PARTS = ("era", "year", "month", "day")
UNKNOWN = "unknown"
"""The part of a birth date that says what nobody knows of it: `day`, or `month` and the day with it."""
CHOSEN = "chosen"
"""The part of a choice with その他 that holds what was chosen; its control has the plain name of the question."""
OPEN = "open"
"""The part of a repeating group that names the rows whose controls are on the page."""
BANK, YUCHO = "bank", "yucho"
"""Ways to write down an account: with the codes of a bank, or as the passbook of the post bank does."""
YUCHO_PARTS = ("symbol", "symbol_number")
PARTS: Mapping[FieldType, tuple[str, ...]] = {
    FieldType.DATE: (*DATE_PARTS, UNKNOWN),
    FieldType.DATE_TIME: (*DATE_PARTS, "time"),
    FieldType.NAME: NAME_PARTS,
    FieldType.ADDRESS: (*ADDRESS_PARTS, *UNSETTLED_PARTS),
    # codes are not typed, they follow from the words
    FieldType.RESIDENT_ADDRESS: (*ADDRESS_PARTS, *UNSETTLED_PARTS),
    # the drawing is a file
    FieldType.SIGNATURE: ("typed",),
    FieldType.PLACE: ("latitude", "longitude", "note"),
    FieldType.BANK_ACCOUNT: ("kind", *BANK_PARTS, *YUCHO_PARTS),
}
"""Kinds that are typed in named parts."""
OFFERED_PARTS = frozenset({"era", "kind", UNKNOWN})
"""Parts that a page fills by itself, or that say nothing alone: without the others nothing was typed."""
RARE_PARTS = frozenset({UNKNOWN, *UNSETTLED_PARTS})
"""Parts that few answers have: kept where they are filled."""
NOT_TYPED = FILE_TYPES | SHOWN_ONLY | {FieldType.ATTRIBUTE, FieldType.CALCULATED, FieldType.HIDDEN}
"""Kinds with no typed value: files, what is only shown, and what is never taken from a page."""
GIVEN = "given"


def control_name(field: Field, part: str = "") -> str:
    """Name of the control in the page. A dot cannot stand in a question's key."""
    return part_name(f"{PREFIX}-{field.key}", part)


def row_control(group: Field, row_id: str, field: Field) -> str:
    """Name of the control of a question in a row."""
    return f"{PREFIX}-{path_of(group, row_id, field)}"


def part_name(name: str, part: str) -> str:
    """Name of one part's control, from the name of the question's control."""
    return name if part in ("", CHOSEN) else f"{name}.{part}"


def read(fields: Iterable[Field], data: Data) -> Typed:
    """The typed values of these questions from a sent page.

    Blank ones are left out. So are a text no database can hold (NUL, lone surrogates) and a My Number: the
    page shown in answer still has it, with the error beside it.
    """
    typed: Typed = {}
    for field in fields:
        if field.type in NOT_TYPED:
            continue
        if field.type == FieldType.ROWS:
            value: Value = [_fit_row(field, row) for row in read_rows(field, data)]
        else:
            value = _fit(field, read_value(field, data, control_name(field)))
        if value:
            typed[field.key] = value
    return typed


def _fit_row(group: Field, row: Row) -> Row:
    """The row without what a draft does not keep."""
    if "values" not in row:
        return row
    values = {key: _fit(group.by_key[key], value) for key, value in row["values"].items()}
    return row | {"values": {key: value for key, value in values.items() if value}}


def _fit(field: Field, value: Value) -> Value:
    """The value, or a blank for what a draft does not keep."""
    return value if is_storable(value) and not may_hold_my_number(field, value) else ""


def read_rows(group: Field, data: Data) -> list[Row]:
    """The rows a page sent, in its order, right or wrong. A row that was closed there has no `values`: the draft
    keeps them.

    What is no id of a row, or one more of the same, is left out here and refused by the page's check.
    """
    sent = [row_id for row_id in dict.fromkeys(data.getlist(control_name(group))) if is_row_id(row_id)]
    opened = set(data.getlist(control_name(group, OPEN)))
    return [
        {"id": row_id, "values": _read_row(group, row_id, data)} if row_id in opened else {"id": row_id}
        for row_id in sent[:MOST_ROWS]
    ]


def _read_row(group: Field, row_id: str, data: Data) -> Typed:
    found: Typed = {}
    for field in group.fields:
        value = "" if field.type in NOT_TYPED else read_value(field, data, row_control(group, row_id, field))
        if value:
            found[field.key] = value
    return found


def with_closed_rows(fields: Iterable[Field], values: Typed, stored: Mapping[str, Any]) -> Typed:
    """The typed values of a page whose closed rows have what the draft says. Rows the draft does not know go."""
    found = dict(values)
    for group in groups(fields):
        known = {row["id"]: row for row in stored.get(group.key) or ()}
        rows = [row if "values" in row else known.get(row["id"]) for row in values.get(group.key) or ()]
        found[group.key] = [row for row in rows if row]
        if not found[group.key]:
            del found[group.key]
    return found


def read_value(field: Field, data: Data, name: str) -> Value:
    """The typed value of one question whose control is called `name`; a blank one is empty."""
    if field.other:
        other = str(data.get(part_name(name, OTHER)) or "")
        chosen = _read_chosen(field, data, name)
        return {CHOSEN: chosen, OTHER: other} if chosen or other.strip() else {}
    if field.type in PARTS:
        sent = ((part, str(data.get(part_name(name, part)) or "")) for part in PARTS[field.type])
        parts = {part: text for part, text in sent if text or part not in RARE_PARTS}
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
        if value is None:
            continue
        if field.type == FieldType.ROWS:
            _put_rows(data, field, value)
        else:
            put_value(data, control_name(field), value)
    return data


def _put_rows(data: "MultiValueDict[str, str]", group: Field, rows: Iterable[Row]) -> None:
    for row in rows:
        data.appendlist(control_name(group), row["id"])
        data.appendlist(control_name(group, OPEN), row["id"])
        for field in group.fields:
            if field.key in row["values"]:
                put_value(data, row_control(group, row["id"], field), row["values"][field.key])


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
    if field.type == FieldType.ROWS:
        return [{"id": row["id"], "values": from_answers(field.fields, row)} for row in answers[field.key]]
    if field.other:
        return {CHOSEN: answer, OTHER: answers.get(other_key(field.key), "")}
    convert = _FROM_ANSWER.get(field.type)
    return convert(answer) if convert else answer


def _from_date_time(answer: str) -> dict[str, str]:
    day, _t, time = answer.partition("T")
    return {**from_date(dt.date.fromisoformat(day)), "time": time}


def from_iso(answer: str) -> dict[str, str]:
    """The parts of a stored date; of a birth date some may be unknown."""
    born = read_iso(answer)
    first = born.earliest if born else None
    if born is None or first is None or born.date:
        return from_date(dt.date.fromisoformat(answer))
    era = era_of(first)
    # where an era ends in between, the western year is what is known
    is_in_era = era is not None and era == era_of(born.latest or first)
    parts = from_date(first) if is_in_era else {**from_date(first), "era": WESTERN, "year": str(first.year)}
    unknown = {"day": ""} if born.month else {"month": "", "day": ""}
    return parts | unknown | {UNKNOWN: next(iter(unknown))}


def from_address(answer: Mapping[str, str]) -> dict[str, str]:
    """The boxes of an address, blank for who has none."""
    if answer.get("unsettled"):
        said = {part: answer.get(part, "") for part in UNSETTLED_PARTS}
        return dict.fromkeys(ADDRESS_PARTS, "") | {part: text for part, text in said.items() if text}
    return {part: answer.get(part, "") for part in ADDRESS_PARTS}


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
    FieldType.DATE: from_iso,
    FieldType.DATE_TIME: _from_date_time,
    FieldType.ADDRESS: from_address,
    FieldType.RESIDENT_ADDRESS: from_address,
    FieldType.BANK_ACCOUNT: lambda answer: {"kind": BANK, **answer},
    FieldType.SIGNATURE: lambda answer: {"typed": answer.get("typed", "")},
    FieldType.CONSENT: lambda _answer: GIVEN,
}
