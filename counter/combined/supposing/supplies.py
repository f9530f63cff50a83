"""Water: where, from when, for how many, and who has the contract."""

from collections.abc import Mapping
from typing import Final

from applications.definition import Field
from applications.typed import Value
from counter.combined.supposing.known import Known, Rule, told


def _supply_address(known: Known, field: Field) -> Value | None:
    return told(known.people.address, field)


def _supply_from(known: Known, field: Field) -> Value | None:
    return told(known.people.said("applicant.moving_on"), field)


def _supply_people(known: Known, _field: Field) -> Value | None:
    return str(1 + len(known.people.household)) if known.people.household else None


def _supply_holder(known: Known, field: Field) -> Value | None:
    """Mostly the contract is that of the one who died."""
    person = known.deceased()
    return told(person.said["name"], field) if person else None


RULES: Final[Mapping[str, Rule]] = {
    "applicant.supply_address": _supply_address,
    "applicant.supply_from": _supply_from,
    "applicant.supply_people": _supply_people,
    "applicant.supply_holder": _supply_holder,
}
