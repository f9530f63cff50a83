"""Answers to a guide in a combined form: who has been asked something already finds it there, to be confirmed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from applications.concepts import Concept
from applications.enums import FieldType
from applications.prefill import values_known
from applications.typed import Typed
from cityhall.days import today
from counter.combined import Combined
from counter.combined.converting import fits

GUIDE: Final = "guide"
"""Among the sources of a prefill; at the desk it is brought like all that was answered at home."""


@dataclass(frozen=True)
class _Told:
    """By concept, what a guide was told. It asks nobody's name: nothing is known of several people."""

    told: Mapping[str, str]

    def answer(self, concept: Concept, _kind: FieldType) -> Any:
        return self.told.get(concept.key)

    def people(self, _role: str) -> Sequence[Any]:
        return ()

    def answer_of(self, _person: Any, _concept: Concept, _kind: FieldType) -> Any:
        return None


@dataclass(frozen=True)
class Retold:
    """What a guide that was answered just now puts into a form, and the questions of which it says nothing any more:
    what a guide said there before is over. Neither is for a question that somebody has answered otherwise."""

    values: Typed
    silent: frozenset[str]


def retold(combined: Combined, told: Mapping[str, str]) -> Retold:
    """`told` as `guide.told_anew` says it: "" is a concept of the guide without an answer."""
    values = told_values(combined, told)
    asked = {field.key for field in combined.form.fields if field.concept in told}
    return Retold(values, frozenset(asked - values.keys()))


def told_values(combined: Combined, told: Mapping[str, str]) -> Typed:
    """Typed values of the questions of one person that a guide has asked before (`guide.told_by`), in so far as the
    form takes the answer: an option that it does not have, or a day that it refuses, is asked."""
    said = {concept: answer for concept, answer in told.items() if answer}
    values = values_known(combined.form, _Told(said)) if said else {}
    return {key: value for key, value in values.items() if fits(combined.fields[key], value, today())}
