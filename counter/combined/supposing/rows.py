"""What is supposed for groups of people: rows for who is known, and what is nearly always so of them."""

from collections.abc import Iterator
from typing import Final

from applications.concepts import Concept, concept_of
from applications.definition import Field
from applications.row_paths import first_row_ids
from applications.typed import Row, Typed, Value
from counter.combined.asking import TICKED, is_tick
from counter.combined.converting import fitting
from counter.combined.model import Path
from counter.combined.people import HEAD, HOUSEHOLD, Person
from counter.combined.splitting import is_member
from counter.combined.supposing.known import Known, told

RELATIVES: Final = "relatives"
"""A group that may stay empty: supposed until its page was sent once, which keeps an empty list of it."""
_SELF: Final = "self"
"""The row of the applicant among the household."""
_KOKUHO: Final = "kokuho"


def suppose_rows(known: Known, group: Field) -> Iterator[tuple[Path, Value]]:
    """Rows for people who are known; in rows that are there, the usual answers."""
    rows: list[Row] = [one for one in known.values.get(group.key) or () if "values" in one]
    is_new = group.min_rows or (group.key == RELATIVES and group.key not in known.values)
    if is_new and not any(row["values"] for row in rows):
        rows = _people_rows(known, group) or rows
    elif group.key == HOUSEHOLD and _is_unmarked(group, rows) and len(rows) < group.max_rows:
        # the register's rows are of the others
        rows = [*(one for one in _own_row(known, group) if not _is_named(one, rows)), *rows]
    changed, paths = [], []
    for row in rows:
        filled = _row(known, group, row)
        held: list[Row] = known.values.get(group.key) or []
        old: Typed = next((one["values"] for one in held if one["id"] == row["id"]), {})
        paths += [f"{group.key}.{row['id']}.{key}" for key in filled if key not in old]
        changed.append({"id": row["id"], "values": filled})
    closed = [one for one in known.values.get(group.key) or () if "values" not in one]
    if not closed:
        for path in paths:
            yield path, changed


def _people_rows(known: Known, group: Field) -> list[Row]:
    match group.key:
        case "household":
            return _own_row(known, group)
        case "children":
            found = list(known.people.children)
        case "guardians":
            parents = (known.people.single("applicant"), known.people.spouse)
            found = [one for one in parents if one] if known.people.children else []
        case "relatives":
            found = _relatives(known, group)
        case _:
            return []
    found = found[: group.max_rows]
    ids = first_row_ids(len(found))
    return [
        {"id": key, "values": _row_of(group, one) | _kinship(known, group, one)}
        for key, one in zip(ids, found, strict=True)
    ]


def _own_row(known: Known, group: Field) -> list[Row]:
    """The applicant, where marks say whom each procedure concerns: to be marked, not to be typed once more."""
    person = known.people.single("applicant")
    has_marks = any(is_tick(field) for field in group.fields)
    if person is None or not has_marks:
        return []
    head = {
        field.key: value
        for field in group.fields
        if field.concept == "household[].relationship" and (value := fitting(field, HEAD))
    }
    return [{"id": _SELF, "values": _row_of(group, person) | head}]


def _is_unmarked(group: Field, rows: list[Row]) -> bool:
    """Whether people are known, and nobody said yet whom of them the procedures concern."""
    marks = [one.key for one in group.fields if is_tick(one)]
    is_said = any(row["id"] == _SELF or any(row["values"].get(key) for key in marks) for row in rows)
    return bool(group.min_rows and marks) and not is_said and all(row["values"] for row in rows)


def _is_named(own: Row, rows: list[Row]) -> bool:
    names = [row["values"].get("household_name") for row in rows]
    return own["values"].get("household_name") in names


def _relatives(known: Known, group: Field) -> list[Person]:
    """Who lives there besides the parents and the child that the procedure is about."""
    parts = {part for part, _path in known.combined.owners[group.key]}
    about = [
        known.people.named(known.values[place], known.combined.fields[place])
        for (part, path), place in known.combined.places.items()
        if part in parts
        and known.combined.part_fields[part, path].concept == "subject.name"
        and known.values.get(place)
    ]
    if not about or None in about:
        # nobody knows yet who is left
        return []
    spouse = known.people.spouse
    there = {one.id for one in (*about, spouse) if one}
    return [one for one in known.people.household if one.id not in there]


def _kinship(known: Known, group: Field, person: Person) -> Typed:
    """What children call somebody."""
    kinds = known.people.parent_kinds
    found: Typed = {}
    for field in group.fields:
        concept = concept_of(field.concept)
        kin = ""
        if concept and concept.what == "parent_kind" and kinds:
            kin = kinds[0] if person == known.people.single("applicant") else kinds[1]
        elif concept and concept.what == "kin":
            kin = known.people.kin_of_children(person)
        if kin and (value := fitting(field, kin)):
            found[field.key] = value
    return found


def _row(known: Known, group: Field, row: Row) -> Typed:
    """A new row is of every procedure until somebody says otherwise."""
    values = dict(row["values"])
    is_new = not any(one["id"] == row["id"] and one.get("values") for one in known.values.get(group.key) or ())
    for field in group.fields:
        concept = concept_of(field.concept)
        if is_tick(field) and is_new and group.min_rows and row["id"] != _SELF:
            values[field.key] = [TICKED]
        usual = _usual(known, field, concept, values) if concept and field.required else None
        if usual and group.min_rows and not values.get(field.key):
            values[field.key] = usual
    return values


def _usual(known: Known, field: Field, concept: Concept, row: Typed) -> Value | None:
    """The usual answer in a row; the insurance that the child joins in the same visit."""
    if concept.key == "children[].health_insurance":
        return fitting(field, _KOKUHO) if _joins_insurance(known, row.get("children_name")) else None
    return fitting(field, concept.usual) if concept.usual else None


def _joins_insurance(known: Known, name: Value | None) -> bool:
    """Whether somebody of this name is marked for a procedure that joins the city's insurance."""
    asked = known.combined.fields.get("children.children_name")
    person = known.people.named(name, asked) if name and asked else None
    rows: list[Row] = known.values.get(HOUSEHOLD) or []
    row = next((one for one in rows if person and one["id"] == person.id), None)
    joining = {part for part, _path in known.combined.owners.get("applicant_insurance_reason", ())}
    return row is not None and any(
        is_member(known.combined, owner, row, known.values)
        for owner in known.combined.owners.get(HOUSEHOLD, ())
        if owner[0] in joining
    )


def _row_of(group: Field, person: Person) -> Typed:
    found: Typed = {}
    for field in group.fields:
        concept = concept_of(field.concept)
        if concept and (value := told(person.said.get(concept.what), field)):
            found[field.key] = value
    return found
