"""Publishing a form: a new frozen version, named by the SHA-256 of its canonical JSON."""

import dataclasses
import datetime as dt
import hashlib
import json
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from applications.definition import SCHEMA, Field, Form, Page, parse
from applications.models import FormVersion, Procedure

__all__ = ["canonical_json", "document_of", "fingerprint", "publish"]


def document_of(form: Form) -> dict[str, Any]:
    """The form as the JSON document that is stored: what is left at its default is left out.

    `parse(document_of(form)) == form`, however the form was written down.
    """
    return {"schema": SCHEMA, "pages": [_page(page) for page in form.pages]}


def canonical_json(document: object) -> str:
    """The one spelling of a document: keys sorted, no blanks, no escapes."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def fingerprint(document: object) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal digits."""
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


def publish(
    *, procedure: Procedure, form: Form, change_note: str = "", now: dt.datetime | None = None
) -> tuple[FormVersion, bool]:
    """Make the form the procedure's current version; whether a new version was made.

    The version is frozen from here on: a trigger refuses every change of its row. A form that the
    procedure had before becomes current again under its old number. Drafts and cases under way keep
    the version they started with. Locks the procedure row, so that two publishers get two numbers.
    """
    document = document_of(form)
    # what is stored must read back as the form that was checked
    if parse(document) != form:
        raise ValueError(f"the form of {procedure.key} does not survive being written down")
    digest = fingerprint(document)
    with transaction.atomic():
        Procedure.objects.select_for_update().get(pk=procedure.pk)
        version = FormVersion.objects.filter(procedure=procedure, sha256=digest).first()
        is_new = version is None
        if version is None:
            last = procedure.versions.aggregate(last=Max("number"))["last"] or 0
            version = FormVersion.objects.create(
                procedure=procedure,
                number=last + 1,
                schema=SCHEMA,
                definition=document,
                sha256=digest,
                change_note=change_note,
                created_at=now or timezone.now(),
            )
        Procedure.objects.filter(pk=procedure.pk).update(current_version=version)
    procedure.current_version = version
    return version, is_new


def _page(page: Page) -> dict[str, Any]:
    document: dict[str, Any] = {"key": page.key, "title": page.title, "fields": [_field(one) for one in page.fields]}
    if page.intro:
        document["intro"] = page.intro
    return document


def _field(field: Field) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for attribute in dataclasses.fields(field):
        value = getattr(field, attribute.name)
        if attribute.default is dataclasses.MISSING or value != attribute.default:
            document[attribute.name] = _plain(value)
    return document


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [dataclasses.asdict(item) if dataclasses.is_dataclass(item) else item for item in value]  # type: ignore[arg-type]
    # FieldType is text to JSON, but a plain string is what comes back from the database
    return str(value) if isinstance(value, str) else value
