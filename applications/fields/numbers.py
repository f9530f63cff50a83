"""Numbers as decimal digits."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from applications.answers import group_digits
from applications.definition import Field
from applications.fields.base import AnswerField, half_width, refuse_my_number

_NUMBER = re.compile(r"(-?)([0-9]{1,30})(?:\.([0-9]{1,10}))?")
_MINUS = str.maketrans({"−": "-", "ー": "-", "‐": "-", "–": "-", "▲": "-", "△": "-"})


class NumberAnswer(AnswerField):
    """A number, kept as the digits of its decimal form: a blank is not 0, and 0.10 is not a float."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.widget.attrs["inputmode"] = "decimal" if field.decimals else "numeric"
        self.widget.attrs["autocomplete"] = "off"

    def to_python(self, value: Any) -> str | None:
        text = half_width(value).translate(_MINUS).replace(",", "").replace("、", "")
        if self.question.unit:
            text = text.removesuffix(unicodedata.normalize("NFKC", self.question.unit)).strip()
        if not text:
            return None
        refuse_my_number(text)
        match = _NUMBER.fullmatch(text)
        if not match:
            raise ValidationError(_("数字で入力してください。"))
        sign, whole, fraction = match.groups(default="")
        self._check(Decimal(text), fraction)
        digits = whole.lstrip("0") or "0"
        number = f"{digits}.{fraction}" if fraction else digits
        return f"-{number}" if sign and Decimal(number) else number

    def _check(self, number: Decimal, fraction: str) -> None:
        field = self.question
        if len(fraction) > field.decimals:
            if field.decimals == 0:
                raise ValidationError(_("小数点のない数字で入力してください。"))
            raise ValidationError(_("小数点以下は%(count)s桁までで入力してください。") % {"count": field.decimals})
        if field.min is not None and number < Decimal(field.min):
            raise ValidationError(_("%(least)s以上の数字を入力してください。") % {"least": group_digits(field.min)})
        if field.max is not None and number > Decimal(field.max):
            raise ValidationError(_("%(most)s以下の数字を入力してください。") % {"most": group_digits(field.max)})
