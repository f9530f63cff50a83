"""How long somebody wants a room or a site, and with how many people."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.my_numbers import StaffTexts
from reservations.enums import ReservationChannel
from reservations.forms import PEOPLE_MESSAGES, refuse_large_group
from reservations.forms_people import SomebodyForm
from reservations.models import ServiceGroup
from reservations.queries.facilities import Stay
from reservations.templatetags.facilities import stay_text


class StayForm(forms.Form):
    """One of the stays that are free, with its fee."""

    units = forms.TypedChoiceField(
        label=_("利用する長さと料金"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("利用する長さを選んでください。"),
            "invalid_choice": _("選んだ長さでは、もう予約できません。空いている長さを選んでください。"),
        },
    )
    people = forms.IntegerField(
        label=_("利用する人の数"),
        initial=1,
        min_value=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=PEOPLE_MESSAGES,
    )

    def __init__(self, *args: Any, group: ServiceGroup, stays: Iterable[Stay], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group
        self.fields["units"].choices = [(stay.units, stay_text(stay, group)) for stay in stays]  # type: ignore[attr-defined]
        self.fields["people"].help_text = _("%(most)s人まで利用できます。") % {"most": group.max_people}

    def clean_people(self) -> int:
        return refuse_large_group(self.cleaned_data["people"], self.group)


class StaffStayForm(StaffTexts, SomebodyForm, StayForm):
    """The same for somebody on the telephone."""

    channel = forms.ChoiceField(
        label=_("受付の方法"),
        widget=forms.RadioSelect,
        choices=[(one.value, one.label) for one in (ReservationChannel.PHONE, ReservationChannel.COUNTER)],
        initial=ReservationChannel.PHONE,
    )
    field_order = ("units", "people", "who", "name", "kana", "phone", "email", "note", "channel")
