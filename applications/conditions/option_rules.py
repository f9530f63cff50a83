"""Answers that are chosen are compared with what can be chosen only."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from applications.conditions.kinds import Kind, kind_of
from applications.conditions.spots import Spot
from applications.definition import OTHER, Field
from applications.enums import FieldType
from cityhall.conditions import language as tree
from cityhall.conditions.language import Value

_CHOOSING = frozenset({FieldType.CHOICE, FieldType.CHECKBOXES})


def note_unknown_options(answer: Value, wanted: Iterable[Value], spot: Spot, *, only: Kind | None = None) -> None:
    """Note the literals that the question of `answer` does not offer. `only`: for questions of this kind."""
    field = _field(answer, spot)
    options = _options(field) if field and (only is None or kind_of(field) == only) else None
    if field is None or options is None:
        return
    for literal in wanted:
        if isinstance(literal, tree.Literal) and isinstance(literal.value, str) and literal.value not in options:
            spot.note(
                _("「%(label)s」に「%(value)s」という選択肢はありません。選択肢を選び直してください。")
                % {"label": field.label, "value": literal.value}
            )


def _field(answer: Value, spot: Spot) -> Field | None:
    """The question of {"answer": key} or {"row": key}; parts of answers are not chosen."""
    if isinstance(answer, tree.Answer):
        return spot.index.fields.get(answer.key)
    return spot.index.fields.get(f"{spot.rows}.{answer.key}") if isinstance(answer, tree.RowAnswer) else None


def _options(field: Field) -> frozenset[str] | None:
    if field.type == FieldType.YES_NO:
        return frozenset({"yes", "no"})
    if field.type not in _CHOOSING:
        return None
    return frozenset({option.value for option in field.options} | ({OTHER} if field.other else set()))
