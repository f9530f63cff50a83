"""Who is known from the answers so far: the people of the household, and how they belong to the applicant."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from applications.concepts import concept_of
from applications.definition import Field
from applications.enums import FieldType
from applications.typed import Row, Value
from counter.combined import keys
from counter.combined.converting import answer_of
from counter.combined.model import Combined
from residents.dates import counted_day

Said = tuple[Field, Value]
"""A question and what was typed for it."""
HOUSEHOLD: Final = keys.HOUSEHOLD
CHILDREN: Final = "children"
HEAD: Final = "世帯主"
_WIVES: Final = frozenset({"妻", "妻（未届）", "つま", "wife"})
_HUSBANDS: Final = frozenset({"夫", "夫（未届）", "おっと", "husband"})
_SPOUSES: Final = _WIVES | _HUSBANDS | {"配偶者", "spouse"}
_PARENTS: Final = {"父": "grandfather", "母": "grandmother"}
_CHILDREN: Final = frozenset(
    {"子", "養子", "養女", "こ", "こども", "子ども", "child", "son", "daughter"}
    | {f"{place}{kind}" for place in "長二次三四五六" for kind in "男女"}
)
_APRIL: Final = 4
_UNBORN_IN_APRIL, _STARTS_SCHOOL, _LEAVES_PRIMARY, _GROWS_UP = -1, 6, 12, 18


@dataclass(frozen=True)
class Person:
    """Somebody who was named; `said` by what was asked (`name`, `birth_date`)."""

    id: str
    said: Mapping[str, Said]

    @cached_property
    def birth_date(self) -> dt.date | None:
        answer = answer_of(*self.said["birth_date"]) if "birth_date" in self.said else None
        return counted_day(answer) if isinstance(answer, str) else None

    @cached_property
    def relationship(self) -> str:
        """As it was written, seen from the head of the household."""
        found = answer_of(*self.said["relationship"]) if "relationship" in self.said else ""
        return found.strip().casefold() if isinstance(found, str) else ""

    def years_in_april(self, today: dt.date) -> int | None:
        """Full years on 1 April of this school year; who is born on 1 April has them the day before."""
        born = self.birth_date
        if born is None:
            return None
        year = today.year if today.month >= _APRIL else today.year - 1
        return year - born.year - ((born.month, born.day) > (_APRIL, 1))


class People:
    """The people of a combined form, as far as something is typed about them."""

    def __init__(self, combined: Combined, values: Mapping[str, Any], today: dt.date) -> None:
        self.combined = combined
        self.values = values
        self.today = today

    def said(self, concept: str) -> Said | None:
        """What was typed for a concept that is asked of one person."""
        for field in self.combined.form.fields:
            if field.concept == concept and self.values.get(field.key):
                return field, self.values[field.key]
        return None

    def answer(self, concept: str) -> Any:
        """The same as an answer; None where it is blank or cannot be understood."""
        said = self.said(concept)
        return answer_of(*said) if said else None

    @property
    def address(self) -> Said | None:
        """Where the household lives; who moves, from the day of the move."""
        return self.said("applicant.new_address") or self.said("applicant.address")

    def single(self, role: str) -> Person | None:
        """The one person of a role (`applicant`, `spouse`) who has a name."""
        said = {
            field.concept.partition(".")[2]: (field, self.values[field.key])
            for field in self.combined.form.fields
            if field.concept.partition(".")[0] == role and self.values.get(field.key)
        }
        return Person("", said) if "name" in said else None

    @cached_property
    def household(self) -> tuple[Person, ...]:
        """The others: a row that names the applicant says that a procedure concerns them too."""
        applicant = self.single("applicant")
        own = name_of(applicant) if applicant else None
        return tuple(one for one in self._in_rows(HOUSEHOLD) if own is None or name_of(one) != own)

    @cached_property
    def spouse(self) -> Person | None:
        """The husband or wife: as said, otherwise the one of the household who is called so."""
        found = self.single("spouse")
        married = [one for one in self._of_head if one.relationship in _SPOUSES]
        named = married[0] if len(married) == 1 else None
        if found and named and name_of(found) == name_of(named):
            return replace(named, said={**named.said, **found.said})
        return found or named

    @cached_property
    def children(self) -> tuple[Person, ...]:
        """Until 31 March after they turn 18; as said, otherwise those of the household."""
        said = tuple(self._in_rows(CHILDREN))
        own = [one for one in self._of_head if one.relationship in _CHILDREN]
        # who was born after April has no year yet
        return said or tuple(one for one in own if self._is_between(one, _UNBORN_IN_APRIL, _GROWS_UP))

    @property
    def group_of_children(self) -> str:
        """Where the children stand who were named."""
        return CHILDREN if any(self._in_rows(CHILDREN)) else HOUSEHOLD

    def children_for(self, *, is_for_school: bool) -> list[Person]:
        """Those who may go to primary school, or to a nursery."""
        ages = (_STARTS_SCHOOL, _LEAVES_PRIMARY) if is_for_school else (_UNBORN_IN_APRIL, _STARTS_SCHOOL)
        return [one for one in self.children if self._is_between(one, *ages)]

    @property
    def parent_kinds(self) -> tuple[str, str] | None:
        """What the children call the applicant, and the husband or wife; None where the words do not tell."""
        word = self.spouse.relationship if self.spouse else ""
        if word in _WIVES:
            return "father", "mother"
        return ("mother", "father") if word in _HUSBANDS else None

    @property
    def position(self) -> str:
        """Whether the applicant is the head of the household, as the words for the others tell."""
        words = [one.relationship for one in self.household if one.relationship]
        if not words:
            return ""
        return "member" if HEAD in words else "head"

    def called_by(self, person: Person) -> str:
        """What somebody of the household calls the applicant, who is its head."""
        word = person.relationship if person in self._of_head else ""
        if word in _WIVES:
            return "夫"
        if word in _HUSBANDS:
            return "妻"
        return "子" if word in _PARENTS else ""

    def kin_of_children(self, person: Person) -> str:
        """What somebody of the household is for the applicant's children."""
        word = person.relationship if person in self._of_head else ""
        return "sibling" if word in _CHILDREN else _PARENTS.get(word, "")

    def named(self, name: Value, field: Field) -> Person | None:
        """Who of the household has a name that was typed."""
        answer = answer_of(field, name)
        return next((one for one in self.household if answer and name_of(one) == answer), None)

    @property
    def _of_head(self) -> tuple[Person, ...]:
        """Their words for relatives are the applicant's, unless somebody else is the head of the household."""
        return () if any(one.relationship == HEAD for one in self.household) else self.household

    def _is_between(self, person: Person, least: int, most: int) -> bool:
        years = person.years_in_april(self.today)
        return years is not None and least <= years < most

    def _in_rows(self, group_key: str) -> Iterator[Person]:
        group = self.combined.form.by_key.get(group_key)
        rows: list[Row] = self.values.get(group_key) or []
        for row in rows if group and group.type == FieldType.ROWS else ():
            said = {
                concept.what: (one, row["values"][one.key])
                for one in (group.fields if group else ())
                if (concept := concept_of(one.concept)) and row.get("values", {}).get(one.key)
            }
            if "name" in said:
                yield Person(row["id"], said)


def name_of(person: Person) -> Any:
    return answer_of(*person.said["name"])
