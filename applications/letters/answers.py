"""Answers as a letter names them: ((answer.key)), and ((answer.key.part)) of names and addresses."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from applications.answers import ADDRESS_PARTS, NAME_PARTS, display_text
from applications.definition import Field, Form, other_key
from applications.enums import FILE_TYPES, SHOWN_ONLY, FieldType
from residents.dates import in_words, read_iso

PREFIX = "answer"
ADDRESS_KEPT_BACK = _("（住所は記載しません）")
"""Stands for every address when the applicant's is protected (支援措置): letters are handed on."""

_ADDRESSES = frozenset({FieldType.ADDRESS, FieldType.RESIDENT_ADDRESS, FieldType.PLACE})
_PARTS: dict[FieldType, tuple[str, ...]] = {
    FieldType.NAME: tuple(NAME_PARTS),
    FieldType.ADDRESS: tuple(ADDRESS_PARTS),
    FieldType.RESIDENT_ADDRESS: tuple(ADDRESS_PARTS),
}
_WITHOUT_WORDS = SHOWN_ONLY | FILE_TYPES | {FieldType.SIGNATURE, FieldType.ROWS}
"""Kinds of questions that a sentence of a letter cannot name."""


def is_address(field: Field) -> bool:
    """Whether the answer says where somebody lives, typed or out of the record."""
    return field.type in _ADDRESSES or field.concept.rpartition(".")[2] == "address"


def nameable(form: Form) -> Iterator[Field]:
    """Questions whose answers a letter may name."""
    return (field for field in form.fields if field.type not in _WITHOUT_WORDS)


def parts_of(field: Field) -> tuple[str, ...]:
    """What of an answer may be named by itself."""
    return _PARTS.get(field.type, ())


def answer_values(form: Form, answers: Mapping[str, Any], *, keeps_address: bool) -> dict[str, str]:
    """Placeholder → words, a blank for what was not answered. `keeps_address` keeps every address back."""
    values: dict[str, str] = {}
    for field in nameable(form):
        answer = answers.get(field.key)
        name = f"{PREFIX}.{field.key}"
        hides = keeps_address and is_address(field) and answer is not None
        values[name] = str(ADDRESS_KEPT_BACK) if hides else _words(field, answer, answers)
        for part in parts_of(field):
            text = answer.get(part, "") if isinstance(answer, Mapping) else ""
            values[f"{name}.{part}"] = str(ADDRESS_KEPT_BACK) if hides else str(text or "")
    return values


def _words(field: Field, answer: Any, answers: Mapping[str, Any]) -> str:
    if answer is None:
        return ""
    if field.type == FieldType.DATE and isinstance(answer, str):
        return _era_date(answer)
    return display_text(field, answer, str(answers.get(other_key(field.key), "")))


def _era_date(value: str) -> str:
    born = read_iso(value)
    return in_words(born) if born else value
