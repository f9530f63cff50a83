"""What the city knows already is filled in before anybody types; the person may change every part of it."""

from collections.abc import Callable
from typing import Any

from applications.answers import ADDRESS_PARTS
from applications.definition import Field, Form
from applications.enums import FieldType
from applications.typed import Typed, Value, from_date
from residents.models import Business, Resident
from residents.queries import is_protected

_TEXT = frozenset({FieldType.TEXT, FieldType.KANA})
_ADDRESS = frozenset({FieldType.ADDRESS, FieldType.RESIDENT_ADDRESS})
_CONTACT = frozenset({FieldType.TEXT, FieldType.PHONE, FieldType.EMAIL})


def prefill(
    form: Form, resident: Resident, *, agent: Resident | None = None, business: Business | None = None
) -> Typed:
    """Typed values of every question whose concept a record answers.

    `applicant.…` is of the resident, `agent.…` of who files for somebody else, `business.…` of the business. A
    protected address (支援措置) is not filled in where somebody else would read it.
    """
    is_read_by_others = agent is not None and agent.pk != resident.pk and is_protected(resident)
    values: Typed = {}
    for field in form.fields:
        role, _dot, what = field.concept.partition(".")
        value: Value | None = None
        if role == "applicant" and not (what == "address" and is_read_by_others):
            value = _of_person(what, field, resident)
        elif role == "agent" and agent is not None:
            value = _of_person(what, field, agent)
        elif role == "business" and business is not None:
            value = _of_business(what, field, business)
        if value:
            values[field.key] = value
    return values


def _name_parts(resident: Resident) -> Value:
    return {
        "family": resident.family_name or resident.full_name,
        "given": resident.given_name,
        "family_kana": resident.family_kana or resident.full_kana,
        "given_kana": resident.given_kana,
    }


def _birth_date(resident: Resident) -> Value | None:
    return from_date(resident.birth_date) if resident.birth_date else None


def _address(resident: Resident) -> Value | None:
    parts: dict[str, Any] = {part: getattr(resident, part) for part in ADDRESS_PARTS}
    return parts if any(parts.values()) else None


_PERSON: dict[str, list[tuple[frozenset[FieldType], Callable[[Resident], Value | None]]]] = {
    "name": [
        (frozenset({FieldType.TEXT}), lambda resident: resident.full_name),
        (frozenset({FieldType.NAME}), _name_parts),
    ],
    "kana": [(_TEXT, lambda resident: resident.full_kana)],
    "birth_date": [(frozenset({FieldType.DATE}), _birth_date)],
    "address": [(_ADDRESS, _address)],
    "phone": [(_CONTACT, lambda resident: resident.phone_entered)],
    "email": [(_CONTACT, lambda resident: resident.contact_email)],
}
_BUSINESS: dict[str, tuple[frozenset[FieldType], Callable[[Business], Value]]] = {
    "name": (_TEXT, lambda business: business.name),
    "kana": (_TEXT, lambda business: business.name_kana),
    "corporate_number": (_TEXT, lambda business: business.corporate_number or ""),
    "representative": (_TEXT, lambda business: business.representative),
    "address": (_TEXT, lambda business: business.address),
    "phone": (_CONTACT, lambda business: business.phone),
}


def _of_person(what: str, field: Field, resident: Resident) -> Value | None:
    return next((read(resident) for types, read in _PERSON.get(what, []) if field.type in types), None)


def _of_business(what: str, field: Field, business: Business) -> Value | None:
    types, read = _BUSINESS.get(what, (frozenset(), None))
    return read(business) if read and field.type in types else None
