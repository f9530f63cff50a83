"""What a question asks for, in words that all forms share (concepts.yaml, docs/concepts.md)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from applications.enums import FieldType

SOURCE = Path(__file__).parent / "concepts.yaml"
EVERY_PERSON = "people"
"""In the list of roles: everybody but the business."""
BUSINESS = "business"
MANY = "[]"
"""End of the roles that several people have; their questions stand in a repeating group."""
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Role:
    """Who somebody is in a filing."""

    key: str
    label: str
    meaning: str

    @property
    def is_many(self) -> bool:
        return self.key.endswith(MANY)


@dataclass(frozen=True)
class Concept:
    """One word of the vocabulary: something of somebody."""

    role: Role
    what: str
    label: str
    meaning: str
    types: tuple[FieldType, ...]
    is_in_record: bool
    is_deprecated: bool
    usual: str = ""
    """The answer of nearly everybody: supposed where several procedures are filled in together."""
    place: str = ""
    """`first` on the page of the role, or `last`, when everybody is known; "" in the order of the file."""
    is_on_request: bool = False
    """Nobody is asked for it where several procedures are filled in together and all do without: who wants adds it."""
    is_of_visit: bool = False
    """The visit itself answers it: a combined form does not ask, and tells `usual` where there is one."""

    @property
    def key(self) -> str:
        return f"{self.role.key}.{self.what}"

    @property
    def full_label(self) -> str:
        """申請者の氏名"""
        return f"{self.role.label}の{self.label}"

    @property
    def shape(self) -> FieldType:
        """The kind of question whose answer has the shape in which the record gives this."""
        return self.types[0]


@lru_cache(maxsize=1)
def vocabulary() -> Mapping[str, Concept]:
    """All words by key, in the order of the file; read once per process."""
    document = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return {concept.key: concept for concept in _read(document)}


def _read(document: Document) -> Iterator[Concept]:
    roles = [Role(key, one["label"], one["meaning"]) for key, one in document["roles"].items()]
    for role in roles:
        for one in document["concepts"]:
            people = EVERY_PERSON in one["roles"] and role.key != BUSINESS
            if people or role.key in one["roles"]:
                yield Concept(
                    role=role,
                    what=one["what"],
                    label=one["label"],
                    meaning=one["meaning"],
                    types=tuple(FieldType(name) for name in one["types"]),
                    is_in_record=bool(one.get("record")),
                    is_deprecated=bool(one.get("deprecated")),
                    usual=str(one.get("usual", "")),
                    place=str(one.get("place", "")),
                    is_on_request=bool(one.get("on_request")),
                    is_of_visit=bool(one.get("visit")),
                )


def concept_of(key: str) -> Concept | None:
    """The word with this key, None when the vocabulary has none."""
    return vocabulary().get(key)


def shape_of(key: str) -> FieldType:
    """The type whose answers have the shape of the record's value; a text for an unknown word."""
    concept = concept_of(key)
    return concept.shape if concept else FieldType.TEXT


def concepts_for(kind: FieldType, *, in_rows: bool = False) -> list[Concept]:
    """The words a question of this kind may carry, without those that should not be used any more."""
    return [
        concept
        for concept in vocabulary().values()
        if not concept.is_deprecated and may_carry(concept, kind) and concept.role.is_many == in_rows
    ]


def may_carry(concept: Concept, kind: FieldType) -> bool:
    """Whether a question of this kind may ask for it; only what a record knows can be an attribute."""
    return concept.is_in_record if kind == FieldType.ATTRIBUTE else kind in concept.types
