"""What answers to a guide say in the words that all forms share: carried into forms, and into what to bring."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from applications.concepts import concept_of
from applications.conditions import Kind, evaluate, outcome, value_of
from applications.conditions.kind_rules import check_condition, kind_in
from applications.conditions.spots import Index, Spot
from applications.definition import Problem
from applications.enums import FieldType
from applications.guide.model import Guide, Telling

_SHAPES: Final[Mapping[Kind, frozenset[FieldType]]] = {
    Kind.DATE: frozenset({FieldType.DATE}),
    Kind.NUMBER: frozenset({FieldType.NUMBER}),
    Kind.TEXT: frozenset({FieldType.CHOICE, FieldType.YES_NO}),
}
"""Questions that take a value of the kind: none of them names a person, as a guide does not either."""


def told_by(guide: Guide, answers: Mapping[str, Any], *, today: dt.date) -> dict[str, str]:
    """Stored answers by concept, as far as these answers say something. Hidden questions tell nothing; never raises."""
    facts = outcome(guide.form, answers, today=today).facts
    found: dict[str, str] = {}
    for one in guide.tells:
        if one.concept in found or not (one.when is None or evaluate(one.when, facts, today=today)):
            continue
        value = value_of(one.value, facts, today=today)
        if value not in (None, ""):
            found[one.concept] = value.isoformat() if isinstance(value, dt.date) else str(value)
    return found


def told_anew(guide: Guide, answers: Mapping[str, Any], *, today: dt.date) -> dict[str, str]:
    """The same, and "" for whatever the guide can tell and these answers do not say: what it told before is over."""
    return dict.fromkeys((one.concept for one in guide.tells), "") | told_by(guide, answers, today=today)


def problems_of_tellings(guide: Guide, index: Index) -> Iterator[Problem]:
    """Words that are none or name somebody, and values that no question with the word would take."""
    problems: list[Problem] = []
    for number, one in enumerate(guide.tells, 1):
        _check(one, Spot(index, f"guide.tells[{number}]", one.concept, "", problems))
    yield from problems


def _check(telling: Telling, spot: Spot) -> None:
    concept = concept_of(telling.concept)
    if telling.when is not None:
        check_condition(telling.when, spot)
    kind = kind_in(telling.value, spot)
    if concept is None or concept.is_deprecated or concept.role.is_many:
        spot.note(_("この概念（concept）は使えません。一人についての、今も使われている概念を書いてください。"))
    elif kind is not None and not _SHAPES.get(kind, frozenset()) & set(concept.types):
        spot.note(_("この概念の質問は、%(kind)sの値を受け取りません。") % {"kind": kind.label})
