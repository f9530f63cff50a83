"""What the city's records say of the people a filing names, in the shape of stored answers.

Used for what is filled in before anybody types (`prefill`) and for attributes, which are shown and not asked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from applications.answers import ADDRESS_PARTS
from applications.concepts import Concept
from applications.enums import FieldType
from applications.fields.addresses import codes_of
from applications.made_up import made_up_business, made_up_person
from applications.models import Application
from applications.relationships import children_among, head_among, spouse_among
from cityhall.days import today
from cityhall.models import User
from residents.dates import PartialDate
from residents.enums import Sex
from residents.models import Business, Resident
from residents.names import split_name
from residents.queries import household_of, is_protected, living_row_of, resident_of, visible_address


@dataclass(frozen=True)
class Filing:
    """Who stands in which role. The household is read when a form asks for it: one query."""

    applicant: Resident | None
    agent: Resident | None = None
    business: Business | None = None
    # staff who type it in: what they may not see is not filled in before their eyes
    reader: User | None = None
    # whom it is about, known from the notice whose button led here
    about: Resident | None = None

    @cached_property
    def household(self) -> list[Resident]:
        """The others of the applicant's household, oldest first: those whose address nobody may learn are left out.

        Empty when somebody of another household files: an agent sees the person they act for, not the family.
        """
        applicant = self.applicant
        if applicant is None or applicant.household_id is None or not self._is_at_home(applicant):
            return []
        others = household_of(applicant).exclude(pk=applicant.pk)
        return [person for person in others if not is_protected(person)]

    def _is_at_home(self, applicant: Resident) -> bool:
        return self.agent is None or self.agent.household_id == applicant.household_id

    def person(self, role: str) -> Resident | None:
        """The one person in a role; None when the records do not tell who that is."""
        match role:
            case "applicant":
                return self.applicant
            case "agent":
                return self.agent
            case "spouse" if self.applicant:
                return spouse_among(self.household, of=self.applicant)
            case "subject" if self.about and self.about in self.household:
                return self.about
        return None

    def people(self, role: str) -> list[Resident]:
        """The people in a role that several may have."""
        match role:
            case "household[]":
                return self.household
            case "children[]" if self.applicant:
                return children_among(self.household, of=self.applicant, on=today())
        return []

    def answer(self, concept: Concept, kind: FieldType) -> Any:
        """What the records say of one person or the business, for a question of a kind; None for nothing."""
        if concept.role.key == "business":
            return _filled(_BUSINESS, concept.what, self.business)
        person = self.person(concept.role.key)
        return self.answer_of(person, concept, kind) if person else None

    def answer_of(self, person: Resident, concept: Concept, kind: FieldType) -> Any:
        """What the register says of a person; what they told the city is only for whom it is about or who files."""
        if concept.what == "household_head":
            head = head_among([person, *self.household])
            return _name(head, kind) if head else None
        if concept.what == "name":
            return _name(person, kind)
        if concept.what in _TOLD and person not in (self.applicant, self.agent):
            return None
        if concept.what == "address" and self._is_hidden(person):
            return None
        return _filled(_PERSON, concept.what, person)

    def _is_hidden(self, person: Resident) -> bool:
        """Whether somebody else would read an address that is protected (支援措置)."""
        if self.reader is not None and not visible_address(person, to=self.reader):
            return True
        return is_protected(person) and self.agent is not None and person.pk != self.agent.pk


def filing_of(application: Application) -> Filing:
    """The people of an application, made up in practice. Who files for a business is the applicant then."""
    if application.is_practice:
        return Filing(made_up_person(), business=made_up_business())
    filer = resident_of(application.filed_by) if application.filed_by else None
    applicant = living_row_of(application.resident) if application.resident else filer
    is_agent = filer is not None and applicant is not None and filer.pk != applicant.pk
    reader = application.filed_by if application.is_taken_down else None
    return Filing(applicant, filer if is_agent else None, application.business, reader)


def name_parts(resident: Resident) -> dict[str, str]:
    """The name in four parts; one that is kept in a piece is taken apart at its blank."""
    family, given = (
        (resident.family_name, resident.given_name) if resident.family_name else split_name(resident.full_name)
    )
    family_kana, given_kana = (
        (resident.family_kana, resident.given_kana) if resident.family_kana else split_name(resident.full_kana)
    )
    return {"family": family, "given": given, "family_kana": family_kana, "given_kana": given_kana}


def _name(resident: Resident, kind: FieldType) -> Any:
    """Exactly as the record has it: in one piece for a question of one box."""
    return resident.full_name if kind == FieldType.TEXT else name_parts(resident)


def _address(resident: Resident) -> dict[str, str] | None:
    parts = {part: str(getattr(resident, part)) for part in ADDRESS_PARTS}
    return {**parts, **codes_of(parts)} if any(parts.values()) else None


def _date(name: str) -> Callable[[Any], str | None]:
    def read(row: Any) -> str | None:
        date = getattr(row, name)
        return date.isoformat() if date else None

    return read


def _birth(person: Resident) -> str:
    """With its unknown parts left out; somebody made up, or read from a card, has a date alone."""
    if person.birth_date:
        return person.birth_date.isoformat()
    return PartialDate(person.birth_year, person.birth_month, person.birth_day).iso


_TOLD = frozenset({"phone", "email"})
"""What a person told the city: nothing the others of the household need to know."""
_PERSON: Mapping[str, Callable[[Resident], Any]] = {
    "kana": lambda resident: resident.full_kana,
    "birth_date": _birth,
    "sex": lambda resident: "" if resident.sex == Sex.UNSTATED else resident.sex,
    "address": _address,
    "phone": lambda resident: resident.phone_entered,
    "email": lambda resident: resident.contact_email,
    "relationship": lambda resident: resident.relationship,
    "moved_in_on": _date("moved_in_on"),
}
_BUSINESS: Mapping[str, Callable[[Business], Any]] = {
    "name": lambda business: business.name,
    "kana": lambda business: business.name_kana,
    "corporate_number": lambda business: business.corporate_number,
    "representative": lambda business: business.representative,
    "address": lambda business: business.address,
    "phone": lambda business: business.phone,
}


def _filled(table: Mapping[str, Callable[[Any], Any]], what: str, row: Any) -> Any:
    """None instead of an empty text, and for what the record does not hold."""
    read = table.get(what)
    return (read(row) or None) if read and row is not None else None
