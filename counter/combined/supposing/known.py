"""What is known from the answers so far, and whom it is about."""

import datetime as dt
from collections.abc import Callable
from typing import Final

from applications.concepts import Concept
from applications.definition import Field
from applications.enums import FieldType
from applications.typed import Typed, Value
from counter.combined.converting import answer_of, converted, fitting
from counter.combined.model import Combined
from counter.combined.people import People, Person, Said
from residents.dates import counted_day

_NEWBORN: Final = dt.timedelta(days=180)
_EVENT_DAYS: Final = ("applicant.allowance_from", "applicant.subsidy_from", "applicant.insurance_from")
_END_REASONS: Final = ("applicant.insurance_end_reason", "applicant.supply_end_reason")


class Known:
    """The answers of a combined form on a day, right or wrong."""

    def __init__(self, combined: Combined, values: Typed, today: dt.date) -> None:
        self.combined = combined
        self.values = values
        self.today = today
        self.people = People(combined, values, today)

    def subject(self, field: Field, concept: Concept) -> Person | None:
        """Who it must be: the one child of that age, or the one other person there is."""
        stem = field.key.removesuffix(concept.what)
        asked = {one.key.removeprefix(stem) for one in self.combined.form.fields if one.key.startswith(stem)}
        if asked & {"school", "grade", "child_care_facility", "child_care_from"}:
            fitting = self.people.children_for(is_for_school=bool(asked & {"school", "grade"}))
        else:
            fitting = list(self.people.household)
        return fitting[0] if len(fitting) == 1 else None

    def birth_of_subject(self, field: Field, concept: Concept) -> dt.date | None:
        """When the one was born whom the procedure is about, as typed or as it must be."""
        place = field.key.removesuffix(concept.what) + "birth_date"
        asked = self.combined.fields.get(place)
        if asked is not None and self.values.get(place):
            answer = answer_of(asked, self.values[place])
            return counted_day(answer) if isinstance(answer, str) else None
        person = self.subject(field, concept)
        return person.birth_date if person else None

    @property
    def is_moving_asked(self) -> bool:
        """Whether a procedure of a move is among them."""
        return any(field.concept == "applicant.move_kind" for field in self.combined.form.fields)

    @property
    def is_moving_in(self) -> bool:
        return bool(self.people.answer("applicant.move_kind") == "in")

    @property
    def is_after_death(self) -> bool:
        """Whether one of the procedures was told that somebody died."""
        return any(self.people.answer(one) == "death" for one in _END_REASONS)

    def deceased(self) -> Person | None:
        """Who died, where only one person who may have was named."""
        people = self.people.household
        return people[0] if self.is_after_death and len(people) == 1 else None

    def newborn(self) -> Person | None:
        """The one child of whom it may be said that the family comes because of the birth: another day that was told,
        or a row that nobody marked, is about somebody else."""
        days = {day for one in _EVENT_DAYS if (day := self.people.answer(one))}
        born = [
            one
            for one in self.people.children
            if one.birth_date
            and self.today - one.birth_date <= _NEWBORN
            and (not days or one.birth_date.isoformat() in days)
            and self._is_marked(one)
        ]
        return born[0] if len(born) == 1 else None

    def _is_marked(self, person: Person) -> bool:
        """Whether the row of a child is of a procedure, where marks say so."""
        group = self.people.group_of_children
        marks = {tick for owner, tick in self.combined.ticks.items() if self.combined.places[owner] == group}
        row = next((one for one in self.values.get(group) or () if one["id"] == person.id), None)
        return not marks or row is None or any(row.get("values", {}).get(tick) for tick in marks)


Rule = Callable[[Known, Field], Value | None]
"""What is supposed for a question."""


def told(said: Said | None, field: Field) -> Value | None:
    """What was typed for one question as it would be typed for another; None where nobody could say it so."""
    if said is None:
        return None
    source, value = said
    if source.type == field.type and source.other == field.other and source.options == field.options:
        return converted(value, source, field) or None
    if FieldType.CHOICE in (source.type, field.type):
        answer = answer_of(source, value)
        return fitting(field, answer) if isinstance(answer, str) else None
    return converted(value, source, field) or None
