"""Forms of this app; the fields that other apps reuse are offered here too."""

from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cityhall.days import today
from residents.addresses import lookup
from residents.dates import PartialDate
from residents.enums import ResidentSource, Sex
from residents.fields import AddressField, KanaField, PartialDateField, PhoneField
from residents.models import Resident
from residents.widgets import ADDRESS_PARTS

__all__ = [
    "AddressField",
    "KanaField",
    "PartialDateField",
    "PhoneField",
    "ProfileForm",
    "with_address_from_postal_code",
]

_REGISTERED_FIELDS: Final = ("family_name", "given_name", "family_kana", "given_kana", "birth", "sex", "address")


class ProfileForm(forms.Form):
    """What a resident tells about themselves; for people of the register only how to reach them."""

    family_name = forms.CharField(
        label=_("氏"), max_length=60, strip=True, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    given_name = forms.CharField(
        label=_("名"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        help_text=_("名がない方は空欄のままにしてください。"),
    )
    family_kana = KanaField(label=_("氏（フリガナ）"), max_length=60)
    given_kana = KanaField(label=_("名（フリガナ）"), max_length=60, required=False)
    birth = PartialDateField(label=_("生年月日"), latest=today)
    sex = forms.ChoiceField(label=_("性別"), choices=Sex.choices, required=False, initial=Sex.UNSTATED)
    address = AddressField(label=_("住所"))
    phone = PhoneField(label=_("電話番号"), required=False, help_text=_("確認のためお電話することがあります。"))
    contact_email = forms.EmailField(
        label=_("連絡先メールアドレス"),
        required=False,
        help_text=_("お知らせは、確認済みのログイン用メールアドレスへ送ります。それがないときに、こちらを使います。"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    language = forms.ChoiceField(label=_("表示言語"), choices=[])

    def __init__(self, *args: Any, resident: Resident | None, **kwargs: Any) -> None:
        self.resident = resident
        kwargs["initial"] = initial_of(resident) if resident else {"language": settings.LANGUAGE_CODE}
        super().__init__(*args, **kwargs)
        self._offer_languages()
        if resident and resident.source == ResidentSource.REGISTER:
            for name in _REGISTERED_FIELDS:
                del self.fields[name]

    def _offer_languages(self) -> None:
        """The languages the pages are there in; with one there is nothing to choose."""
        if len(settings.LANGUAGES) == 1:
            del self.fields["language"]
            return
        field = self.fields["language"]
        if isinstance(field, forms.ChoiceField):
            field.choices = settings.LANGUAGES

    def save_arguments(self) -> dict[str, Any]:
        """The cleaned values as `services.save_profile` takes them."""
        values: dict[str, Any] = {"language": self.initial["language"], **self.cleaned_data}
        if "address" not in self.fields and self.resident is not None:
            values |= _as_registered(self.resident)
        address: dict[str, str] = values.pop("address", {})
        _e164, values["phone"] = values["phone"]
        return values | dict.fromkeys(ADDRESS_PARTS, "") | address


def initial_of(resident: Resident) -> dict[str, Any]:
    """What stands in the boxes at first."""
    names = ("family_name", "given_name", "family_kana", "given_kana", "sex", "contact_email", "language")
    return {
        **{name: getattr(resident, name) for name in names},
        "birth": PartialDate(resident.birth_year, resident.birth_month, resident.birth_day),
        "address": {part: getattr(resident, part) for part in ADDRESS_PARTS},
        "phone": resident.phone_entered or resident.phone,
    }


def with_address_from_postal_code(data: Any, prefix: str) -> tuple[Any, list[str]]:
    """POST data with the empty boxes of an address filled from its postal code, for the button 「住所を検索」.

    The way without JavaScript: a form's view calls it when that button was pressed and shows the form
    again. Typed text is never overwritten. Returns (data, labels of all towns of the code): one label
    when it was clear, several when the person must choose, none when the code is unknown.
    """
    towns = lookup(data.get(f"{prefix}_postal_code", ""))
    filled = data.copy()
    if len(towns) == 1:
        for part in ("prefecture", "city", "town", "street", "building"):
            name = f"{prefix}_{part}"
            if not filled.get(name, "").strip():
                filled[name] = getattr(towns[0], part)
    return filled, [town.label for town in towns]


def _as_registered(resident: Resident) -> dict[str, Any]:
    initial = initial_of(resident)
    return {name: initial[name] for name in _REGISTERED_FIELDS} | {
        # a register may know one name only
        "family_name": resident.family_name or resident.full_name
    }
