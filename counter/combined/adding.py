"""What nobody is asked and who wants adds: folded at the end of its page (`on_request` of a concept)."""

from applications.concepts import concept_of
from applications.definition import Field


def is_on_request(field: Field) -> bool:
    """Whether every form that shares the question does without an answer, whatever else is answered."""
    concept = concept_of(field.concept)
    return bool(concept and concept.is_on_request) and not field.required and field.required_when is None
