"""What the city knows already is filled in before anybody types; the person may change every part of it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from applications import typed
from applications.concepts import Concept, concept_of
from applications.definition import Field, Form
from applications.enums import FieldType
from applications.link_values import is_fit
from applications.models import Application
from applications.records import Filing, filing_of
from applications.row_paths import first_row_ids
from applications.typed import Typed, Value
from cityhall.models import User
from residents.models import Business, Resident


class Known(Protocol):
    """What is known of the people of a filing: the city's records (`records.Filing`), or a notice they sent."""

    def answer(self, concept: Concept, kind: FieldType) -> Any:
        """Of the one person in the concept's role, in the shape of stored answers; None for nothing."""

    def people(self, role: str) -> Sequence[Any]:
        """The people in a role that several may have."""

    def answer_of(self, person: Any, concept: Concept, kind: FieldType) -> Any:
        """Of one of them."""


def prefill(
    form: Form,
    resident: Resident | None,
    *,
    agent: Resident | None = None,
    business: Business | None = None,
    reader: User | None = None,
    about: Resident | None = None,
) -> Typed:
    """Typed values of every question whose concept a record answers, rows of people too.

    `applicant.…` is of the resident, `agent.…` of who files for somebody else, `business.…` of the business;
    `subject.…` is of `about`, when that is one of the household; spouse, household and children come from the
    register. A protected address (支援措置) is not filled in
    where somebody else would read it: an agent, or the member of staff who types it in (`reader`).
    """
    is_agents = agent is not None and (resident is None or agent.pk != resident.pk)
    return values_known(form, Filing(resident, agent if is_agents else None, business, reader, about))


def values_known(form: Form, filing: Known) -> Typed:
    """Typed values of every question whose concept is known, rows of people too."""
    values: Typed = {}
    for field in form.fields:
        concept = concept_of(field.concept)
        if field.type == FieldType.ROWS:
            value: Any = _rows(field, filing)
        elif concept is not None and field.type not in typed.NOT_TYPED:
            value = _typed(field, filing.answer(concept, field.type))
        else:
            continue
        if value:
            values[field.key] = value
    return values


def prefill_staff(form: Form, member: User) -> Typed:
    """Typed values of the questions that ask for the name and the address of the member of staff who files."""
    known = {"applicant.name": member.get_full_name(), "applicant.email": member.email or ""}
    values = {field.key: _typed(field, known.get(field.concept)) for field in form.fields}
    return {key: value for key, value in values.items() if value}


def given_answers(application: Application, form: Form) -> dict[str, Any]:
    """The answers that nobody types, as they are now: attributes from the records, references from the link."""
    links: Mapping[str, str] = application.link_values
    hidden = [field.key for field in form.fields if field.type == FieldType.HIDDEN]
    found: dict[str, Any] = {key: links[key] for key in hidden if key in links and is_fit(links[key])}
    attributes = [field for field in form.fields if field.type == FieldType.ATTRIBUTE]
    if attributes:
        filing = filing_of(application)
        for field in attributes:
            concept = concept_of(field.concept)
            found[field.key] = filing.answer(concept, concept.shape) if concept else None
    return {key: answer for key, answer in found.items() if answer}


def _rows(group: Field, filing: Known) -> list[typed.Row]:
    """One row a person, when the questions of the group name people of one role."""
    asked = [(field, concept) for field in group.fields if (concept := concept_of(field.concept))]
    roles = {concept.role.key for _field, concept in asked}
    people = filing.people(roles.pop())[: group.max_rows] if len(roles) == 1 else []
    return [
        {"id": row_id, "values": _values(filing, person, asked)}
        for row_id, person in zip(first_row_ids(len(people)), people, strict=True)
    ]


def _values(filing: Known, person: Any, asked: list[tuple[Field, Concept]]) -> Typed:
    found = {field.key: _typed(field, filing.answer_of(person, concept, field.type)) for field, concept in asked}
    return {key: value for key, value in found.items() if value}


def _typed(field: Field, answer: Any) -> Value | None:
    """What a person would have typed to give this answer to a question of this kind."""
    if not answer:
        return None
    match field.type:
        case FieldType.CHOICE if all(option.value != answer for option in field.options):
            return None
        case FieldType.NAME | FieldType.ADDRESS | FieldType.RESIDENT_ADDRESS if isinstance(answer, str):
            # in one piece: nobody but a person can take it apart
            return None
        case FieldType.ADDRESS | FieldType.RESIDENT_ADDRESS:
            return typed.from_address(answer)
    return typed.from_answer(field, {field.key: answer})
