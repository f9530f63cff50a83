"""Answers to a guide in a combined form: who has been asked something already finds it there, to be confirmed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from applications.concepts import Concept
from applications.definition import TODAY, Field
from applications.enums import FieldType
from applications.prefill import values_known
from applications.typed import Typed, Value
from cityhall.days import today
from counter.combined import Combined
from counter.combined.people import answer_of

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


def told_values(combined: Combined, told: Mapping[str, str]) -> Typed:
    """Typed values of the questions of one person that a guide has asked before (`guide.told_by`), in so far as the
    form takes the answer: an option that it does not have, or a day that it refuses, is asked."""
    values = values_known(combined.form, _Told(told)) if told else {}
    return {key: value for key, value in values.items() if _is_taken(combined.fields[key], value)}


def _is_taken(field: Field, value: Value) -> bool:
    answer = answer_of(field, value)
    if answer is None or field.type != FieldType.DATE:
        return answer is not None
    least, most = (today().isoformat() if one == TODAY else one for one in (field.min, field.max))
    return bool((not least or answer >= least) and (not most or answer <= most))
