"""What is wrong with the places on a blank form: said at the field, and before the layout is used."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from applications.concepts import shape_of
from applications.definition import Field, Form
from applications.enums import SHOWN_ONLY, FieldType
from counter.enums import SpotFixed, SpotKind, SpotPart
from counter.layouts.overlay import Sizes
from counter.layouts.papers import APPLICANT_CONCEPTS
from counter.layouts.reading import PARTS, options_of
from counter.layouts.spots import MARKS, Spot

_MARGIN = 0.05
_FIXED_TYPES = {
    SpotFixed.RECEIVED_ON: FieldType.DATE,
    SpotFixed.AGENT_NAME: FieldType.NAME,
    SpotFixed.SIGNATURE: FieldType.SIGNATURE,
    # a picture, and nothing else
    SpotFixed.SEAL: FieldType.SIGNATURE,
} | {what: shape_of(concept) for what, concept in APPLICANT_CONCEPTS.items()}


@dataclass(frozen=True)
class Problem:
    """A sentence, the place it is about and the box of its form. `is_hint` ones do not keep a layout from use."""

    number: int
    field: str
    message: str
    is_hint: bool = False


def problems_of(spot: Spot, form: Form, sizes: Sizes, others: Sequence[Spot] = ()) -> list[Problem]:
    """What speaks against one place."""
    return [*_off_paper(spot, sizes), *_source(spot, form), *_overlaps(spot, others)]


def all_problems(spots: Sequence[Spot], form: Form, sizes: Sizes) -> list[Problem]:
    """What speaks against a layout; a pair that overlaps is told once."""
    found: list[Problem] = []
    for index, spot in enumerate(spots):
        found += problems_of(spot, form, sizes, spots[:index])
    return found


def unplaced(spots: Sequence[Spot], form: Form) -> list[str]:
    """The labels of the questions that have no place."""
    placed = {spot.group or spot.question for spot in spots}
    concepts = {APPLICANT_CONCEPTS.get(SpotFixed(spot.fixed), "") for spot in spots if spot.fixed}
    return [
        field.label
        for field in form.questions
        if field.key not in placed and not (field.concept and field.concept in concepts)
    ]


def field_of(question: str, form: Form) -> Field | None:
    """The question a path names; None for one the form does not ask."""
    group_key, _dot, rest = question.partition(".")
    found = form.by_key.get(group_key)
    if not rest:
        return found if found and found.type != FieldType.ROWS and found.type not in SHOWN_ONLY else None
    number, _dot, key = rest.partition(".")
    if found is None or found.type != FieldType.ROWS or not (number.isascii() and number.isdigit() and int(number)):
        return None
    return found.by_key.get(key)


def type_of(spot: Spot, form: Form) -> FieldType | None:
    """The kind of answer that stands at a place; None for an unknown question."""
    if spot.fixed:
        return _FIXED_TYPES.get(SpotFixed(spot.fixed), FieldType.TEXT)
    field = field_of(spot.question, form)
    if field is None:
        return None
    return shape_of(field.concept) if field.type == FieldType.ATTRIBUTE else field.type


def options_at(spot: Spot, form: Form) -> dict[str, str]:
    """What a mark at a place may stand for, by value."""
    kind = type_of(spot, form)
    if kind is None:
        return {}
    field = field_of(spot.question, form) if spot.question else None
    known = {one.value: one.label for one in field.options} if field else {}
    if field and field.other:
        known["other"] = _("その他")
    return options_of(kind, known, spot.part)


def _off_paper(spot: Spot, sizes: Sizes) -> Iterator[Problem]:
    if not 1 <= spot.page <= len(sizes):
        told = _("この様式は%(count)sページです。1から%(count)sまでの番号を入力してください。")
        yield Problem(spot.number, "page", told % {"count": len(sizes)})
        return
    width, height = sizes[spot.page - 1]
    if spot.right > width + _MARGIN:
        told = _("用紙の右にはみ出します。左から%(edge)smmまでに収めてください。")
        yield Problem(spot.number, "x", told % {"edge": f"{width:g}"})
    if spot.bottom > height + _MARGIN:
        told = _("用紙の下にはみ出します。上から%(edge)smmまでに収めてください。")
        yield Problem(spot.number, "y", told % {"edge": f"{height:g}"})


def _source(spot: Spot, form: Form) -> Iterator[Problem]:
    kind = type_of(spot, form)
    if kind is None:
        told = _("質問「%(key)s」は、今の様式にありません。質問を選び直してください。")
        yield Problem(spot.number, "source", told % {"key": spot.question})
        return
    parts = (*PARTS.get(kind, ()), *((SpotPart.OTHER,) if _has_other(spot, form) else ()))
    if spot.part and spot.part not in parts:
        yield Problem(spot.number, "part", _("この項目には、選んだ部分がありません。選び直してください。"))
    elif spot.kind in MARKS and spot.option not in options_at(spot, form):
        yield Problem(spot.number, "option", _("この項目の選択肢から選んでください。"))
    if spot.kind == SpotKind.IMAGE and kind not in (FieldType.SIGNATURE, FieldType.PHOTO):
        yield Problem(spot.number, "kind", _("画像で印字できるのは、署名・公印・写真だけです。"))
    if spot.fixed == SpotFixed.SEAL and spot.kind != SpotKind.IMAGE:
        yield Problem(spot.number, "kind", _("公印は、画像で印字します。印字のしかたで画像を選んでください。"))


def _has_other(spot: Spot, form: Form) -> bool:
    field = field_of(spot.question, form) if spot.question else None
    return bool(field and field.other)


def _overlaps(spot: Spot, others: Sequence[Spot]) -> Iterator[Problem]:
    """Two texts on each other cannot be read; marks stand on printed words on purpose."""
    for other in others:
        if other.number != spot.number and not {spot.kind, other.kind} & MARKS and spot.overlaps(other):
            told = _("%(number)s番の枠と重なっています。")
            yield Problem(spot.number, "x", told % {"number": other.number}, is_hint=True)
