"""From stored answers to facts: one shape a type; whatever has another shape is blank, and so is an empty text."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from applications.conditions.kinds import Kind, kind_of, parts_of
from applications.definition import OTHER, Field, other_key
from applications.enums import FieldType
from cityhall.conditions.decimals import number
from cityhall.conditions.moments import date_time, time
from cityhall.conditions.values import Fact, Facts
from residents.dates import counted_day

MOST_ROWS = 200
"""Rows beyond these are not looked at: no form takes as many."""


def facts_of(fields: Iterable[Field], answers: Mapping[str, Any]) -> dict[str, Fact]:
    """What the answers to these questions say, whether the questions are hidden or not.

    Calculated values are left out; `outcome(…).facts` has them, and has no hidden answers.
    """
    found: dict[str, Fact] = {}
    for field in fields:
        if field.type == FieldType.ROWS:
            rows = tuple(facts_of(field.fields, row) for _id, row in rows_of(answers.get(field.key)))
            found |= {field.key: rows} if rows else {}
        else:
            found |= read(field, answers)
    return found


def read(field: Field, answers: Mapping[str, Any]) -> Facts:
    """The facts of one question that is no group of rows: the answer, its parts, the text beside その他."""
    answer = answers.get(field.key)
    kind = None if answer is None else kind_of(field)
    if kind is None:
        return {}
    if kind == Kind.PARTS:
        return _parts(field, answer)
    value = _READERS[kind](answer)
    if field.type == FieldType.YES_NO and value not in ("yes", "no"):
        return {}
    found: dict[str, Fact] = {} if value is None else {field.key: value}
    if field.other and (value == OTHER or (isinstance(value, tuple) and OTHER in value)):
        text = _text(answers.get(other_key(field.key)))
        found |= {other_key(field.key): text} if text else {}
    return found


def rows_of(answer: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each row with its id. A row without an id, or with that of an earlier one, is none."""
    seen: set[str] = set()
    for row in answer[:MOST_ROWS] if isinstance(answer, list) else ():
        row_id = row.get("id") if isinstance(row, Mapping) else None
        if isinstance(row_id, str) and row_id and row_id not in seen:
            seen.add(row_id)
            yield row_id, row


def _parts(field: Field, answer: object) -> Facts:
    """`key` for the whole as soon as one part is filled, `key.part` for each filled part."""
    if not isinstance(answer, Mapping):
        return {}
    read_parts = ((part, _READERS[kind](answer.get(part))) for part, kind in parts_of(field).items())
    parts = {part: value for part, value in read_parts if value is not None}
    return {f"{field.key}.{part}": value for part, value in parts.items()} | ({field.key: parts} if parts else {})


def _text(answer: object) -> str | None:
    return answer if isinstance(answer, str) and answer else None


def _texts(answer: object) -> tuple[str, ...] | None:
    texts = tuple(one for one in answer if isinstance(one, str) and one) if isinstance(answer, list) else ()
    return texts or None


def _flag(answer: object) -> bool | None:
    return True if isinstance(answer, Mapping) and answer.get("given") is True else None


_READERS: dict[Kind, Callable[[Any], Fact | None]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: lambda answer: number(answer) if isinstance(answer, str) else None,
    Kind.DATE: lambda answer: counted_day(answer) if isinstance(answer, str) else None,
    Kind.DATE_TIME: lambda answer: date_time(answer) if isinstance(answer, str) else None,
    Kind.TIME: lambda answer: time(answer) if isinstance(answer, str) else None,
    Kind.FLAG: _flag,
    Kind.LIST: _texts,
    Kind.FILES: _texts,
}
