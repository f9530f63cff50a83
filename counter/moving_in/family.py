"""A notice in the words of concepts: what each question of a form would be answered with."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from applications import typed
from applications.concepts import Concept
from applications.definition import Field, Form
from applications.enums import FieldType
from applications.prefill import values_known
from cityhall.days import today
from counter.combined import Combined
from counter.entries import is_same
from counter.moving_in.notices import Notice, Person
from residents.names import split_name

WISHED_AT: Final = "{wished_at}"
"""Among the answers that a city sets for all: the day and time the family wishes."""
_HEAD: Final = "世帯主"
_HEADS: Final = frozenset({"", "本人", _HEAD})
_SPOUSES: Final = frozenset({"妻", "夫", "配偶者", "妻（未届）", "夫（未届）"})
_OF_AGE: Final = 18
_NOBODY: Final = Person("")
_TOLD: Final = frozenset({"phone", "email"})
_OF_PERSON: Final = {"kana": "kana", "birth_date": "born_on", "relationship": "relationship"}
_OF_NOTICE: Final = {
    "phone": "phone",
    "email": "email",
    "moving_on": "moving_on",
    "moved_in_on": "moving_on",
    "previous_address": "old",
    "new_address": "new",
}


@dataclass(frozen=True)
class Family:
    """`applications.prefill.Known` of a notice.

    `applicant.address` is the old address beside a question for the new one; alone it is where the family lives now.
    """

    notice: Notice
    asks_new_address: bool = False

    def answer(self, concept: Concept, kind: FieldType) -> Any:
        person = self._person(concept.role.key)
        return self.answer_of(person, concept, kind) if person else None

    def people(self, role: str) -> Sequence[Person]:
        match role:
            case "household[]":
                return self.notice.people[1:]
            case "children[]":
                return [one for one in self.notice.people[1:] if _is_child(one, today())]
        return ()

    def answer_of(self, person: Person, concept: Concept, kind: FieldType) -> Any:
        if concept.what in _TOLD and person != self.notice.applicant:
            return None
        if concept.what == "household_head":
            person = next((one for one in self.notice.people if one.relationship == _HEAD), _NOBODY)
        if concept.what in ("name", "household_head"):
            return person.name if kind == FieldType.TEXT else _name_parts(person)
        if concept.what == "address":
            return dict(self.notice.old if self.asks_new_address else self.notice.new)
        source: Any = person if concept.what in _OF_PERSON else self.notice
        name = _OF_PERSON.get(concept.what) or _OF_NOTICE.get(concept.what)
        return getattr(source, name) if name else None

    def _person(self, role: str) -> Person | None:
        match role:
            case "applicant":
                return self.notice.applicant
            case "spouse" if self.notice.applicant.relationship in _HEADS:
                return next((one for one in self.notice.people[1:] if one.relationship in _SPOUSES), None)
        return None


def values_of(notice: Notice, combined: Combined, fixed: Mapping[str, Mapping[str, Any]]) -> typed.Typed:
    """What the notice answers in a combined form, as a person would have typed it.

    `fixed` are answers that follow from its being such a notice (used_mynaportal: yes), by procedure and question.
    """
    form = combined.form
    values = values_known(form, Family(notice, _asks_new_address(form)))
    for procedure, answers in fixed.items():
        for key, answer in answers.items():
            path = combined.places.get((procedure, key), "")
            field = form.by_key.get(path)
            value = _fixed(field, answer, notice) if field is not None and path not in values else None
            if value:
                values[path] = value
    return values


def merged(
    combined: Combined, held: Mapping[str, Any], before: Mapping[str, Any], now: Mapping[str, Any]
) -> typed.Typed:
    """`held` with what the new row says, except where the family has changed what the row before said (`before`)."""
    values = dict(held)
    for key in dict.fromkeys((*before, *now)):
        field = combined.form.by_key.get(key)
        if field is None or not is_same(field, held.get(key), before.get(key)):
            continue
        values.pop(key, None)
        if now.get(key):
            values[key] = now[key]
    return values


def _asks_new_address(form: Form) -> bool:
    return any(field.concept == "applicant.new_address" for field in form.fields)


def _fixed(field: Field, answer: Any, notice: Notice) -> Any:
    if answer == WISHED_AT:
        if not (notice.wished_on and notice.wished_from) or field.type != FieldType.DATE_TIME:
            return None
        answer = f"{notice.wished_on}T{notice.wished_from}"
    if field.type == FieldType.CHOICE and all(option.value != answer for option in field.options):
        return None
    if field.type in typed.NOT_TYPED or field.type == FieldType.ROWS or not isinstance(answer, str):
        return None
    return typed.from_answer(field, {field.key: answer})


def _name_parts(person: Person) -> dict[str, str]:
    if not person.name:
        return {}
    family, given = split_name(person.name)
    family_kana, given_kana = split_name(person.kana) if person.kana else ("", "")
    return {"family": family, "given": given, "family_kana": family_kana, "given_kana": given_kana}


def _is_child(person: Person, day: dt.date) -> bool:
    """Until the first 31 March after the day before the eighteenth birthday (年齢計算ニ関スル法律)."""
    if not person.born_on:
        return False
    born = dt.date.fromisoformat(person.born_on) - dt.timedelta(days=1)
    year = born.year + _OF_AGE + ((born.month, born.day) > (3, 31))
    return day <= dt.date(year, 3, 31)
