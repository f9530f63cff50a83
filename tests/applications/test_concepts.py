"""The shared vocabulary: the file, what the parser makes of it, and its documentation."""

import copy
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from applications import concepts, definition
from applications.concepts import concept_of, concepts_for, may_carry, shape_of, vocabulary
from applications.definition import DefinitionError
from applications.enums import FieldType
from tests.applications.sample import all_types

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "concepts.md"
ROLES = {
    "applicant", "subject", "spouse", "household[]", "children[]", "guardians[]", "relatives[]", "deceased", "agent",
    "business",
}  # fmt: skip


def role_table():
    """The table of roles as docs/concepts.md has it."""
    roles = dict.fromkeys(concept.role for concept in vocabulary().values())
    return "\n".join(f"| `{role.key}` | {role.label} | {role.meaning} |" for role in roles)


def concept_table():
    """The table of words as docs/concepts.md has it: one line a meaning, with everybody who has it."""
    lines = {}
    for one in vocabulary().values():
        types = ", ".join(f"`{kind.value}`" for kind in one.types)
        state = "deprecated" if one.is_deprecated else "✓" if one.is_in_record else ""
        lines.setdefault((one.what, one.label, one.meaning, types, state), []).append(one.role.key)
    return "\n".join(
        f"| `{what}` | {label} | {meaning} | {types} | {', '.join(roles)} | {state} |"
        for (what, label, meaning, types, state), roles in lines.items()
    )


def test_documentation_holds_the_whole_vocabulary():
    text = DOCUMENT.read_text()
    assert role_table() in text
    assert concept_table() in text


def test_vocabulary_knows_every_role_and_the_words_the_contract_names():
    assert {concept.role.key for concept in vocabulary().values()} == ROLES
    for what in ("name", "kana", "birth_date", "sex", "address", "phone", "email"):
        assert concept_of(f"applicant.{what}").is_in_record
    assert concept_of("deceased.died_on")
    assert concept_of("applicant.died_on") is None
    assert concept_of("business.birth_date") is None


def test_every_word_is_documented_in_japanese_and_has_a_type():
    document = yaml.safe_load(concepts.SOURCE.read_text())
    assert all(one["label"] and one["meaning"].endswith("。") and one["types"] for one in document["concepts"])
    # a role and a word name one thing
    assert len(vocabulary()) == sum(1 for _concept in concepts._read(document))


def test_shape_of_is_that_of_the_record():
    assert shape_of("applicant.name") == FieldType.NAME
    assert shape_of("applicant.address") == FieldType.RESIDENT_ADDRESS
    assert shape_of("business.name") == FieldType.TEXT
    assert shape_of("nobody.nothing") == FieldType.TEXT


def test_concepts_for_offers_what_the_kind_may_carry():
    offered = {concept.key for concept in concepts_for(FieldType.DATE)}
    assert {"applicant.birth_date", "deceased.died_on"} <= offered
    assert "children[].birth_date" not in offered
    assert "children[].birth_date" in {concept.key for concept in concepts_for(FieldType.DATE, in_rows=True)}
    assert all(concept.is_in_record for concept in concepts_for(FieldType.ATTRIBUTE))


def _with(change):
    document = copy.deepcopy(all_types())
    fields = {field["key"]: field for page in document["pages"] for field in page["fields"]}
    change(fields)
    return document


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("name", lambda fields: fields["name"].update(concept="applicant.shoe_size")),
        ("name", lambda fields: fields["name"].update(concept="applicant.birth_date")),
        ("birth", lambda fields: fields["birth"].update(concept="applicant.name")),
        ("name", lambda fields: fields["name"].update(concept="children[].name")),
        ("registered", lambda fields: fields["registered"].update(concept="applicant.occupation")),
        ("child", lambda fields: fields["children"]["fields"][0].update(concept="applicant.name")),
    ],
)
def test_a_word_in_the_wrong_place_is_refused(where, change):
    with pytest.raises(DefinitionError) as caught:
        definition.parse(_with(change))
    assert caught.value.where == where


def test_a_deprecated_word_stays_valid_and_is_warned_of(monkeypatch):
    old = replace(concept_of("applicant.name"), is_deprecated=True)
    form = definition.parse(all_types())
    assert definition.warnings_of(form) == []
    monkeypatch.setattr(concepts, "vocabulary", lambda: {**VOCABULARY, old.key: old})
    form = definition.parse(all_types())
    (warning,) = definition.warnings_of(form)
    assert (warning.where, "applicant.name" in warning.message) == ("name", True)
    assert old not in concepts_for(FieldType.TEXT)
    assert may_carry(old, FieldType.TEXT)


VOCABULARY = vocabulary()
