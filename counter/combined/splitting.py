"""What was typed into the combined form, told to the form of each procedure."""

from collections.abc import Iterator, Mapping
from typing import Any

from applications.enums import FieldType
from applications.typed import NOT_TYPED, Row, Typed
from counter.combined.asking import TICKED
from counter.combined.converting import converted
from counter.combined.model import Combined, Owner, Part, Path


def split(combined: Combined, values: Mapping[str, Any]) -> dict[str, Typed]:
    """Typed values of each form by the key of its part; rows with their ids, only those that are of the part.

    What a form hides may be among them: its own check leaves it out.
    """
    return {part.key: dict(_typed(combined, part, values)) for part in combined.parts}


def is_member(combined: Combined, owner: Owner, row: Row) -> bool:
    """Whether a row of a shared group is of the part."""
    tick = combined.ticks.get(owner)
    return tick is None or TICKED in (row["values"].get(tick) or ())


def _typed(combined: Combined, part: Part, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for field in part.form.questions:
        owner = (part.key, field.key)
        path = combined.places.get(owner)
        if path is None and owner in combined.told:
            yield field.key, combined.told[owner]
        if path is None or path not in values:
            continue
        if field.type == FieldType.ROWS:
            rows = [_row(combined, owner, row) for row in values[path] if is_member(combined, owner, row)]
            if rows:
                yield field.key, rows
        elif value := _value(combined, owner, path, values[path]):
            yield field.key, value


def _row(combined: Combined, group: Owner, row: Row) -> Row:
    found: Typed = {}
    for field in combined.part_fields[group].fields:
        owner = (group[0], f"{group[1]}.{field.key}")
        path = combined.places.get(owner)
        typed = row["values"].get(path.partition(".")[2]) if path else None
        value = _value(combined, owner, path, typed) if path and typed else None
        if value:
            found[field.key] = value
    return {"id": row["id"], "values": found}


def _value(combined: Combined, owner: Owner, path: Path, typed: Any) -> Any:
    field = combined.part_fields[owner]
    return None if field.type in NOT_TYPED else converted(typed, combined.fields[path], field)
