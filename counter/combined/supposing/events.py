"""Why and when: a move into the city, a birth, a death."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from applications.definition import Field
from applications.typed import Value
from counter.combined.converting import fitting
from counter.combined.supposing.known import Known, Rule, told


def _reason(known: Known, field: Field) -> Value | None:
    if known.is_moving_in:
        return fitting(field, "move_in")
    return fitting(field, "birth") if known.newborn() else None


def _insurance_reason(known: Known, field: Field) -> Value | None:
    return fitting(field, "birth") if known.newborn() and not known.is_moving_in else None


def _event_day(reason: str) -> Rule:
    """The day that belongs to the reason that was given, or is supposed."""

    def day(known: Known, field: Field) -> Value | None:
        match known.people.answer(reason):
            case "move_in":
                return told(known.people.said("applicant.moving_on"), field)
            case "birth" if newborn := known.newborn():
                return told(newborn.said.get("birth_date"), field)
        return None

    return day


def _allowance_day(known: Known, field: Field) -> Value | None:
    """A form that has reasons of its own is about the birth that the child's subsidy is about."""
    if any(one.concept == "applicant.allowance_reason" for one in known.combined.form.fields):
        return _event_day("applicant.allowance_reason")(known, field)
    is_birth = known.people.answer("applicant.subsidy_reason") == "birth"
    return told(known.people.said("applicant.subsidy_from"), field) if is_birth else None


def _previous_city(known: Known, field: Field) -> Value | None:
    address = known.people.answer("applicant.address") if known.is_moving_in else None
    return f"{address.get('prefecture', '')}{address.get('city', '')}" if isinstance(address, dict) else None


def _moved_this_year(known: Known) -> bool:
    """Who moved in after 1 January lived elsewhere on that day."""
    day = known.people.answer("applicant.moving_on")
    first = dt.date(known.today.year, 1, 1).isoformat()
    return known.is_moving_in and isinstance(day, str) and first < day < f"{known.today.year + 1}"


def _lived_elsewhere(known: Known, _field: Field) -> Value | None:
    """Who comes because of a birth and does not move mostly lived here."""
    if _moved_this_year(known):
        return "yes"
    return "no" if known.newborn() and not known.is_moving_asked else None


def _january_city(known: Known, field: Field) -> Value | None:
    return _previous_city(known, field) if _moved_this_year(known) else None


def _of_death(answer: str) -> Rule:
    """The reason, or the kind, that belongs to a death that another procedure was told of."""

    def reason(known: Known, field: Field) -> Value | None:
        return fitting(field, answer) if known.is_after_death else None

    return reason


def _heir_relation(known: Known, field: Field) -> Value | None:
    """The widow of the one whom the procedure is about, or who must have died."""
    said = known.people.said("subject.name")
    person = known.people.named(said[1], said[0]) if said else known.deceased()
    return known.people.called_by(person) or None if person else None


RULES: Final[Mapping[str, Rule]] = {
    "applicant.allowance_reason": _reason,
    "applicant.allowance_from": _allowance_day,
    "applicant.subsidy_reason": _reason,
    "applicant.subsidy_from": _event_day("applicant.subsidy_reason"),
    "applicant.insurance_reason": _insurance_reason,
    "applicant.insurance_from": _event_day("applicant.insurance_reason"),
    "applicant.previous_city": _previous_city,
    "applicant.lived_elsewhere": _lived_elsewhere,
    "applicant.january_city": _january_city,
    "applicant.supply_end_reason": _of_death("death"),
    "applicant.care_claim_kind": _of_death("heir"),
    "applicant.heir_relation": _heir_relation,
}
