"""Form fields for what city forms ask of everybody. Other apps use them in forms of their own."""

import datetime as dt
import unicodedata
from typing import Any, Final

import jaconv
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError
from residents.addresses import normalize_postal_code
from residents.dates import PartialDate, partial_date
from residents.phones import parse_phone
from residents.widgets import ADDRESS_PARTS, ERA_CHOICES, AddressWidget, DatePartsWidget

_PART_LENGTH: Final = {"postal_code": 9, "prefecture": 10, "city": 60, "town": 120, "street": 120, "building": 120}


class KanaField(forms.CharField):
    """A reading. Hiragana and half-width kana are taken and become full-width katakana."""

    default_error_messages = {"not_kana": _("カタカナで入力してください。ひらがなでも入力できます。例: タカハシ")}

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        kana = jaconv.hira2kata(unicodedata.normalize("NFKC", text or ""))
        if not all("ァ" <= character <= "ヺ" or character in "ー・ \u3000" for character in kana):
            raise ValidationError(self.error_messages["not_kana"], code="not_kana")
        return kana.replace(" ", "\u3000")


class PhoneField(forms.CharField):
    """A telephone number in any width and punctuation. Cleans to (E.164, as entered)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.widget.attrs |= {"inputmode": "tel", "autocomplete": "tel"}

    def clean(self, value: Any) -> tuple[str, str]:
        text = super().clean(value)
        try:
            return parse_phone(text or "")
        except DomainError as error:
            raise ValidationError(str(error), code=error.code) from error


class AddressField(forms.MultiValueField):
    """A postal address in six parts. Cleans to a dict of them; {} when nothing was filled in."""

    widget = AddressWidget
    default_error_messages = {
        "postal_code": _("郵便番号は7桁の数字で入力してください。例: 100-0001"),
        "incomplete_address": _("都道府県・市区町村と、町名または番地を入力してください。"),
    }

    def __init__(self, **kwargs: Any) -> None:
        boxes = tuple(forms.CharField(required=False, max_length=_PART_LENGTH[part]) for part in ADDRESS_PARTS)
        super().__init__(fields=boxes, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        parts = dict(zip(ADDRESS_PARTS, data_list or [""] * len(ADDRESS_PARTS), strict=True))
        if not any(parts.values()):
            return {}
        code = normalize_postal_code(parts["postal_code"]) if parts["postal_code"] else ""
        if code is None or (self.required and not code):
            raise ValidationError(self.error_messages["postal_code"], code="postal_code")
        if not parts["prefecture"] or not parts["city"] or not (parts["town"] or parts["street"]):
            raise ValidationError(self.error_messages["incomplete_address"], code="incomplete_address")
        return {**parts, "postal_code": code}


class PartialDateField(forms.MultiValueField):
    """A date by era, year, month and day. Cleans to PartialDate; with `allow_unknown`, day and month may be blank."""

    widget = DatePartsWidget
    default_error_messages = {
        "invalid_date": _("日付を確認してください。例: 昭和60年4月1日"),
        "future_date": _("今日までの日付を入力してください。"),
        "incomplete_date": _("年・月・日をすべて入力してください。"),
    }

    def __init__(self, *, allow_unknown: bool = False, latest: Any = None, **kwargs: Any) -> None:
        """`latest` is a function that returns the last day allowed (today, for a birthday)."""
        self.allow_unknown, self.latest = allow_unknown, latest
        era = forms.ChoiceField(choices=ERA_CHOICES, required=False)
        numbers = (forms.CharField(required=False, max_length=4) for _part in ("year", "month", "day"))
        super().__init__(fields=(era, *numbers), require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> PartialDate | None:
        era, *texts = data_list or ["", "", "", ""]
        if not any(texts):
            if self.required:
                raise ValidationError(self.error_messages["incomplete_date"], code="incomplete_date")
            return None
        year, month, day = (self._number(text) for text in texts)
        if year is None or (not self.allow_unknown and (month is None or day is None)):
            raise ValidationError(self.error_messages["incomplete_date"], code="incomplete_date")
        try:
            value = partial_date(era=era, year=year, month=month, day=day)
        except DomainError as error:
            raise ValidationError(self.error_messages["invalid_date"], code="invalid_date") from error
        self._check_not_after(value)
        return value

    def _number(self, text: str) -> int | None:
        plain = unicodedata.normalize("NFKC", text).strip()
        if not plain:
            return None
        if plain == "元":
            return 1
        if not (plain.isascii() and plain.isdigit()):
            raise ValidationError(self.error_messages["invalid_date"], code="invalid_date")
        return int(plain)

    def _check_not_after(self, value: PartialDate) -> None:
        latest: dt.date | None = self.latest() if self.latest else None
        first_possible = dt.date(value.year or 1, value.month or 1, value.day or 1)
        if latest and first_possible > latest:
            raise ValidationError(self.error_messages["future_date"], code="future_date")
