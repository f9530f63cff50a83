"""One batch of a register file against the database: compare, and write what differs."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cityhall.ids import public_id
from residents.bulk import insert_rows, update_rows
from residents.enums import ExternalIdKind, ResidentSource
from residents.models import ExternalId, Household, RegisterImport, Resident
from residents.services.register.parsing import Person, Problem, has_gone

_STATE: Final = (
    "value",
    "resident_id",
    "resident__household__number",
    "resident__source",
    "resident__died_on",
    "resident__moved_out_on",
    "resident__phone",
    "resident__contact_email",
)


@dataclass
class Known:
    """What the database holds of a person, in the columns of the file."""

    pk: int
    household_number: str | None
    is_living_here: bool
    lacks_phone: bool
    lacks_email: bool
    values: dict[str, Any]


@dataclass
class Outcome:
    """What a batch comes to. The same for the dry run and the real one."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    ended: int = 0
    present: int = 0
    problems: list[Problem] = field(default_factory=list)
    new: list[Person] = field(default_factory=list)
    different: list[tuple[Known, Person]] = field(default_factory=list)
    same: list[int] = field(default_factory=list)


def compare(people: Sequence[Person], *, repeated: set[int]) -> Outcome:
    """Compare a batch with the database; one query. `repeated` are rows whose number stood in an earlier row."""
    columns = sorted({column for person in people for column in person.values})
    known = _known({person.number for person in people if person.number}, columns)
    outcome = Outcome(rows=len(people))
    for person in people:
        _place(person, known.get(person.number), outcome, is_repeated=person.row in repeated)
    return outcome


def write(outcome: Outcome, run: RegisterImport, *, now: dt.datetime) -> None:
    """Write what differs, in the caller's transaction. What a person told us is only ever filled in where blank."""
    numbers = {person.household_number for person in outcome.new} | {
        person.household_number for _known_, person in outcome.different
    }
    households = _household_ids({number for number in numbers if number})
    _insert(outcome.new, households, run, now)
    _update(outcome.different, households, run, now)
    Resident.objects.filter(pk__in=outcome.same).update(register_as_of=run.as_of, register_import=run)


def _known(numbers: set[str], columns: Sequence[str]) -> dict[str, Known]:
    rows = ExternalId.objects.filter(kind=ExternalIdKind.RESIDENT_NUMBER, value__in=numbers).values_list(
        *_STATE, *(f"resident__{column}" for column in columns)
    )
    return {
        number: Known(
            pk=pk,
            household_number=household,
            is_living_here=source == ResidentSource.REGISTER and died_on is None and moved_out_on is None,
            lacks_phone=not phone,
            lacks_email=not email,
            values=dict(zip(columns, values, strict=True)),
        )
        for number, pk, household, source, died_on, moved_out_on, phone, email, *values in rows
    }


def _place(person: Person, known: Known | None, outcome: Outcome, *, is_repeated: bool) -> None:
    if is_repeated:
        outcome.problems.append(Problem(person.row, "resident_number", "同じ宛名番号の行が前にあります。"))
        return
    if known and known.is_living_here:
        outcome.present += 1
    if person.problems:
        outcome.problems += person.problems
        if known:
            # skipped, but named: a full file must not take the person for one who has gone
            outcome.same.append(known.pk)
    elif known is None:
        outcome.created += 1
        outcome.new.append(person)
    elif _differs(person, known):
        ends = known.is_living_here and has_gone(person.values) is not None
        outcome.ended += ends
        outcome.changed += not ends
        outcome.different.append((known, person))
    else:
        outcome.unchanged += 1
        outcome.same.append(known.pk)


def _differs(person: Person, known: Known) -> bool:
    return (
        any(known.values[column] != value for column, value in person.values.items())
        or (person.household_number is not None and (person.household_number or None) != known.household_number)
        or bool(person.phone[0] and known.lacks_phone)
        or bool(person.contact_email and known.lacks_email)
    )


def _household_ids(numbers: set[str]) -> dict[str, int]:
    def read() -> dict[str, int]:
        return dict(Household.objects.filter(number__in=numbers).values_list("number", "pk"))

    found = read()
    missing = sorted(numbers - found.keys())
    if missing:
        insert_rows(Household, ({"public_id": public_id(), "number": number} for number in missing))
        found = read()
    return found


def _columns(person: Person, households: dict[str, int], run: RegisterImport) -> dict[str, Any]:
    columns = {
        **person.values,
        "source": ResidentSource.REGISTER,
        "register_as_of": run.as_of,
        "register_import_id": run.pk,
    }
    if person.household_number is not None:
        columns["household_id"] = households.get(person.household_number)
    return columns


def _insert(people: Sequence[Person], households: dict[str, int], run: RegisterImport, now: dt.datetime) -> None:
    number_of = {public_id(): person for person in people}
    insert_rows(
        Resident,
        (
            {
                **_columns(person, households, run),
                "public_id": key,
                "phone": person.phone[0],
                "phone_entered": person.phone[1],
                "contact_email": person.contact_email,
                "created_at": now,
                "updated_at": now,
            }
            for key, person in number_of.items()
        ),
    )
    pairs = Resident.objects.filter(public_id__in=number_of).values_list("public_id", "pk")
    insert_rows(
        ExternalId,
        (
            {"resident_id": pk, "kind": ExternalIdKind.RESIDENT_NUMBER, "value": number_of[key].number}
            for key, pk in pairs
        ),
    )


def _update(
    pairs: Sequence[tuple[Known, Person]], households: dict[str, int], run: RegisterImport, now: dt.datetime
) -> None:
    by_columns: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for known, person in pairs:
        columns = _columns(person, households, run) | {"updated_at": now}
        by_columns.setdefault(tuple(columns), []).append((*columns.values(), known.pk))
        if person.phone[0] and known.lacks_phone:
            # conditional: the person may have typed one since this batch was read
            Resident.objects.filter(pk=known.pk, phone="").update(phone=person.phone[0], phone_entered=person.phone[1])
        if person.contact_email and known.lacks_email:
            Resident.objects.filter(pk=known.pk, contact_email="").update(contact_email=person.contact_email)
    for names, rows in by_columns.items():
        update_rows(Resident, names, rows)
