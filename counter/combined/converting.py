"""Typed values told from one kind of question to another that asks for the same thing."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from applications.answers import NAME_PARTS, display_address
from applications.characters import convert
from applications.concepts import concept_of
from applications.definition import OTHER, TODAY, Field
from applications.enums import FieldType
from applications.form_pages.cleaning import Cleaner
from applications.typed import CHOSEN, Value, from_iso
from counter.combined.limits import ADDRESSES
from residents.dates import read_iso
from residents.names import join_name

T = FieldType


def converted(value: Value, one: Field, other: Field) -> Value:
    """The typed value of the first question as a person would type it into the second; blank where nobody could.

    What is written exactly stays so; a text goes through the conversion of the stricter rule on characters, so that
    every form takes the same answer.
    """
    if one.type == other.type or {one.type, other.type} == ADDRESSES:
        return _in_characters(value, one) if one.charset != other.charset else value
    if other.type == T.TEXT:
        return _as_line(value, one)
    if one.type == T.TEXT and isinstance(value, str):
        return _from_line(value, other)
    return ""


def fitting(field: Field, answer: str) -> Value | None:
    """An answer as it is typed, of checkboxes several with commas; None where the question does not offer it."""
    if field.type == T.DATE:
        return from_iso(answer)
    wanted = answer.split(",") if field.type == T.CHECKBOXES else [answer]
    if field.options and not {one.value for one in field.options}.issuperset(wanted):
        return None
    chosen = wanted if field.type == T.CHECKBOXES else answer
    return {CHOSEN: chosen, OTHER: ""} if field.other else chosen


def answer_of(field: Field, value: Value) -> Any:
    """What was typed as an answer; None where it cannot be understood."""
    return Cleaner([field], {}).plain(field, {field.key: value}).get(field.key)


def fits(field: Field, value: Value, today: dt.date) -> bool:
    """Whether the question would take what is typed on this day. Of a birth date that is not known to the day some day
    that it can be has to lie within the limits."""
    answer = answer_of(field, value)
    if answer is None or field.type != T.DATE:
        return answer is not None
    day = read_iso(answer)
    if day is None or day.earliest is None or day.latest is None:
        return False
    least, most = _limit(field.min, today), _limit(field.max, today)
    return (least is None or day.latest >= least) and (most is None or day.earliest <= most)


def _limit(limit: str | None, today: dt.date) -> dt.date | None:
    return today if limit == TODAY else dt.date.fromisoformat(limit) if limit else None


def told_by_visit(field: Field) -> Value | None:
    """What a form is told where the visit itself answers the question; None where there is nothing to tell."""
    concept = concept_of(field.concept)
    return fitting(field, concept.usual) if concept and concept.is_of_visit and concept.usual else None


def _in_characters(value: Value, field: Field) -> Value:
    match value:
        case str():
            return convert(value.strip(), field.charset)
        case dict() if field.type == T.NAME:
            return {part: convert(text, field.charset) for part, text in value.items() if part in NAME_PARTS}
    return value


def _as_line(value: Value, field: Field) -> str:
    match field.type, value:
        case T.KANA, str():
            return convert(value.strip(), "katakana")
        case T.NAME, dict():
            return join_name(*(convert(str(value.get(part) or "").strip(), field.charset) for part in NAME_PARTS[:2]))
        case ((T.ADDRESS | T.RESIDENT_ADDRESS), dict()):
            return display_address({**value, "postal_code": ""})
        case T.CHOICE, dict():
            return _chosen(value, field)
    return ""


def _chosen(value: Mapping[str, Any], field: Field) -> str:
    chosen, other = str(value.get(CHOSEN) or ""), str(value.get(OTHER) or "").strip()
    return other if other and chosen in ("", OTHER) else field.label_of(chosen)


def _from_line(text: str, field: Field) -> Value:
    """The line taken apart, where that is certain."""
    match field.type:
        case T.KANA:
            return text
        case T.NAME:
            family, *given = text.split()
            # two words are a family and a given name, more may be anything
            return {"family": family, "given": given[0], "family_kana": "", "given_kana": ""} if len(given) == 1 else ""
        case T.CHOICE:
            value = next((one.value for one in field.options if one.label == text.strip()), None)
            return {CHOSEN: value, OTHER: ""} if value else {CHOSEN: OTHER, OTHER: text}
    return ""
