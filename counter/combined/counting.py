"""How much a person has to write or to say: boxes of a paper form, questions of a combined one."""

from collections.abc import Collection, Mapping
from typing import Any

from applications.conditions import Outcome
from applications.conditions.kinds import type_of
from applications.definition import Field, Form
from applications.enums import FILE_TYPES, FieldType
from counter.combined.model import Combined

T = FieldType
USUAL_ROWS = 2
"""Rows of a table on paper that a family fills in, where nothing better is known."""
_BOXES: Mapping[FieldType, int] = {
    # the name and its reading
    T.NAME: 2,
    # postal code and the address in one line
    T.ADDRESS: 2,
    T.RESIDENT_ADDRESS: 2,
    # bank, branch, kind, number, holder
    T.BANK_ACCOUNT: 5,
    # enclosed, not written
    T.FILE: 0,
    T.PHOTO: 0,
    T.HIDDEN: 0,
    T.HEADING: 0,
    T.EXPLANATION: 0,
}
_NOT_ASKED = FILE_TYPES | {T.SIGNATURE, T.ATTRIBUTE, T.CALCULATED, T.HIDDEN, T.HEADING, T.EXPLANATION}


def boxes(form: Form, found: Outcome | None = None, rows: Mapping[str, int] | None = None) -> int:
    """Boxes that a person fills in on the form as paper, line by line; sums are worked out by hand there.

    With an outcome only those that concern the person. `rows` says how many rows of a group are filled in.
    """
    return sum(_boxes(field, found, (rows or {}).get(field.key)) for field in form.fields)


def _boxes(field: Field, found: Outcome | None, rows: int | None) -> int:
    if found is not None and field.key not in found.visible:
        return 0
    if field.type != T.ROWS:
        return _BOXES.get(type_of(field), 1)
    if found is None:
        count = max(field.min_rows, USUAL_ROWS) if rows is None else rows
        return count * sum(_BOXES.get(one.type, 1) for one in field.fields)
    paths = [path.split(".") for path in found.visible if path.startswith(f"{field.key}.")]
    return sum(_BOXES.get(field.by_key[key].type, 1) for _group, _row, key in paths)


def asked(combined: Combined, found: Outcome, known: Collection[str] = ()) -> int:
    """How many questions are put to a person in this outcome; a name is one, an address is one.

    `known` are paths (`key`, `group.row.key`) whose answers are there already.
    """
    total = 0
    for path in found.visible - set(known):
        key, _dot, rest = path.partition(".")
        field: Any = combined.form.by_key.get(key)
        if field is not None and rest:
            field = field.by_key.get(rest.partition(".")[2])
        # a group is asked by its questions
        if field is not None and field.type not in _NOT_ASKED | {T.ROWS}:
            total += 1
    return total
