"""References that a link to a procedure gives for its hidden questions: `/procedures/<key>/?<question>=<value>`.

A notice gives them too, and keeps them out of its address (`applications.notice_actions`).

They are text and nothing more: anybody can write such a link. No page of the form can change them.
"""

from collections.abc import Mapping

from applications.definition import Form
from applications.enums import FieldType
from cityhall.text import BadText, clean_text, has_my_number

MAX_LENGTH = 200


def link_values(form: Form, query: Mapping[str, str]) -> dict[str, str]:
    """The values of an address for the hidden questions of a form; what does not fit is left out."""
    found = {field.key: query.get(field.key, "").strip() for field in form.fields if field.type == FieldType.HIDDEN}
    return {key: value for key, value in found.items() if value and is_fit(value)}


def is_fit(value: str) -> bool:
    """Whether a value may be kept: a short text, and no My Number."""
    try:
        return len(clean_text(value)) <= MAX_LENGTH and not has_my_number(value)
    except BadText:
        return False
