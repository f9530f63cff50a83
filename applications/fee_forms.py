"""Forms of the till."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.enums import PaymentMethod
from cityhall.days import today
from cityhall.marks import required_on_condition
from cityhall.models import Department
from cityhall.my_numbers import StaffTexts


def _date(label: Any, *, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class PayForm(forms.Form):
    """A fee is taken. `seen_amount` is what the page asked for."""

    seen_amount = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    request_key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    method = forms.ChoiceField(label=_("支払方法"), choices=PaymentMethod.choices)
    tendered = required_on_condition(
        forms.IntegerField(
            label=_("お預かり（円）"),
            required=False,
            min_value=0,
            max_value=100_000_000,
            help_text=_("現金のときに入力してください。おつりを計算して表示します。"),
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )
    )
    received_on = required_on_condition(
        _date(_("入金日"), help_text=_("口座振込のときに、口座に入金された日を入力してください。"))
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("method") == PaymentMethod.CASH and "tendered" not in self.errors:
            self._clean_cash(data.get("tendered"), data.get("seen_amount", 0))
        if data.get("method") == PaymentMethod.TRANSFER and "received_on" not in self.errors:
            self._clean_transfer(data.get("received_on"))
        return data

    def _clean_cash(self, tendered: int | None, amount: int) -> None:
        if tendered is None:
            self.add_error("tendered", _("お預かりの金額を入力してください。"))
        elif tendered < amount:
            self.add_error("tendered", _("お預かりの金額が足りません。金額を確認してください。"))

    def _clean_transfer(self, received_on: dt.date | None) -> None:
        if received_on is None:
            self.add_error("received_on", _("口座に入金された日を入力してください。"))
        elif received_on > today():
            self.add_error("received_on", _("口座に入金された日を、今日までの日付で入力してください。"))


class ExemptForm(StaffTexts, forms.Form):
    """A fee is waived."""

    seen_amount = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("免除の理由"), max_length=200, help_text=_("根拠となる条例の条項などを入力してください。")
    )


class ReverseForm(StaffTexts, forms.Form):
    """A payment or a waiver was a mistake."""

    reason = forms.CharField(label=_("取り消す理由"), max_length=200)


class DayForm(forms.Form):
    """Which till and which day; what cannot be understood is the first till, and today."""

    department = forms.ChoiceField(label=_("課"), required=False)
    day = _date(_("収納日"))

    def __init__(self, *args: Any, tills: Iterable[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tills = {till.code: till for till in tills}
        choices = [(code, till.name) for code, till in self.tills.items()]
        self.fields["department"].choices = choices  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def names_both(self) -> bool:
        """Whether a till of these and a day were sent: what writes takes nothing else instead."""
        return bool(self.cleaned_data.get("department") and self.cleaned_data.get("day"))

    @property
    def till(self) -> Department | None:
        """None where a person has none: another department's till is never taken instead."""
        return self.tills.get(self.cleaned_data.get("department") or next(iter(self.tills), ""))

    @property
    def chosen_day(self) -> dt.date:
        return self.cleaned_data.get("day") or today()


class CloseForm(StaffTexts, forms.Form):
    """The day is counted. `seen_total` is the sum of the page."""

    seen_total = forms.IntegerField(widget=forms.HiddenInput)
    counted_cash = forms.IntegerField(
        label=_("現金の実際有高（円）"),
        min_value=0,
        max_value=1_000_000_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=_("つり銭の準備金を除いた、この日に受け取った現金を数えて入力してください。"),
    )
    note = required_on_condition(
        forms.CharField(
            label=_("過不足の理由"), required=False, max_length=200, help_text=_("合計と違うときに入力してください。")
        )
    )
