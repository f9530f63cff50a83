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
from applications.typed import Row, Typed, Value
from counter.combined import keys
from counter.combined.asking import TICKED
from counter.combined.converting import converted, fitting
from counter.combined.model import Combined, Path
from counter.combined.people import HEAD, HOUSEHOLD, People, Person, Said, answer_of
from counter.combined.splitting import is_member
from residents.dates import counted_day

_ROUNDS: Final = 3
"""One thing that is supposed leads to another on the same page: a spouse to "has a spouse"."""
_NEWBORN: Final = dt.timedelta(days=180)
_APRIL, _CLASS_BEGINS = 4, 3
_TICK: Final = keys.tick_key(0).removesuffix("0")
RELATIVES: Final = "relatives"
"""A group that may stay empty: supposed until its page was sent once, which keeps an empty list of it."""
_SELF: Final = "self"
"""The row of the applicant among the household."""
_KOKUHO: Final = "kokuho"
_END_REASONS: Final = ("applicant.insurance_end_reason", "applicant.supply_end_reason")


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
        value = value or (fitting(field, concept.usual) if concept.usual and not rule else None)
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
            return _told(self.people.address, field)
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
        is_new = group.min_rows or (group.key == RELATIVES and group.key not in self.values)
        if is_new and not any(row["values"] for row in rows):
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
            case "household":
                return self._own_row(group)
            case "children":
                found = list(self.people.children)
            case "guardians":
                parents = (self.people.single("applicant"), self.people.spouse)
                found = [one for one in parents if one] if self.people.children else []
            case "relatives":
                found = self._relatives(group)
            case _:
                return []
        found = found[: group.max_rows]
        ids = first_row_ids(len(found))
        return [
            {"id": key, "values": _row_of(group, one) | self._kinship(group, one)}
            for key, one in zip(ids, found, strict=True)
        ]

    def _own_row(self, group: Field) -> list[Row]:
        """The applicant, where marks say whom each procedure concerns: to be marked, not to be typed once more."""
        person = self.people.single("applicant")
        has_marks = any(_is_tick(field) for field in group.fields)
        if person is None or not has_marks:
            return []
        head = {
            field.key: value
            for field in group.fields
            if field.concept == "household[].relationship" and (value := fitting(field, HEAD))
        }
        return [{"id": _SELF, "values": _row_of(group, person) | head}]

    def _relatives(self, group: Field) -> list[Person]:
        """Who lives there besides the parents and the child that the procedure is about."""
        parts = {part for part, _path in self.combined.owners[group.key]}
        about = [
            self.people.named(self.values[place], self.combined.fields[place])
            for (part, path), place in self.combined.places.items()
            if part in parts
            and self.combined.part_fields[part, path].concept == "subject.name"
            and self.values.get(place)
        ]
        if not about or None in about:
            # nobody knows yet who is left
            return []
        spouse = self.people.spouse
        known = {one.id for one in (*about, spouse) if one}
        return [one for one in self.people.household if one.id not in known]

    def _kinship(self, group: Field, person: Person) -> Typed:
        """What children call somebody."""
        kinds = self.people.parent_kinds
        found: Typed = {}
        for field in group.fields:
            concept = concept_of(field.concept)
            kin = ""
            if concept and concept.what == "parent_kind" and kinds:
                kin = kinds[0] if person == self.people.single("applicant") else kinds[1]
            elif concept and concept.what == "kin":
                kin = self.people.kin_of_children(person)
            if kin and (value := fitting(field, kin)):
                found[field.key] = value
        return found

    def _row(self, group: Field, row: Row) -> Typed:
        """A new row is of every procedure until somebody says otherwise."""
        values = dict(row["values"])
        is_new = not any(one["id"] == row["id"] and one.get("values") for one in self.values.get(group.key) or ())
        for field in group.fields:
            concept = concept_of(field.concept)
            if _is_tick(field) and is_new and group.min_rows and row["id"] != _SELF:
                values[field.key] = [TICKED]
            usual = self._usual(field, concept, values) if concept and field.required else None
            if usual and group.min_rows and not values.get(field.key):
                values[field.key] = usual
        return values

    def _usual(self, field: Field, concept: Concept, row: Typed) -> Value | None:
        """The usual answer in a row; the insurance that the child joins in the same visit."""
        if concept.key == "children[].health_insurance":
            return fitting(field, _KOKUHO) if self._joins_insurance(row.get("children_name")) else None
        return fitting(field, concept.usual) if concept.usual else None

    def _joins_insurance(self, name: Value | None) -> bool:
        """Whether somebody of this name is marked for a procedure that joins the city's insurance."""
        asked = self.combined.fields.get("children.children_name")
        person = self.people.named(name, asked) if name and asked else None
        rows: list[Row] = self.values.get(HOUSEHOLD) or []
        row = next((one for one in rows if person and one["id"] == person.id), None)
        joining = {part for part, _path in self.combined.owners.get("applicant_insurance_reason", ())}
        return row is not None and any(
            is_member(self.combined, owner, row, self.values)
            for owner in self.combined.owners.get(HOUSEHOLD, ())
            if owner[0] in joining
        )

    def birth_of_subject(self, field: Field, concept: Concept) -> dt.date | None:
        """When the one was born whom the procedure is about, as typed or as it must be."""
        place = field.key.removesuffix(concept.what) + "birth_date"
        asked = self.combined.fields.get(place)
        if asked is not None and self.values.get(place):
            answer = answer_of(asked, self.values[place])
            return counted_day(answer) if isinstance(answer, str) else None
        person = self._subject(field, concept)
        return person.birth_date if person else None

    def _fits(self, field: Field, value: Value) -> bool:
        """Whether the answer would be taken; a day that is over is not supposed for one to come."""
        answer = answer_of(field, value)
        if answer is None or field.type != FieldType.DATE:
            return answer is not None
        limits = [self.today.isoformat() if one == TODAY else one for one in (field.min, field.max)]
        return (not limits[0] or answer >= limits[0]) and (not limits[1] or answer <= limits[1])

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
        born = [one for one in self.people.children if one.birth_date and self.today - one.birth_date <= _NEWBORN]
        return born[0] if len(born) == 1 else None


