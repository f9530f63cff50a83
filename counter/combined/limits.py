"""Two questions for the same thing as one that suits both: the kind, the limits, the choices.

Nobody may lose a true answer by it. Choices are therefore one question only when they offer the same, and numbers
only when they count in the same unit; what is asked for in Latin letters here and freely there stays two questions.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.concepts import concept_of
from applications.definition import SETTINGS, TODAY, Field
from applications.enums import FieldType

T = FieldType
MOST_OF_A_NAME = 40
"""A box at least this long takes a name in one piece; its own form tells the person with a longer one."""
MOST_OF_AN_ADDRESS = 100
"""The same for an address."""
ADDRESSES = frozenset({T.ADDRESS, T.RESIDENT_ADDRESS})
_NUMBERS = frozenset({T.NUMBER, T.MONEY})
_OF_LINES: dict[str, Any] = {"min_length": None, "max_length": None, "charset": ""}
_JIS = ("jis_x_0208", "jis_x_0213", "")
"""From the narrowest to the widest."""


class NotOneError(Exception):
    """No question would suit both; the reason completes a sentence."""

    def __init__(self, reason: str | Promise) -> None:
        self.reason = reason
        super().__init__(str(reason))


def merged(one: Field, other: Field) -> Field:
    """The first question with the limits of both. Conditions, and whether it is required, are the caller's business.

    Raises NotOneError.
    """
    found = replace(
        one,
        type=_kind(one, other),
        label=one.label if one.label == other.label else _label(one),
        help=one.help or other.help,
        example=one.example or other.example,
        min_length=_picked(max, one.min_length, other.min_length),
        max_length=_picked(min, one.max_length, other.max_length),
        charset=_charset(one, other),
        options=one.options or other.options,
        other=one.other or other.other,
        min=_limit(one, other, "min"),
        max=_limit(one, other, "max"),
        decimals=min(one.decimals, other.decimals),
        **_consents(one, other),
    )
    _refuse_unsuitable(one, other, found)
    settings = SETTINGS[found.type]
    # a line's limits say nothing of a name in its parts
    return replace(found, **{name: blank for name, blank in _OF_LINES.items() if name not in settings})


def _consents(one: Field, other: Field) -> dict[str, Any]:
    """One mark for all texts: each stands there, and every form keeps its own with its version."""
    if T.CONSENT not in (one.type, other.type) or one.consent_text == other.consent_text:
        return {}
    if not (one.required and other.required):
        raise NotOneError(_("同意が必要な条件が違う"))
    return {
        "consent_text": f"{one.consent_text}\n\n{other.consent_text}",
        "consent_version": f"{one.consent_version}+{other.consent_version}",
    }


def _label(field: Field) -> str:
    concept = concept_of(field.concept)
    if concept is None:
        return field.label
    # a row says whose it is, and what is asked last is about no one of the people
    is_clear = concept.role.is_many or concept.place == "last"
    return concept.label if is_clear else concept.full_label


def _kind(one: Field, other: Field) -> FieldType:
    """The kind that holds most: its answers can be told to questions of the other kind."""
    kinds = {one.type, other.type}
    if len(kinds) == 1:
        return one.type
    if kinds == ADDRESSES:
        return T.RESIDENT_ADDRESS
    if T.TEXT in kinds:
        text, rich = (one, other) if one.type == T.TEXT else (other, one)
        if _holds(rich, text):
            return rich.type
    raise NotOneError(_("質問の種類が違う"))


def _holds(rich: Field, text: Field) -> bool:
    """Whether everything a person could write into the line can be said in the richer question, and fits the line."""
    most = text.max_length or 0
    match rich.type:
        case T.KANA:
            return True
        case T.NAME:
            return most >= MOST_OF_A_NAME and not text.min_length
        case T.ADDRESS | T.RESIDENT_ADDRESS:
            return most >= MOST_OF_AN_ADDRESS and not text.min_length and not text.charset
        case T.CHOICE:
            # without その他 somebody may find nothing to choose
            return rich.other and not text.charset and all(len(one.label) <= most for one in rich.options)
    return False


def _charset(one: Field, other: Field) -> str:
    if one.charset == other.charset:
        return one.charset
    if one.charset in _JIS and other.charset in _JIS:
        return min(one.charset, other.charset, key=_JIS.index)
    if "digits" in (one.charset, other.charset) and {one.charset, other.charset} <= {"digits", "ascii", *_JIS}:
        return "digits"
    if T.KANA in (one.type, other.type):
        return ""
    raise NotOneError(_("使える文字の種類が違う"))


def _limit(one: Field, other: Field, name: str) -> str | None:
    """The stricter limit; a fixed day and one that moves with the calendar cannot be weighed."""
    limits: set[str] = {limit for limit in (getattr(one, name), getattr(other, name)) if limit is not None}
    if len(limits) < 2:
        return limits.pop() if limits else None
    if TODAY in limits:
        raise NotOneError(_("日付の範囲が違う"))
    key: Callable[[str], Any] = Decimal if one.type in _NUMBERS else str
    return min(limits, key=key) if name == "max" else max(limits, key=key)


def _picked(pick: Callable[..., int], one: int | None, other: int | None) -> int | None:
    known = [length for length in (one, other) if length is not None]
    return pick(known) if known else None


def _refuse_unsuitable(one: Field, other: Field, found: Field) -> None:
    """Raises NotOneError for what no answer, or not every true answer, would suit."""
    if one.type == other.type and (_choices(one) != _choices(other) or one.other != other.other):
        raise NotOneError(_("選択肢が違う"))
    if one.unit != other.unit:
        raise NotOneError(_("単位が違う"))
    if found.min_length and found.max_length and found.min_length > found.max_length:
        raise NotOneError(_("文字数の範囲が合わない"))
    if found.min is not None and found.max is not None and TODAY not in (found.min, found.max):
        key: Callable[[str], Any] = Decimal if one.type in _NUMBERS else str
        if key(found.min) > key(found.max):
            raise NotOneError(_("範囲が合わない"))


def _choices(field: Field) -> set[str]:
    return {option.value for option in field.options}
