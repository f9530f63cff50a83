"""Forms with which staff begin a filing for somebody else."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.enums import Channel, IdentityShown
from applications.models import Procedure
from applications.queries.intake import EARLIEST_PAPER, channels_of
from cityhall.days import today
from cityhall.marks import required_on_condition
from cityhall.my_numbers import StaffTexts

RESIDENT, BUSINESS, TYPED = "resident", "business", "typed"


class PersonSearchForm(forms.Form):
    """Whom to look for. An address is not filled in by hand: what cannot be right finds nobody."""

    q = forms.CharField(
        label=_("申請者をさがす"),
        required=False,
        max_length=100,
        help_text=_("住民番号、カナか漢字の氏名、生年月日、電話番号。「タカハシ S60.4.1」のように並べられます。"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class IntakeForm(StaffTexts, forms.Form):
    """Who applies, how it came and how the person was identified."""

    who = forms.ChoiceField(
        label=_("申請者"),
        widget=forms.RadioSelect,
        error_messages={"required": _("申請者を選んでください。登録がない方は、氏名を入力します。")},
    )
    person_name = required_on_condition(
        forms.CharField(label=_("氏名（登録がない方）"), required=False, max_length=120)
    )
    person_kana = forms.CharField(label=_("フリガナ（登録がない方）"), required=False, max_length=120)
    channel = forms.ChoiceField(label=_("受付の方法"), widget=forms.RadioSelect)
    received_on = required_on_condition(
        forms.DateField(
            label=_("紙の受付日"),
            required=False,
            help_text=_("紙で受け付けたときに入力します。処理期限は、この日から数えます。"),
        )
    )
    identity = forms.ChoiceField(
        label=_("本人確認の方法"), choices=[("", _("選択してください")), *IdentityShown.choices]
    )
    identity_note = forms.CharField(
        label=_("本人確認のメモ"),
        required=False,
        max_length=100,
        help_text=_("例: 健康保険の資格確認書と年金手帳。証明書の番号は書かないでください。"),
    )

    def __init__(self, *args: Any, procedure: Procedure, people: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [(channel.value, channel.label) for channel in channels_of(procedure)]
        cast("forms.ChoiceField", self.fields["channel"]).choices = ways
        who = [*people]
        if procedure.is_for_people:
            who.append((TYPED, str(_("登録がない方（氏名を入力する）"))))
        cast("forms.ChoiceField", self.fields["who"]).choices = who
        if len(ways) == 1:
            self.fields["channel"].initial = ways[0][0]
        days = {"type": "date", "min": (today() - EARLIEST_PAPER).isoformat(), "max": today().isoformat()}
        self.fields["received_on"].widget = forms.DateInput(format="%Y-%m-%d", attrs=days)

    def clean_received_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["received_on"]
        if day is not None and day > today():
            raise forms.ValidationError(_("紙の受付日に、今日より後の日付は入力できません。"))
        return day

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("who") == TYPED and not data.get("person_name", "").strip():
            self.add_error("person_name", _("申請者の氏名を入力してください。"))
        if data.get("channel") == Channel.PAPER and not data.get("received_on") and "received_on" not in self.errors:
            self.add_error("received_on", _("紙の受付日を入力してください。"))
        return data
