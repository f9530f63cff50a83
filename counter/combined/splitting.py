"""What was typed into the combined form, told to the form of each procedure."""

from collections.abc import Iterator, Mapping
from typing import Any

from applications.answers import NAME_PARTS
from applications.enums import FieldType
from applications.typed import NOT_TYPED, Row, Typed
from counter.combined.asking import TICKED
from counter.combined.converting import converted
from counter.combined.model import NAMES, Combined, Owner, Part, Path


def split(combined: Combined, values: Mapping[str, Any]) -> dict[str, Typed]:
    """Typed values of each form by the key of its part; rows with their ids, only those that are of the part.

    What a form hides may be among them: its own check leaves it out.
    """
    return {part.key: dict(_typed(combined, part, values)) for part in combined.parts}


def is_member(combined: Combined, owner: Owner, row: Row, values: Mapping[str, Any]) -> bool:
    """Whether a row of a shared group is of the part; the mark of a list of others is not offered to the applicant."""
    tick = combined.ticks.get(owner)
    if tick is None:
        return True
    is_hidden = owner in combined.of_others and _names_applicant(row, values)
    return not is_hidden and TICKED in (row["values"].get(tick) or ())


def _names_applicant(row: Row, values: Mapping[str, Any]) -> bool:
    names = [values.get(NAMES[0]), row["values"].get(NAMES[1].partition(".")[2])]
    own, other = (
        [str(one.get(part) or "").strip() if isinstance(one, dict) else "" for part in NAME_PARTS[:2]] for one in names
    )
    return own == other and all(own)


def _typed(combined: Combined, part: Part, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for field in part.form.questions:
        owner = (part.key, field.key)
        path = combined.places.get(owner)
        if path is None and owner in combined.told:
            yield field.key, combined.told[owner]
        if path is None or path not in values:
            continue
        if field.type == FieldType.ROWS:
            rows = [_row(combined, owner, row) for row in values[path] if is_member(combined, owner, row, values)]
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
