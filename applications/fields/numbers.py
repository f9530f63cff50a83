"""Numbers and amounts of money as decimal digits."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from applications.answers import group_digits
from applications.definition import Field
from applications.fields.base import AnswerField, half_width
from cityhall.my_numbers import refuse_my_number

_NUMBER = re.compile(r"(-?)([0-9]{1,30})(?:\.([0-9]{1,10}))?")
_MINUS = str.maketrans({"−": "-", "ー": "-", "‐": "-", "–": "-", "▲": "-", "△": "-"})
_YEN = re.compile(r"^(-?)[¥\\]|円$")
_COUNTED: Mapping[str, int] = {"億": 10**8, "万": 10**4, "千": 10**3, "": 1}
_ONE_COUNTED = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,4})?)(億|万|千|$)")
MOST_YEN_DIGITS = 15


class NumberAnswer(AnswerField):
    """A number, kept as the digits of its decimal form: a blank is not 0, and 0.10 is not a float."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.widget.attrs["inputmode"] = "decimal" if field.decimals else "numeric"
        self.widget.attrs["autocomplete"] = "off"

    def to_python(self, value: Any) -> str | None:
        text = self.digits_of(half_width(value).translate(_MINUS).replace(",", "").replace("、", ""))
        if not text:
            return None
        refuse_my_number(text)
        match = _NUMBER.fullmatch(text)
        if not match:
            raise ValidationError(_("数字で入力してください。"))
        sign, whole, fraction = match.groups(default="")
        self.check(Decimal(text), fraction)
        digits = whole.lstrip("0") or "0"
        number = f"{digits}.{fraction}" if fraction else digits
        return f"-{number}" if sign and Decimal(number) else number

    def digits_of(self, text: str) -> str:
        """The digits of a text in half width; without the unit people write behind them."""
        return text.removesuffix(unicodedata.normalize("NFKC", self.question.unit)).strip()

    def check(self, number: Decimal, fraction: str) -> None:
        """Raises ValidationError for more decimals than asked for and for numbers outside the limits."""
        field = self.question
        if len(fraction) > field.decimals:
            if field.decimals == 0:
                raise ValidationError(_("小数点のない数字で入力してください。"))
            raise ValidationError(_("小数点以下は%(count)s桁までで入力してください。") % {"count": field.decimals})
        if field.min is not None and number < Decimal(field.min):
            raise ValidationError(_("%(least)s以上の数字を入力してください。") % {"least": group_digits(field.min)})
        if field.max is not None and number > Decimal(field.max):
            raise ValidationError(_("%(most)s以下の数字を入力してください。") % {"most": group_digits(field.max)})


class MoneyAnswer(NumberAnswer):
    """Whole yen. ¥, 円, commas, full width and 1億2千万 are understood; an amount below 0 needs a limit below 0."""

    def digits_of(self, text: str) -> str:
        bare = _YEN.sub(r"\1", text).strip()
        return _counted(bare) if any(mark in bare for mark in _COUNTED if mark) else bare

    def check(self, number: Decimal, fraction: str) -> None:
        if number < 0 and self.question.min is None:
            raise ValidationError(_("0円以上の金額を入力してください。"))
        if abs(number) >= 10**MOST_YEN_DIGITS:
            raise ValidationError(_("金額の桁数が多すぎます。金額をご確認ください。"))
        super().check(number, fraction)


def _counted(text: str) -> str:
    """3億2,000万 → 320000000; the text itself when it is not that simple (12千, 万, 五千, 1千2億)."""
    sign, rest = ("-", text[1:]) if text.startswith("-") else ("", text)
    total, place, before = Decimal(0), 0, 10**12
    while place < len(rest):
        match = _ONE_COUNTED.match(rest, place)
        unit = _COUNTED[match[2]] if match else before
        if match is None or unit >= before:
            return text
        total, place, before = total + Decimal(match[1]) * unit, match.end(), unit
    return f"{sign}{total.normalize():f}"
