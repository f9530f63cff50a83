"""What one printed form says: the answers of an application and what the city adds, without a database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from applications.answers import Section
from applications.concepts import shape_of
from applications.definition import Field, Form, other_key
from applications.enums import FieldType
from counter.enums import SpotFixed
from counter.layouts.spots import Spot

APPLICANT_CONCEPTS: Mapping[SpotFixed, str] = {
    SpotFixed.APPLICANT_NAME: "applicant.name",
    SpotFixed.APPLICANT_KANA: "applicant.kana",
    SpotFixed.APPLICANT_BIRTH_DATE: "applicant.birth_date",
    SpotFixed.APPLICANT_ADDRESS: "applicant.address",
    SpotFixed.APPLICANT_PHONE: "applicant.phone",
}


@dataclass(frozen=True)
class Value:
    """A typed answer with what is needed to read it; `field` is missing for what no question asks."""

    type: FieldType
    answer: Any
    field: Field | None = None
    other: str = ""
    hidden: str = ""
    """What stands instead of an answer that is protected from the reader (支援措置)."""


@dataclass(frozen=True)
class Paper:
    """One form to print. `sections` are its answers in words as the reader may see them."""

    title: str
    number: str
    form: Form
    answers: Mapping[str, Any]
    sections: tuple[Section, ...]
    fixed: Mapping[SpotFixed, Value]
    city: str = ""
    office: tuple[tuple[str, str], ...] = ()
    """Lines of the city's own box: label and text."""
    picture: Callable[[str], str] = lambda _public_id: ""
    """The picture of a file by its public id, as SVG; "" for what is none."""
    file_names: Mapping[str, str] = field(default_factory=dict)
    hidden_concept: str = ""
    hidden_text: str = ""
    is_signed_by_hand: bool = True
    """Whether the default sheet has a line to sign on when there is no signature."""
    mark: str = ""
    """Stands at the head of every page: a sample, or printed again."""

    def value_at(self, spot: Spot) -> Value | None:
        """What is printed at a place; None for what was not answered or is asked by no question of this form."""
        if spot.fixed:
            return self.fixed.get(SpotFixed(spot.fixed))
        return self._asked(spot)

    def _asked(self, spot: Spot) -> Value | None:
        group = self.form.by_key.get(spot.group) if spot.group else None
        found = (group.by_key if group else {} if spot.group else self.form.by_key).get(spot.key)
        answers = self._row(spot) if spot.group else self.answers
        if found is None or answers.get(found.key) is None:
            return None
        return self.value(found, answers)

    def _row(self, spot: Spot) -> Mapping[str, Any]:
        rows = self.answers.get(spot.group)
        return rows[spot.row - 1] if isinstance(rows, list) and 0 < spot.row <= len(rows) else {}

    def value(self, found: Field, answers: Mapping[str, Any]) -> Value:
        """The answer of a question among these answers."""
        is_hidden = bool(self.hidden_concept) and found.concept == self.hidden_concept
        return Value(
            shape_of(found.concept) if found.type == FieldType.ATTRIBUTE else found.type,
            answers[found.key],
            found,
            str(answers.get(other_key(found.key), "")),
            self.hidden_text if is_hidden else "",
        )
