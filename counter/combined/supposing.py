"""What follows from earlier answers, or is nearly always so, stands there to be confirmed (docs/combined-forms.md).

Only what must be answered is supposed, and only while it is blank: what somebody cleared is never filled in again
behind their back, because the page does not let them go on without an answer.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from applications.concepts import Concept, concept_of
from applications.definition import TODAY, Field
from applications.enums import FieldType
from applications.row_paths import first_row_ids
from applications.typed import CHOSEN, Row, Typed, Value, from_date
from counter.combined import keys
from counter.combined.asking import TICKED
from counter.combined.converting import converted
from counter.combined.model import Combined, Path
from counter.combined.people import People, Person, Said, answer_of

_ROUNDS: Final = 3
"""One thing that is supposed leads to another on the same page: a spouse to "has a spouse"."""
_NEWBORN: Final = dt.timedelta(days=180)
_TICK: Final = keys.tick_key(0).removesuffix("0")


@dataclass(frozen=True)
class Supposed:
    """Typed values with what is supposed for some questions, and where that stands (`key`, `group.row.key`)."""

    values: Typed
    paths: frozenset[Path] = frozenset()


def suppose(combined: Combined, values: Mapping[str, Any], fields: Sequence[Field], *, today: dt.date) -> Supposed:
    """The typed values with what can be supposed for these questions of the form. Nothing typed is changed."""
    found, paths = dict(values), set[Path]()
    for _round in range(_ROUNDS):
        before = len(paths)
        for field in fields:
            supposing = _Supposing(combined, found, today)
            for path, value in supposing.rows(field) if field.type == FieldType.ROWS else supposing.plain(field):
                found[field.key] = value
                paths.add(path)
        if len(paths) == before:
            break
    return Supposed(found, frozenset(paths))


class _Supposing:
    def __init__(self, combined: Combined, values: Typed, today: dt.date) -> None:
        self.combined = combined
        self.values = values
        self.today = today
        self.people = People(combined, values, today)

    def plain(self, field: Field) -> Iterator[tuple[Path, Value]]:
        concept = concept_of(field.concept)
        if concept is None or self.values.get(field.key) or not _is_needed(field):
            return
        rule = _RULES.get(concept.key)
        value = rule(self, field) if rule else self._of_person(field, concept)
        value = value or (_fitting(field, concept.usual) if concept.usual and not rule else None)
        if value and self._fits(field, value):
            yield field.key, value

    def _of_person(self, field: Field, concept: Concept) -> Value | None:
        """What the household said of the spouse, or of whom the procedure is about."""
        if concept.role.key == "spouse" and self.people.spouse:
            return _told(self.people.spouse.said.get(concept.what), field)
        if concept.role.key != "subject":
            return None
        person = self._subject(field, concept)
        if person and concept.what == "address" and "address" not in person.said:
            return _told(self.people.said("applicant.address"), field)
        return _told(person.said.get(concept.what), field) if person else None

    def _subject(self, field: Field, concept: Concept) -> Person | None:
        """Who it must be: the one child of that age, or the one other person there is."""
        stem = field.key.removesuffix(concept.what)
        asked = {one.key.removeprefix(stem) for one in self.combined.form.fields if one.key.startswith(stem)}
        if asked & {"school", "grade", "child_care_facility", "child_care_from"}:
            fitting = self.people.children_for(is_for_school=bool(asked & {"school", "grade"}))
        else:
            fitting = list(self.people.household)
        return fitting[0] if len(fitting) == 1 else None

    def rows(self, group: Field) -> Iterator[tuple[Path, Value]]:
        """Rows for people who are known; in rows that are there, the usual answers."""
        rows: list[Row] = [one for one in self.values.get(group.key) or () if "values" in one]
        if group.min_rows and not any(row["values"] for row in rows):
            rows = self._people_rows(group) or rows
        changed, paths = [], []
        for row in rows:
            filled = self._row(group, row)
            held: list[Row] = self.values.get(group.key) or []
            old: Typed = next((one["values"] for one in held if one["id"] == row["id"]), {})
            paths += [f"{group.key}.{row['id']}.{key}" for key in filled if key not in old]
            changed.append({"id": row["id"], "values": filled})
        closed = [one for one in self.values.get(group.key) or () if "values" not in one]
        if not closed:
            for path in paths:
                yield path, changed

    def _people_rows(self, group: Field) -> list[Row]:
        match group.key:
            case "children":
                found = list(self.people.children)
            case "guardians":
                parents = (self.people.single("applicant"), self.people.spouse)
                found = [one for one in parents if one] if self.people.children else []
            case _:
                return []
        found = found[: group.max_rows]
        ids = first_row_ids(len(found))
        return [{"id": key, "values": _row_of(group, one)} for key, one in zip(ids, found, strict=True)]

    def _row(self, group: Field, row: Row) -> Typed:
        """A new row is of every procedure until somebody says otherwise."""
        values = dict(row["values"])
        is_new = not any(one["id"] == row["id"] and one.get("values") for one in self.values.get(group.key) or ())
        for field in group.fields:
            concept = concept_of(field.concept)
            is_tick = field.key.startswith(_TICK) and field.type == FieldType.CHECKBOXES
            if is_tick and is_new and group.min_rows:
                values[field.key] = [TICKED]
            usual = _fitting(field, concept.usual) if concept and concept.usual and field.required else None
            if usual and group.min_rows and not values.get(field.key):
                values[field.key] = usual
        return values

    def _fits(self, field: Field, value: Value) -> bool:
        """Whether the answer would be taken; a day that is over is not supposed for one to come."""
        answer = answer_of(field, value)
        if answer is None or field.type != FieldType.DATE:
            return answer is not None
        limits = [self.today.isoformat() if one == TODAY else one for one in (field.min, field.max)]
        return (not limits[0] or answer >= limits[0]) and (not limits[1] or answer <= limits[1])

    @property
    def is_moving_in(self) -> bool:
        return bool(self.people.answer("applicant.move_kind") == "in")

    def newborn(self) -> Person | None:
        born = [one for one in self.people.children if one.birth_date and self.today - one.birth_date <= _NEWBORN]
        return born[0] if len(born) == 1 else None


def _reason(supposing: _Supposing, field: Field) -> Value | None:
    if supposing.is_moving_in:
        return _fitting(field, "move_in")
    return _fitting(field, "birth") if supposing.newborn() else None


def _event_day(reason: str) -> "Rule":
    """The day that belongs to the reason that was given, or is supposed."""

    def day(supposing: _Supposing, field: Field) -> Value | None:
        match supposing.people.answer(reason):
            case "move_in":
                return _told(supposing.people.said("applicant.moving_on"), field)
            case "birth" if newborn := supposing.newborn():
                return _told(newborn.said.get("birth_date"), field)
        return None

    return day


def _previous_city(supposing: _Supposing, field: Field) -> Value | None:
    address = supposing.people.answer("applicant.address") if supposing.is_moving_in else None
    return f"{address.get('prefecture', '')}{address.get('city', '')}" if isinstance(address, dict) else None


def _moved_this_year(supposing: _Supposing) -> bool:
    """Who moved in after 1 January lived elsewhere on that day."""
    day = supposing.people.answer("applicant.moving_on")
    first = dt.date(supposing.today.year, 1, 1).isoformat()
    return supposing.is_moving_in and isinstance(day, str) and first < day < f"{supposing.today.year + 1}"


def _lived_elsewhere(supposing: _Supposing, _field: Field) -> Value | None:
    return "yes" if _moved_this_year(supposing) else None


def _january_city(supposing: _Supposing, field: Field) -> Value | None:
    return _previous_city(supposing, field) if _moved_this_year(supposing) else None


def _has_spouse(supposing: _Supposing, _field: Field) -> Value | None:
    return "yes" if supposing.people.spouse else None


def _spouse_apart(supposing: _Supposing, _field: Field) -> Value | None:
    """Who was named among the household lives in it."""
    spouse = supposing.people.spouse
    return "no" if spouse and any(one.id == spouse.id for one in supposing.people.household) else None


def _is_unborn(supposing: _Supposing, field: Field) -> Value | None:
    """A child of the age for it is known."""
    concept = concept_of(field.concept)
    return "no" if concept and supposing._subject(field, concept) else None


def _grade(supposing: _Supposing, field: Field) -> Value | None:
    """The year of primary school follows from the birthday (学校教育法17条); there are few exceptions."""
    concept = concept_of(field.concept)
    child = supposing._subject(field, concept) if concept else None
    years = child.years_in_april(supposing.today) if child else None
    return None if years is None else _fitting(field, f"g{years - 5}") if field.options else None


def _supply_address(supposing: _Supposing, field: Field) -> Value | None:
    new = supposing.people.said("applicant.new_address")
    return _told(new or supposing.people.said("applicant.address"), field)


def _supply_from(supposing: _Supposing, field: Field) -> Value | None:
    return _told(supposing.people.said("applicant.moving_on"), field)


def _supply_people(supposing: _Supposing, _field: Field) -> Value | None:
    return str(1 + len(supposing.people.household)) if supposing.people.household else None


Rule = Callable[[_Supposing, Field], Value | None]
_RULES: Final[Mapping[str, Rule]] = {
    "applicant.allowance_reason": _reason,
    "applicant.allowance_from": _event_day("applicant.allowance_reason"),
    "applicant.subsidy_reason": _reason,
    "applicant.subsidy_from": _event_day("applicant.subsidy_reason"),
    "applicant.previous_city": _previous_city,
    "applicant.lived_elsewhere": _lived_elsewhere,
    "applicant.january_city": _january_city,
    "spouse.exists": _has_spouse,
    "applicant.supply_address": _supply_address,
    "applicant.supply_from": _supply_from,
    "applicant.supply_people": _supply_people,
    "spouse.lives_apart": _spouse_apart,
    "subject.is_unborn": _is_unborn,
    "subject.grade": _grade,
}


def _is_needed(field: Field) -> bool:
    return field.required or field.required_when is not None


def _row_of(group: Field, person: Person) -> Typed:
    found: Typed = {}
    for field in group.fields:
        concept = concept_of(field.concept)
        if concept and (value := _told(person.said.get(concept.what), field)):
            found[field.key] = value
    return found


def _told(said: Said | None, field: Field) -> Value | None:
    """What was typed for one question as it would be typed for another; None where nobody could say it so."""
    if said is None:
        return None
    source, value = said
    if source.type == field.type and source.other == field.other and source.options == field.options:
        return converted(value, source, field) or None
    if FieldType.CHOICE in (source.type, field.type):
        answer = answer_of(source, value)
        return _fitting(field, answer) if isinstance(answer, str) else None
    return converted(value, source, field) or None


def _fitting(field: Field, answer: str) -> Value | None:
    """The answer as it is typed; None where the question does not offer it."""
    if field.type == FieldType.DATE:
        return from_date(dt.date.fromisoformat(answer))
    if field.options and all(one.value != answer for one in field.options):
        return None
    return {CHOSEN: answer, "other": ""} if field.other else answer
