"""Residents as a list of very many needs them: a few columns of each, read for a whole batch at once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from notices.rules import covers
from residents.addresses import address_key
from residents.bulk import one_of
from residents.enums import ConsentKind, ExternalIdKind
from residents.models import Consent, ExternalId, Resident

_COLUMNS: Final = (
    "pk",
    "full_name",
    "search_name",
    "birth_date",
    "postal_code",
    "prefecture",
    "city",
    "town",
    "street",
    "building",
    "user_id",
    "household_id",
    "died_on",
    "moved_out_on",
    "protected_until",
    "merged_into_id",
)
_CONSENT: Final = ("resident_id", "is_given", "text_version")


class Person(NamedTuple):
    """A resident's row."""

    pk: int
    full_name: str
    search_name: str
    birth_date: dt.date | None
    postal_code: str
    prefecture: str
    city: str
    town: str
    street: str
    building: str
    user_id: int | None
    household_id: int | None
    died_on: dt.date | None
    moved_out_on: dt.date | None
    protected_until: dt.date | None
    merged_into_id: int | None

    def lives_at(self, key: str) -> bool:
        """Whether an address (as `address_key` makes it) is the person's; city and building may be left out."""
        near = address_key(f"{self.town}{self.street}")
        return bool(near) and any(
            key == address_key(f"{before}{near}{after}")
            for before in ("", self.city, f"{self.prefecture}{self.city}")
            for after in ("", self.building)
        )

    def is_protected(self, on: dt.date) -> bool:
        return self.protected_until is not None and self.protected_until >= on


def people_by_id(ids: Collection[int]) -> dict[int, Person]:
    """The rows that speak for these: a row that was merged is answered by the one it was merged into."""
    rows = _read({"pk__in": one_of(ids, "bigint")})
    merged = {row.merged_into_id for row in rows if row.merged_into_id}
    living = {row.pk: row for row in _read({"pk__in": one_of(merged, "bigint")})} if merged else {}
    return {row.pk: living.get(row.merged_into_id or 0, row) for row in rows}


def people_by_number(numbers: Collection[str]) -> dict[str, Person]:
    """People by their resident number, merged rows answered as in `people_by_id`. At most three queries."""
    if not numbers:
        return {}
    pairs = dict(
        ExternalId.objects.filter(kind=ExternalIdKind.RESIDENT_NUMBER, value__in=one_of(numbers, "text")).values_list(
            "value", "resident_id"
        )
    )
    people = people_by_id(set(pairs.values()))
    return {number: people[pk] for number, pk in pairs.items()}


def people_by_name_and_birth(
    names: Collection[str], births: Collection[dt.date]
) -> dict[tuple[str, dt.date], list[Person]]:
    """People by folded name and day of birth; rows merged into others are left out."""
    found: dict[tuple[str, dt.date], list[Person]] = defaultdict(list)
    if names and births:
        for row in _read(
            {"search_name__in": one_of(names, "text"), "birth_date__in": one_of(births, "date"), "merged_into": None}
        ):
            if row.birth_date is not None:
                found[row.search_name, row.birth_date].append(row)
    return found


def people_by_name(names: Collection[str]) -> dict[str, list[Person]]:
    """People by folded name alone; rows merged into others are left out."""
    found: dict[str, list[Person]] = defaultdict(list)
    if names:
        for row in _read({"search_name__in": one_of(names, "text"), "merged_into": None}):
            found[row.search_name].append(row)
    return found


def people_by_birth(births: Collection[dt.date]) -> dict[dt.date, list[Person]]:
    """People by day of birth alone; rows merged into others are left out."""
    found: dict[dt.date, list[Person]] = defaultdict(list)
    if births:
        for row in _read({"birth_date__in": one_of(births, "date"), "merged_into": None}):
            if row.birth_date is not None:
                found[row.birth_date].append(row)
    return found


def consenting(ids: Iterable[int], *, text_version: str) -> set[int]:
    """Those of these people whose newest word to digital notices is yes, to this text or a newer one."""
    rows = Consent.objects.filter(resident_id__in=one_of(set(ids), "bigint"), kind=ConsentKind.DIGITAL_NOTICE).order_by(
        "id"
    )
    newest = {pk: text if is_given else "" for pk, is_given, text in rows.values_list(*_CONSENT)}
    return {pk for pk, agreed in newest.items() if covers(agreed, text_version)}


def _read(conditions: Mapping[str, object]) -> list[Person]:
    return [Person(*row) for row in Resident.objects.filter(**conditions).values_list(*_COLUMNS)]
