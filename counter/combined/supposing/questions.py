"""What is supposed for a question that is asked once."""

from collections.abc import Iterator, Mapping
from typing import Final

from applications.concepts import Concept, concept_of
from applications.definition import Field
from applications.typed import Value
from counter.combined.converting import fits, fitting
from counter.combined.model import Path
from counter.combined.supposing import events, family, supplies
from counter.combined.supposing.known import Known, Rule, told

_RULES: Final[Mapping[str, Rule]] = {**events.RULES, **family.RULES, **supplies.RULES}


def suppose_plain(known: Known, field: Field) -> Iterator[tuple[Path, Value]]:
    """What earlier answers say of it, otherwise what is usual; nothing that the question would refuse."""
    concept = concept_of(field.concept)
    if concept is None or known.values.get(field.key) or not _is_needed(field):
        return
    rule = _RULES.get(concept.key)
    value = rule(known, field) if rule else _of_person(known, field, concept)
    value = value or (fitting(field, concept.usual) if concept.usual and not rule else None)
    if value and fits(field, value, known.today):
        yield field.key, value


def _of_person(known: Known, field: Field, concept: Concept) -> Value | None:
    """What the household said of the spouse, or of whom the procedure is about."""
    if concept.role.key == "spouse" and known.people.spouse:
        return told(known.people.spouse.said.get(concept.what), field)
    if concept.role.key != "subject":
        return None
    person = known.subject(field, concept)
    if person and concept.what == "address" and "address" not in person.said:
        return told(known.people.address, field)
    return told(person.said.get(concept.what), field) if person else None


def _is_needed(field: Field) -> bool:
    return field.required or field.required_when is not None
