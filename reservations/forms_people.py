"""Who somebody at the counter or on the telephone is: a resident the search has found, or what is typed."""

from collections.abc import Iterable
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.marks import required_on_condition
from reservations.contacts import ContactData
from reservations.forms import ContactForm
from residents.models import Resident
from residents.queries import mail_address_of

TYPED: Final = "typed"
TYPED_LABEL: Final = _("登録がない方（下に入力する）")


class PeopleSearchForm(forms.Form):
    """The words of the search. What cannot be right finds nobody."""

    q = forms.CharField(
        label=_("住民をさがす"),
        required=False,
        max_length=100,
        help_text=_("住民番号、カナか漢字の氏名、生年月日、電話番号"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def text(self) -> str:
        return str(self.cleaned_data["q"]).strip() if self.is_bound and self.is_valid() else ""


class SomebodyForm(ContactForm):
    """A contact whose name may come from the record of a resident; without anybody found it is as residents see it."""

    who = forms.ChoiceField(
        label=_("どなたの分か"),
        widget=forms.RadioSelect,
        error_messages={"required": _("どなたの分かを選んでください。")},
    )

    def __init__(self, *args: Any, people: Iterable[tuple[Resident, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = list(people)
        self.residents = {resident.public_id: resident for resident, _label in found}
        if not found:
            del self.fields["who"]
            return
        choices = [*((resident.public_id, label) for resident, label in found), (TYPED, TYPED_LABEL)]
        cast("forms.ChoiceField", self.fields["who"]).choices = choices
        for name in ("name", "kana"):
            self.fields[name].required = False
            required_on_condition(self.fields[name])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("who") == TYPED:
            for name in ("name", "kana"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, self.fields[name].error_messages["required"])
        return data

    def is_reached(self, data: dict[str, Any]) -> bool:
        """A resident is reached as their record says, or comes back to the counter."""
        return data.get("who") in self.residents or super().is_reached(data)

    def contact(self) -> ContactData:
        """The resident with what is on record where nothing else was typed; else what was typed."""
        data = self.cleaned_data
        return contact_for(
            self.residents.get(data.get("who", "")),
            name=data["name"],
            kana=data["kana"],
            email=data["email"],
            phone=self.e164(),
        )


def contact_for(resident: Resident | None, *, name: str, kana: str, email: str, phone: str) -> ContactData:
    """Who something is booked for by staff."""
    if resident is None:
        return ContactData(name=name, kana=kana, email=email, phone=phone)
    return ContactData(
        name=resident.full_name,
        kana=resident.full_kana,
        email=email or mail_address_of(resident),
        phone=phone or resident.phone,
        resident=resident,
    )
