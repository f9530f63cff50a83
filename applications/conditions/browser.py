"""What the browser needs of a form to evaluate it itself: keys, types and expressions, no words."""

from typing import Any

from applications.conditions.kinds import type_of
from applications.definition import Field, Form

_EXPRESSIONS = ("visible_when", "required_when", "value")


def logic_document(form: Form) -> dict[str, Any]:
    """The form as `outcome` of static/js/conditions.js takes it. Data for a JSON script element."""
    pages = []
    for page in form.pages:
        document: dict[str, Any] = {"key": page.key, "fields": [_field(field) for field in page.fields]}
        if page.visible_when is not None:
            document["visible_when"] = page.visible_when
        pages.append(document)
    return {"pages": pages}


def _field(field: Field) -> dict[str, Any]:
    document: dict[str, Any] = {"key": field.key, "type": str(type_of(field))}
    document |= {name: getattr(field, name) for name in _EXPRESSIONS if getattr(field, name) is not None}
    document |= {name: True for name in ("required", "other") if getattr(field, name)}
    if field.fields:
        document["fields"] = [_field(one) for one in field.fields]
    return document
