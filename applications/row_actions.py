"""The buttons of a repeating group: add a row, take one out, open one."""

from collections.abc import Sequence

from applications import typed
from applications.definition import Field
from applications.definition.kinds import MOST_ROWS
from applications.row_paths import groups, is_row_id, new_row_id

ADD, REMOVE, EDIT = "row-add", "row-remove", "row-open"
ACTIONS = frozenset({ADD, REMOVE, EDIT})
MOST_OPEN = 20
"""Rows open at once: a page cannot send more than 2000 controls."""


def apply(fields: Sequence[Field], values: typed.Typed, action: str, argument: str) -> tuple[list[str], str]:
    """Do what the button says to the typed values of a page: the rows to show open, and the place to look at.

    `argument` is `group` or `group:row`. What names no group or row of the page changes nothing.
    """
    key, _colon, row_id = argument.partition(":")
    group = next((one for one in groups(fields) if one.key == key), None)
    if group is None:
        return [], ""
    rows: list[typed.Row] = values.get(key, [])
    opened = [row["id"] for row in rows if "values" in row]
    if action == ADD:
        # one more than the group takes is refused in a sentence, not silently
        if len(rows) < min(group.max_rows + 1, MOST_ROWS):
            row_id = new_row_id()
            values[key] = [*rows, {"id": row_id, "values": {}}]
        return _last([*opened, row_id]), anchor(group, row_id)
    if action == EDIT and is_row_id(row_id):
        return _last([*opened, row_id]), anchor(group, row_id)
    values[key] = [row for row in rows if row["id"] != row_id]
    return _last([one for one in opened if one != row_id]), anchor(group)


def anchor(group: Field, row_id: str = "") -> str:
    """Id of the group or of one of its rows in the page."""
    return f"row-{group.key}-{row_id}" if row_id else f"group-{group.key}"


def _last(opened: list[str]) -> list[str]:
    return [row_id for row_id in opened if row_id][-MOST_OPEN:]
