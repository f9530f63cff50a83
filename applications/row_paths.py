"""Rows of a repeating group: their ids, and the paths of the questions in them.

A question in a row is handled as a question of its own whose key is its path, `group.row.question`: controls,
files and conditions are named by it.
"""

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace

from applications.definition import Field
from applications.enums import FieldType

_ROW_ID = re.compile(r"[a-z0-9]{1,24}")


def new_row_id() -> str:
    """An id no row of the group has had: comments and files of a row that was taken out find no other."""
    return f"r{secrets.token_hex(4)}"


def first_row_ids(count: int) -> list[str]:
    """Ids of the rows a group begins with. The same ones on every page that shows it before anything is typed."""
    return [f"r{number}" for number in range(1, count + 1)]


def is_row_id(text: str) -> bool:
    return bool(_ROW_ID.fullmatch(text))


def path_of(group: Field, row_id: str, field: Field) -> str:
    """Where the answer of a question in a row stands."""
    return f"{group.key}.{row_id}.{field.key}"


def in_row(group: Field, row_id: str, field: Field) -> Field:
    """The question as it stands in one row: its key is its path."""
    return replace(field, key=path_of(group, row_id, field))


def find(fields: Iterable[Field], path: str) -> Field | None:
    """The question of a path, `key` or `group.row.question`, with the path as its key. None when there is none."""
    key, *rest = path.split(".")
    field = next((one for one in fields if one.key == key), None)
    if field is None or not rest:
        return field
    if field.type != FieldType.ROWS or len(rest) != 2 or not is_row_id(rest[0]):
        return None
    inside = field.by_key.get(rest[1])
    return in_row(field, rest[0], inside) if inside else None


def groups(fields: Iterable[Field]) -> Iterator[Field]:
    """The repeating groups among these questions."""
    return (field for field in fields if field.type == FieldType.ROWS)
