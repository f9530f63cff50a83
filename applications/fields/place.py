"""Places: where the browser is, or coordinates from a map, with a note."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.definition import Field
from applications.fields.base import AnswerField, half_width, plain_text
from applications.fields.mistakes import Mistakes
from applications.widgets import PlaceWidget
from cityhall.my_numbers import refuse_my_number
from cityhall.text import grapheme_length

NOTE_LENGTH = 500
_DIGITS = Decimal("0.000001")
"""Eleven centimetres: more than any phone knows."""
_LIMITS = {"latitude": 90, "longitude": 180}


class PlaceAnswer(AnswerField):
    """Coordinates to six decimals, a note in words, or both."""

    default_error_messages = {"required": gettext_lazy("現在地を使うか、場所の説明を入力してください。")}

    def __init__(self, field: Field) -> None:
        super().__init__(field, widget=PlaceWidget())

    def to_python(self, value: Any) -> dict[str, str] | None:
        parts = value or {}
        mistakes = Mistakes()
        place = {name: mistakes.read(_coordinate, name, parts.get(name), part=name, blank="") for name in _LIMITS}
        for name, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if place[other] and not place[name] and not mistakes.concern(name):
                mistakes.add(_("緯度と経度は、両方を入力するか、両方を空にしてください。"), name)
        note = mistakes.read(_note, parts.get("note"), part="note", blank="")
        mistakes.raise_all()
        return {**place, "note": note} if any(place.values()) or note else None


def _note(value: Any) -> str:
    """Raises ValidationError."""
    note = plain_text(value).replace("\r\n", "\n")
    refuse_my_number(note)
    if grapheme_length(note) > NOTE_LENGTH:
        raise ValidationError(_("場所の説明は%(most)s文字以内で入力してください。") % {"most": NOTE_LENGTH})
    return note


def _coordinate(name: str, value: Any) -> str:
    """The number with six decimals, "" for a blank. Raises ValidationError."""
    text = half_width(value).removesuffix("°").strip()
    if not text:
        return ""
    try:
        number = Decimal(text)
        if number.is_finite() and abs(number) <= _LIMITS[name]:
            return str(number.quantize(_DIGITS))
    except InvalidOperation:
        pass
    raise ValidationError(
        _("%(part)sは、35.676200 のような数字で、%(most)sまでで入力してください。")
        % {"part": PlaceWidget.labels[name], "most": _LIMITS[name]}
    )
