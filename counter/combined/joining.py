"""The inverse of splitting: drafts of several procedures become one draft of the combined form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from applications.definition import Field
from applications.enums import FieldType
from applications.typed import Row, Typed
from counter.combined.asking import TICKED
from counter.combined.converting import converted
from counter.combined.model import Combined, Owner, Path

MOST_OF_A_ROW_ID = 24
Said = list[tuple[Owner, Any]]
"""What each part has typed for one question."""


@dataclass(frozen=True)
class Difference:
    """Two procedures say different things; the first was taken."""

    path: Path
    """In the combined form."""
    label: str
    taken: Owner
    dropped: Owner


@dataclass(frozen=True)
class Joined:
    """Typed values of the combined form, and what was not taken over."""

    values: Typed
    differences: tuple[Difference, ...]


def join(combined: Combined, drafts: Mapping[str, Mapping[str, Any]]) -> Joined:
    """Typed values of the combined form from those of its parts, by key. The first that is not blank is taken.

    Rows are about one person when they have one id and say nothing different; otherwise the later one becomes a row
    of its own, under another id.
    """
    values: Typed = {}
    differences: list[Difference] = []
    for field in combined.form.questions:
        said = [(owner, drafts.get(owner[0], {}).get(owner[1])) for owner in combined.owners.get(field.key, ())]
        said = [(owner, value) for owner, value in said if value]
        if field.type == FieldType.ROWS:
            value: Any = list(_rows(combined, field, said))
        else:
            value = _taken(combined, field, field.key, said, differences)
        if value:
            values[field.key] = value
    return Joined(values, tuple(differences))


def _taken(combined: Combined, field: Field, path: Path, said: Said, differences: list[Difference]) -> Any:
    """What is taken of what the parts say: in the question's own kind if anybody says it so."""
    said = sorted(said, key=lambda one: not _is_exact(combined.part_fields[one[0]], field))
    for owner, value in said:
        taken = converted(value, combined.part_fields[owner], field)
        if taken:
            differing = [one for one in said if not _says(combined, field, taken, one)]
            differences += [Difference(path, field.label, owner, other) for other, _value in differing]
            return taken
    return None


def _is_exact(own: Field, field: Field) -> bool:
    return (own.type, own.charset) == (field.type, field.charset)


def _says(combined: Combined, field: Field, taken: Any, one: tuple[Owner, Any]) -> bool:
    """Whether a part has typed what it would be told."""
    owner, value = one
    return bool(value == converted(taken, field, combined.part_fields[owner]))


@dataclass
class _Person:
    """The rows of several parts that are about one person."""

    id: str
    rows: list[tuple[Owner, Row]]


def _rows(combined: Combined, group: Field, said: Said) -> Iterator[Row]:
    people: list[_Person] = []
    before: dict[str, set[str]] = {}
    for owner, rows in said:
        last = ""
        for row in rows:
            known = next((one for one in people if one.id == row["id"]), None)
            if known is None or not _is_same_person(combined, group, known, owner, row):
                known = _Person(_new_id(row["id"], people) if known else row["id"], [])
                people.append(known)
            known.rows.append((owner, row))
            before.setdefault(known.id, set()).update([last] if last else [])
            last = known.id
    for person in _in_order(people, before):
        yield {"id": person.id, "values": _row_values(combined, group, person.rows)}


def _in_order(people: list[_Person], before: Mapping[str, set[str]]) -> list[_Person]:
    """The order that all parts have them in; that of the first part where they do not agree."""
    try:
        order = list(TopologicalSorter(before).static_order())
    except CycleError:
        return people
    return sorted(people, key=lambda one: order.index(one.id))


def _is_same_person(combined: Combined, group: Field, known: _Person, owner: Owner, row: Row) -> bool:
    differences: list[Difference] = []
    for one in group.fields:
        said = _said_in_rows(combined, group, one, [*known.rows, (owner, row)])
        _taken(combined, one, one.key, said, differences)
    return not differences and all(other[0] != owner[0] for other, _row in known.rows)


def _row_values(combined: Combined, group: Field, rows: Sequence[tuple[Owner, Row]]) -> Typed:
    found: Typed = {}
    for one in group.fields:
        if value := _taken(combined, one, one.key, _said_in_rows(combined, group, one, rows), []):
            found[one.key] = value
    ticks = [combined.ticks[owner] for owner, _row in rows if owner in combined.ticks]
    return found | {tick: [TICKED] for tick in dict.fromkeys(ticks)}


def _said_in_rows(combined: Combined, group: Field, one: Field, rows: Sequence[tuple[Owner, Row]]) -> Said:
    """What the rows say for one question of the group."""
    paths = dict(combined.owners.get(f"{group.key}.{one.key}", ()))
    said = []
    for owner, row in rows:
        path = paths.get(owner[0], "")
        if path and (value := row["values"].get(path.partition(".")[2])):
            said.append(((owner[0], path), value))
    return said


def _new_id(row_id: str, people: Sequence[_Person]) -> str:
    """An id that no row has; the same one for the same drafts."""
    taken = {one.id for one in people}
    number = 2
    while (new := f"{row_id[: MOST_OF_A_ROW_ID - 4]}p{number}") in taken:
        number += 1
    return new
