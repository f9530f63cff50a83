"""From a form back to the JSON document that is stored."""

import dataclasses
import hashlib
import json
from typing import Any

from applications.definition.model import Field, Form, Option, Page
from applications.definition.parsing import SCHEMA
from applications.enums import FieldType


def document_of(form: Form) -> dict[str, Any]:
    """The form as the JSON document that is stored: what is left at its default is left out.

    `parse(document_of(form)) == form`, however the form was written down.
    """
    words = {language: dict(table) for language, table in form.translations.items() if table}
    return {"schema": SCHEMA, "pages": [_page(page) for page in form.pages]} | (
        {"translations": words} if words else {}
    )


def canonical_json(document: object) -> str:
    """The one spelling of a document: keys sorted, no blanks, no escapes."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def fingerprint(document: object) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal digits."""
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


def _page(page: Page) -> dict[str, Any]:
    document: dict[str, Any] = {"key": page.key, "title": page.title, "fields": [_field(one) for one in page.fields]}
    if page.intro:
        document["intro"] = page.intro
    if page.visible_when is not None:
        document["visible_when"] = page.visible_when
    return document


def _field(field: Field) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for attribute in dataclasses.fields(field):
        value = getattr(field, attribute.name)
        if attribute.default is dataclasses.MISSING or value != attribute.default:
            document[attribute.name] = _plain(value)
    if field.type == FieldType.PHOTO:
        # follows from the type
        del document["accept"]
    return document


def _plain(value: Any) -> Any:
    match value:
        case tuple():
            return [_plain(item) for item in value]
        case Field():
            return _field(value)
        case Option():
            return dataclasses.asdict(value)
        case str():
            # FieldType is text to JSON, but a plain string is what comes back from the database
            return str(value)
    return value
