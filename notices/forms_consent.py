"""Forms of staff about the consent of somebody to digital delivery."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.days import today
from residents.enums import ConsentWay
from residents.services.consents import Said

_WAYS = [(way.value, way.label) for way in ConsentWay if way is not ConsentWay.ONLINE]


class PersonSearchForm(forms.Form):
    """The words of the search. What cannot be right finds nobody."""

    q = forms.CharField(
        label=_("住民をさがす"),
        required=False,
        max_length=100,
        help_text=_("住民番号、カナか漢字の氏名、生年月日、電話番号"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def text(self) -> str:
        return str(self.cleaned_data["q"]).strip() if self.is_valid() else ""


class ConsentEndForm(forms.Form):
    """How staff heard that somebody wants their notices on paper again."""

    way = forms.ChoiceField(
        label=_("申出の方法"),
        choices=_WAYS,
        widget=forms.RadioSelect,
        error_messages={"required": _("申出の方法を選んでください。")},
    )
    said_on = forms.DateField(
        label=_("申出の日"),
        help_text=_("書面のときは、受け付けた日を入力してください。"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": _("申出の日を入力してください。"),
            "invalid": _("申出の日を正しい日付で入力してください。"),
        },
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        help_text=_("本人が話した理由と、本人であることをどのように確かめたかを書いてください。"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("理由を入力してください。")},
    )

    def clean_said_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["said_on"]
        if day > today():
            raise forms.ValidationError(_("申出の日に、今日より後の日は入力できません。"), code="future")
        return day

    def said(self) -> Said:
        """What was filled in; the form is valid."""
        return Said(
            way=ConsentWay(self.cleaned_data["way"]),
            said_on=self.cleaned_data["said_on"],
            reason=self.cleaned_data["reason"],
        )
