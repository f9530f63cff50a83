"""What the city knows already is filled in before anybody types; the person may change every part of it."""

from collections.abc import Callable
from typing import Any

from applications.answers import ADDRESS_PARTS
from applications.definition import Form
from applications.enums import FieldType
from applications.typed import Typed, Value, from_date
from residents.models import Resident


def _birth_date(resident: Resident) -> Value | None:
    return from_date(resident.birth_date) if resident.birth_date else None


def _address(resident: Resident) -> Value | None:
    parts: dict[str, Any] = {part: getattr(resident, part) for part in ADDRESS_PARTS}
    return parts if any(parts.values()) else None


_CONCEPTS: dict[str, tuple[frozenset[FieldType], Callable[[Resident], Value | None]]] = {
    "applicant.name": (frozenset({FieldType.TEXT}), lambda resident: resident.full_name),
    "applicant.kana": (frozenset({FieldType.KANA, FieldType.TEXT}), lambda resident: resident.full_kana),
    "applicant.birth_date": (frozenset({FieldType.DATE}), _birth_date),
    "applicant.address": (frozenset({FieldType.ADDRESS}), _address),
    "applicant.phone": (frozenset({FieldType.PHONE}), lambda resident: resident.phone_entered),
    "applicant.email": (frozenset({FieldType.EMAIL}), lambda resident: resident.contact_email),
}


def prefill(form: Form, resident: Resident) -> Typed:
    """Typed values of every question whose concept the resident's record answers."""
    values: Typed = {}
    for field in form.fields:
        types, read = _CONCEPTS.get(field.concept, (frozenset(), None))
        value = read(resident) if read and field.type in types else None
        if value:
            values[field.key] = value
    return values
