"""Who belongs to whom: husband and wife, and the child that a nursery or a school is for."""

from collections.abc import Mapping
from typing import Final

from applications.concepts import concept_of
from applications.definition import Field
from applications.typed import Value
from counter.combined.converting import fitting
from counter.combined.supposing.known import Known, Rule

_APRIL, _CLASS_BEGINS = 4, 3


def _household_position(known: Known, field: Field) -> Value | None:
    position = known.people.position
    return fitting(field, position) if position else None


def _has_spouse(known: Known, _field: Field) -> Value | None:
    return "yes" if known.people.spouse else None


def _spouse_apart(known: Known, _field: Field) -> Value | None:
    """Who was named among the household lives in it."""
    spouse = known.people.spouse
    return "no" if spouse and any(one.id == spouse.id for one in known.people.household) else None


def _is_unborn(known: Known, field: Field) -> Value | None:
    """A child of the age for it is known."""
    concept = concept_of(field.concept)
    return "no" if concept and known.subject(field, concept) else None


def _grade(known: Known, field: Field) -> Value | None:
    """The year of primary school follows from the birthday (学校教育法17条); there are few exceptions."""
    concept = concept_of(field.concept)
    child = known.subject(field, concept) if concept else None
    years = child.years_in_april(known.today) if child else None
    return None if years is None else fitting(field, f"g{years - 5}") if field.options else None


def _child_care_class(known: Known, field: Field) -> Value | None:
    """By the age on 1 April of the year of use (子ども・子育て支援法19条): told where this year and the next agree."""
    concept = concept_of(field.concept)
    born = known.birth_of_subject(field, concept) if concept else None
    if born is None:
        return None
    year = known.today.year if known.today.month >= _APRIL else known.today.year - 1
    are_three = {year + later - born.year - ((born.month, born.day) > (_APRIL, 1)) >= _CLASS_BEGINS for later in (0, 1)}
    return fitting(field, "second" if are_three.pop() else "third") if len(are_three) == 1 else None


def _sibling_care(known: Known, field: Field) -> Value | None:
    """No other child of the family is of the age for a nursery."""
    concept = concept_of(field.concept)
    is_only = bool(concept and known.subject(field, concept))
    return fitting(field, "none") if is_only else None


RULES: Final[Mapping[str, Rule]] = {
    "applicant.household_position": _household_position,
    "spouse.exists": _has_spouse,
    "spouse.lives_apart": _spouse_apart,
    "subject.is_unborn": _is_unborn,
    "subject.grade": _grade,
    "subject.child_care_class": _child_care_class,
    "subject.sibling_care": _sibling_care,
}
