"""What is wrong with one field, asked of the definition itself: the field alone in a form, or in a group there."""

from applications.definition import DefinitionError, Problem, parse
from applications.designer.places import FieldDocument
from applications.enums import FieldType


def field_problems(one: FieldDocument, *, is_in_rows: bool) -> tuple[Problem, ...]:
    """Every mistake in the settings of a field; conditions are not looked into."""
    field = one
    if is_in_rows:
        field = {"key": "group", "type": FieldType.ROWS.value, "label": "-", "fields": [one]}
    try:
        parse({"schema": 1, "pages": [{"key": "page", "title": "-", "fields": [field]}]})
    except DefinitionError as error:
        return error.problems
    return ()