def _reason(supposing: _Supposing, field: Field) -> Value | None:
    if supposing.is_moving_in:
        return fitting(field, "move_in")
    return fitting(field, "birth") if supposing.newborn() else None


def _insurance_reason(supposing: _Supposing, field: Field) -> Value | None:
    return fitting(field, "birth") if supposing.newborn() and not supposing.is_moving_in else None


def _household_position(supposing: _Supposing, field: Field) -> Value | None:
    position = supposing.people.position
    return fitting(field, position) if position else None


def _heir_relation(supposing: _Supposing, field: Field) -> Value | None:
    """The widow of the one whom the procedure is about, or who must have died."""
    said = supposing.people.said("subject.name")
    person = supposing.people.named(said[1], said[0]) if said else supposing.deceased()
    return supposing.people.called_by(person) or None if person else None


def _of_death(answer: str) -> "Rule":
    """The reason, or the kind, that belongs to a death that another procedure was told of."""

    def reason(supposing: _Supposing, field: Field) -> Value | None:
        return fitting(field, answer) if supposing.is_after_death else None

    return reason


def _supply_holder(supposing: _Supposing, field: Field) -> Value | None:
    """Mostly the contract is that of the one who died."""
    person = supposing.deceased()
    return _told(person.said["name"], field) if person else None


def _child_care_class(supposing: _Supposing, field: Field) -> Value | None:
    """By the age on 1 April of the year of use (子ども・子育て支援法19条): told where this year and the next agree."""
    concept = concept_of(field.concept)
    born = supposing.birth_of_subject(field, concept) if concept else None
    if born is None:
        return None
    year = supposing.today.year if supposing.today.month >= _APRIL else supposing.today.year - 1
    are_three = {year + later - born.year - ((born.month, born.day) > (_APRIL, 1)) >= _CLASS_BEGINS for later in (0, 1)}
    return fitting(field, "second" if are_three.pop() else "third") if len(are_three) == 1 else None


def _sibling_care(supposing: _Supposing, field: Field) -> Value | None:
    """No other child of the family is of the age for a nursery."""
    concept = concept_of(field.concept)
    is_only = bool(concept and supposing._subject(field, concept))
    return fitting(field, "none") if is_only else None


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
    """Who comes because of a birth and does not move mostly lived here."""
    if _moved_this_year(supposing):
        return "yes"
    return "no" if supposing.newborn() and not supposing.is_moving_asked else None


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
    return None if years is None else fitting(field, f"g{years - 5}") if field.options else None


def _supply_address(supposing: _Supposing, field: Field) -> Value | None:
    return _told(supposing.people.address, field)


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
    "applicant.insurance_reason": _insurance_reason,
    "applicant.insurance_from": _event_day("applicant.insurance_reason"),
    "applicant.household_position": _household_position,
    "applicant.heir_relation": _heir_relation,
    "applicant.supply_end_reason": _of_death("death"),
    "applicant.supply_holder": _supply_holder,
    "applicant.care_claim_kind": _of_death("heir"),
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
    "subject.child_care_class": _child_care_class,
    "subject.sibling_care": _sibling_care,
}


def _is_needed(field: Field) -> bool:
    return field.required or field.required_when is not None


def _is_tick(field: Field) -> bool:
    """Whether it is the mark that says whom a row concerns."""
    return field.key.startswith(_TICK) and field.type == FieldType.CHECKBOXES


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
        return fitting(field, answer) if isinstance(answer, str) else None
    return converted(value, source, field) or None
