"""What was supposed and accepted follows the answer it came from: where that says something else, it is asked again.

Nothing more is stored for it: what was supposed is worked out once more from the answers as they were.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from applications import typed
from applications.concepts import concept_of
from applications.definition import Field
from applications.enums import FieldType
from applications.form_pages import with_first_rows
from applications.typed import Row, Typed
from counter.combined import keys
from counter.combined.model import Combined
from counter.combined.supposing import suppose

_TICK: Final = keys.tick_key(0).removesuffix("0")


def without_stale(
    combined: Combined, before: Mapping[str, Any], after: Typed, sent: Sequence[Field], *, today: dt.date
) -> Typed:
    """The values after a page was sent, without what followed from the values before and does not follow any more.

    `sent` are the questions of that page. Only what stands on later pages (after a page that is none of the form: on
    all), and only what is as it was supposed: what somebody typed otherwise stays.
    """
    asked = {one.key for one in sent}
    found, premises = dict(after), dict(after)
    if all(before.get(key) == after.get(key) for key in asked):
        return found
    for page in _later(combined, asked):
        fields = [one for one in page if one.key not in asked and before.get(one.key) and found.get(one.key)]
        if not fields:
            continue
        old = _supposed(combined, before, page, today)
        new = _supposed(combined, premises, page, today)
        for field in fields:
            if old.get(field.key) and old[field.key] != new.get(field.key):
                _follow(field, found, old[field.key], new.get(field.key))
                premises[field.key] = found.get(field.key) or new.get(field.key)
    return found


def _later(combined: Combined, asked: set[str]) -> Sequence[Sequence[Field]]:
    pages = [one.fields for one in combined.form.pages]
    number = next((n for n, one in enumerate(pages) if asked and asked <= {field.key for field in one}), -1)
    return pages[number + 1 :]


def _supposed(combined: Combined, values: Mapping[str, Any], fields: Sequence[Field], today: dt.date) -> Typed:
    """What would be supposed for a page on which nothing is typed, as the page would send it."""
    here = {one.key for one in fields}
    blank = {key: value for key, value in values.items() if key not in here}
    found = suppose(combined, with_first_rows(fields, blank), fields, today=today)
    told = {path.partition(".")[0] for path in found.paths}
    return typed.read(fields, typed.as_data(fields, {key: found.values[key] for key in told}))


def _follow(field: Field, values: Typed, old: Any, new: Any) -> None:
    held = values[field.key]
    left = _rows_left(field, held, old, new or []) if field.type == FieldType.ROWS and held != old else None
    if field.type != FieldType.ROWS and held != old:
        return
    if left:
        values[field.key] = left
    else:
        del values[field.key]


def _rows_left(group: Field, held: list[Row], old: list[Row], new: list[Row]) -> list[Row]:
    """Without who is not there any more; without what is said otherwise now of who is."""
    were, said = {one["id"]: one["values"] for one in old}, {one["id"]: one["values"] for one in new}
    named = {field.key for field in group.fields if (one := concept_of(field.concept)) and one.what == "name"}
    still, left = list(said.values()), []
    for row in held:
        was = were.get(row["id"], {})
        if was in still or not _is_as_supposed(row, was, named):
            left.append(row)
        elif len(new) >= len(old):
            now = said.get(row["id"], {})
            stale = {key for key, value in was.items() if now.get(key) != value}
            left.append(
                {"id": row["id"], "values": {key: one for key, one in row["values"].items() if key not in stale}}
            )
    return left


def _is_as_supposed(row: Row, was: Typed, named: set[str]) -> bool:
    """Whether a row is the person who was supposed there. What it is marked for is the choice of who filled it in."""
    values = row.get("values", {})
    return bool(named & was.keys()) and all(
        values.get(key) == value for key, value in was.items() if not key.startswith(_TICK)
    )
