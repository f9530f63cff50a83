"""How much a person has to write or to say: boxes of a paper form, questions of a combined one."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from applications.conditions import Outcome
from applications.conditions.kinds import type_of
from applications.definition import Field, Form
from applications.enums import FILE_TYPES, FieldType
from applications.form_pages import with_first_rows
from applications.typed import Typed
from counter.combined.adding import is_on_request
from counter.combined.model import Combined
from counter.combined.supposing import Supposed, suppose

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


@dataclass(frozen=True)
class Asked:
    """What is put to a person: questions, and pages on which something supposed is confirmed."""

    questions: int
    confirmations: int

    @property
    def total(self) -> int:
        return self.questions + self.confirmations


def asked_page_by_page(
    combined: Combined, found: Outcome, truth: Mapping[str, Any], known: Collection[str], *, today: dt.date
) -> Asked:
    """The same as `asked` for somebody who goes from page to page and finds there what earlier answers say.

    `truth` are typed values as they are in the end. What is supposed and is not so counts as asked; so does what the
    truth does not name. Each page with something supposed that is so is one confirmation.
    """
    questions = confirmations = 0
    so_far: dict[str, Any] = {}
    for page in combined.form.pages:
        here = {field.key for field in page.fields}
        on_page = replace(found, visible={path for path in found.visible if path.partition(".")[0] in here})
        begun = with_first_rows(page.fields, so_far)
        begun = _with_blank_rows(page.fields, suppose(combined, begun, page.fields, today=today).values, truth, begun)
        supposed = suppose(combined, begun, page.fields, today=today)
        right = {
            path for path in supposed.paths - set(known) if path in found.visible and _is_so(path, supposed, truth)
        }
        questions += asked(combined, on_page, {*known, *right})
        confirmations += bool(right)
        so_far |= {key: truth[key] for key in here if key in truth}
    return Asked(questions, confirmations)


def _with_blank_rows(fields: Iterable[Field], supposed: Typed, truth: Mapping[str, Any], values: Typed) -> Typed:
    """With the rows that are added one by one; not where all rows are supposed, or there already."""
    found = dict(values)
    for group in (one for one in fields if one.type == T.ROWS and one.key in truth):
        ids = [row["id"] for row in truth[group.key]]
        rows = [row for row in supposed.get(group.key) or () if row["values"]]
        are_there = any(row["values"] for row in values.get(group.key) or ())
        if not are_there and not any(row["id"] in ids for row in rows):
            # the row of the applicant stays beside those of the others
            found[group.key] = [*rows, *({"id": one, "values": {}} for one in ids)]
    return found


def _is_so(path: str, supposed: Supposed, truth: Mapping[str, Any]) -> bool:
    told, true = (_typed_at(path, values) for values in (supposed.values, truth))
    return true is not None and told == true


def _typed_at(path: str, values: Mapping[str, Any]) -> Any:
    key, *rest = path.split(".")
    if not rest:
        return values.get(key)
    row = next((one for one in values.get(key) or () if one["id"] == rest[0]), None)
    return row["values"].get(rest[1]) if row else None


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
        # a group is asked by its questions; what stands folded is put to nobody
        if field is not None and field.type not in _NOT_ASKED | {T.ROWS} and not is_on_request(field):
            total += 1
    return total
