"""What all answers to a survey say together, question by question. No database."""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from applications.answers import NO, YES, display_text, group_digits
from applications.definition import OTHER, Field, Form, other_key
from applications.enums import FILE_TYPES, FieldType

CHOSEN = frozenset({FieldType.CHOICE, FieldType.CHECKBOXES, FieldType.YES_NO, FieldType.CONSENT})
NUMBERS = frozenset({FieldType.NUMBER, FieldType.MONEY})
MOMENTS = frozenset({FieldType.DATE, FieldType.TIME, FieldType.DATE_TIME})


@dataclass(frozen=True)
class Given:
    """One answer with the form it was given on; `who` is the addressee, in words."""

    who: str
    form: Form
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class Share:
    """How often something was said. `percent` is of those who answered the question, in tenths rounded."""

    label: str
    count: int
    percent: Decimal


@dataclass(frozen=True)
class Figure:
    """One number about all numbers that were given."""

    label: str
    value: str


@dataclass(frozen=True)
class Said:
    """One answer in words, and who gave it. `files` are attachments by public id."""

    who: str
    text: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Total:
    """What was said to one question. `answered` of `asked` said anything; of a group: its rows, and each question."""

    key: str
    label: str
    answered: int
    asked: int
    shares: tuple[Share, ...] = ()
    figures: tuple[Figure, ...] = ()
    said: tuple[Said, ...] = ()
    parts: "tuple[Total, ...]" = ()
    rows: int = 0
    is_group: bool = False


def totals(given: Sequence[Given]) -> list[Total]:
    """Every question that was ever asked, in the order of the newest form; what only older forms asked comes after."""
    fields: dict[str, Field] = {}
    for one in reversed(given):
        for field in one.form.questions:
            fields.setdefault(field.key, field)
    return [_total(field, [(one.who, one.answers) for one in given]) for field in fields.values()]


def _total(field: Field, answers: Sequence[tuple[str, Mapping[str, Any]]]) -> Total:
    held = [(who, one) for who, one in answers if one.get(field.key) not in (None, "", [])]
    common: dict[str, Any] = {
        "key": field.key,
        "label": field.label,
        "answered": len(held),
        "asked": len(answers),
    }
    if field.type == FieldType.ROWS:
        return _group(field, held, common)
    if field.type in CHOSEN:
        return Total(**common, shares=_shares(field, [one for _who, one in held]), said=tuple(_others(field, held)))
    if field.type in NUMBERS or field.type == FieldType.CALCULATED:
        numbers = [number for _who, one in held if (number := _number(one[field.key])) is not None]
        if numbers:
            return Total(**common, figures=figures(numbers, field.unit or _unit(field)))
    if field.type in MOMENTS:
        return Total(**common, shares=_moments(field, held), figures=_span(field, held))
    return Total(**common, said=tuple(_said(field, who, one) for who, one in held))


def _group(group: Field, held: Sequence[tuple[str, Mapping[str, Any]]], common: Mapping[str, Any]) -> Total:
    rows = [(who, row) for who, one in held for row in one[group.key]]
    parts = tuple(_total(field, rows) for field in group.fields if field.is_question)
    return Total(**common, parts=parts, rows=len(rows), is_group=True)


def _shares(field: Field, held: Iterable[Mapping[str, Any]]) -> tuple[Share, ...]:
    """Every option, chosen or not; what older forms offered comes after."""
    counts: Counter[str] = Counter()
    people = 0
    for one in held:
        people += 1
        counts.update(_values(field, one[field.key]))
    labels = _labels(field)
    labels |= {value: value for value in counts if value not in labels}
    return tuple(Share(label, counts[value], percent(counts[value], people)) for value, label in labels.items())


def _labels(field: Field) -> dict[str, str]:
    if field.type == FieldType.YES_NO:
        return {YES: _("はい"), NO: _("いいえ")}
    if field.type == FieldType.CONSENT:
        return {YES: _("同意する")}
    labels = {option.value: option.label for option in field.options}
    return labels | ({OTHER: _("その他")} if field.other else {})


def _values(field: Field, answer: Any) -> list[str]:
    if field.type == FieldType.CONSENT:
        return [YES]
    return list(answer) if isinstance(answer, list) else [str(answer)]


def _others(field: Field, held: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterable[Said]:
    """What stands beside その他."""
    return [Said(who, str(one[other_key(field.key)])) for who, one in held if one.get(other_key(field.key))]


def _moments(field: Field, held: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[Share, ...]:
    counts = Counter(str(one[field.key]) for _who, one in held)
    return tuple(
        Share(display_text(field, value), count, percent(count, len(held))) for value, count in sorted(counts.items())
    )


def _span(field: Field, held: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[Figure, ...]:
    values = sorted(str(one[field.key]) for _who, one in held)
    if not values:
        return ()
    return (
        Figure(_("最も早い"), display_text(field, values[0])),
        Figure(_("最も遅い"), display_text(field, values[-1])),
    )


def _said(field: Field, who: str, answers: Mapping[str, Any]) -> Said:
    answer = answers[field.key]
    if field.type in FILE_TYPES:
        return Said(who, "", tuple(str(one) for one in answer))
    if field.type == FieldType.SIGNATURE and answer.get("file"):
        return Said(who, "", (str(answer["file"]),))
    return Said(who, display_text(field, answer, str(answers.get(other_key(field.key), ""))))


def figures(numbers: Sequence[Decimal], unit: str = "") -> tuple[Figure, ...]:
    """Sum, mean (to two places), least, most and middle of numbers; exact decimals."""
    mean = (sum(numbers, Decimal(0)) / len(numbers)).quantize(Decimal("0.01"))
    found = {
        _("合計"): sum(numbers, Decimal(0)),
        _("平均"): mean,
        _("最小"): min(numbers),
        _("最大"): max(numbers),
        _("中央値"): statistics.median(numbers),
    }
    return tuple(Figure(label, f"{_plain(value)}{unit}") for label, value in found.items())


def percent(count: int, of: int) -> Decimal:
    """A share in percent with one place; of nobody it is 0."""
    return (Decimal(100 * count) / of).quantize(Decimal("0.1")) if of else Decimal("0.0")


def _plain(value: Decimal) -> str:
    """Digits in groups of three, without zeros that say nothing and without an exponent."""
    text = f"{value:f}"
    whole, _point, places = text.partition(".")
    places = places.rstrip("0")
    return group_digits(whole) + (f".{places}" if places else "")


def _unit(field: Field) -> str:
    return _("円") if field.type == FieldType.MONEY else ""


def _number(answer: Any) -> Decimal | None:
    """A calculated value may be a date or a text."""
    try:
        value = Decimal(str(answer))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
