"""What editors of the supply type. Rules of the hours themselves are in the services."""

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.marks import required_on_condition
from cityhall.my_numbers import refuse_my_number
from reservations.enums import ExceptionKind, Release
from reservations.models import OpeningException, OpeningRule, Reservation, ServiceGroup
from reservations.services.supply.releasing import SETTINGS, Wave
from reservations.supply.words import WEEKDAYS

if TYPE_CHECKING:
    # these take a parameter in the stubs only
    RuleModelForm = forms.ModelForm[OpeningRule]
    ExceptionModelForm = forms.ModelForm[OpeningException]
    GroupModelForm = forms.ModelForm[ServiceGroup]
    WaveBaseFormSet = forms.BaseFormSet[forms.Form]
else:
    RuleModelForm = ExceptionModelForm = GroupModelForm = forms.ModelForm
    WaveBaseFormSet = forms.BaseFormSet

_MOST_PLACES = 999


def _time_widget() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


def _date_widget() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def _count(label: Any, **more: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=0, max_value=_MOST_PLACES, widget=widget, **more)


class ConfirmedForm(forms.Form):
    """A form whose saving may leave people without their time: the box comes with the warning only."""

    is_confirmed = required_on_condition(forms.BooleanField(label=_("予約への影響を確認しました"), required=False))

    def ask(self, lost: int) -> bool:
        """Whether to show the warning before anything is saved."""
        return lost > 0 and not self.cleaned_data.get("is_confirmed")

    def without_question(self) -> None:
        """Leave the box out while there is nothing to confirm."""
        self.fields.pop("is_confirmed", None)


class RuleForm(RuleModelForm, ConfirmedForm):
    """Hours that come again. `seen_revision` is what the editor saw."""

    seen_revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("曜日"), coerce=int, choices=list(enumerate(WEEKDAYS)), widget=forms.CheckboxSelectMultiple
    )
    capacity = _count(_("1枠の受付数"), help_text=_("窓口や電話で入れる分も含めた数です。"))
    public_capacity = _count(_("うち予約で開く数"), help_text=_("住民がオンラインで予約できる数です。"))

    class Meta:
        model = OpeningRule
        fields = (
            "kind",
            "weekdays",
            "from_time",
            "until_time",
            "slot_minutes",
            "capacity",
            "public_capacity",
            "every_weeks",
            "valid_from",
            "valid_until",
            "works_on_closed_days",
        )
        widgets: Mapping[str, forms.Widget] = {
            "kind": forms.RadioSelect(),
            "from_time": _time_widget(),
            "until_time": _time_widget(),
            "valid_from": _date_widget(),
            "valid_until": _date_widget(),
        }
        help_texts: Mapping[str, Any] = {
            "kind": _("休憩では、枠の分数と数は使いません。"),
            "every_weeks": _("1は毎週、2は隔週です。始まりの日の週から数えます。"),
            "valid_until": _("続けるときは空欄にしてください。"),
            "works_on_closed_days": _("選ばなければ、祝日と市の閉庁日は自動で休みになります。"),
        }

    field_order = ("kind", "weekdays")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.fields["seen_revision"].initial = self.instance.revision

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk is not None and data.get("seen_revision") is not None:
            self.instance.revision = data["seen_revision"]
        return data


class EndForm(ConfirmedForm):
    """Until when a rule holds."""

    last_day = forms.DateField(label=_("この日までで終了"), widget=_date_widget())


class ExceptionForm(ExceptionModelForm, ConfirmedForm):
    """Other hours on one day: closed for a part of it, or open outside the rules."""

    class Meta:
        model = OpeningException
        fields = ("kind", "from_time", "until_time", "slot_minutes", "capacity", "public_capacity", "reason")
        widgets: Mapping[str, forms.Widget] = {
            "kind": forms.RadioSelect(),
            "from_time": _time_widget(),
            "until_time": _time_widget(),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].widget.choices = [
            (ExceptionKind.CLOSED, _("この時間を休みにする")),
            (ExceptionKind.OPEN, _("この時間に臨時で受け付ける")),
        ]
        for name in ("from_time", "until_time"):
            self.fields[name].required = True
        for name in ("slot_minutes", "capacity", "public_capacity"):
            self.fields[name].help_text = _("臨時の受付のときに入力してください。")
            required_on_condition(self.fields[name])
        self.fields["reason"].validators.append(refuse_my_number)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("kind") == ExceptionKind.CLOSED:
            data.update(slot_minutes=None, capacity=None, public_capacity=None)
        else:
            for name in ("slot_minutes", "capacity", "public_capacity"):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, _("臨時の受付のときは、この欄も入力してください。"))
        return data


class CloseForm(forms.Form):
    """A whole day is closed, and people are told why."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=100,
        validators=[refuse_my_number],
        help_text=_("予約した方へのメールに、このまま書かれます。例: 設備の点検のため"),
    )
    everything = forms.BooleanField(label=_("この場所のすべての業務を休みにする"), required=False)

    def __init__(self, *args: Any, may_close_place: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_close_place:
            del self.fields["everything"]


class TellForm(forms.Form):
    """Whom to ask to choose another time, and why."""

    chosen_ids = forms.MultipleChoiceField(
        required=True, error_messages={"required": _("知らせる方を選んでください。")}
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=100,
        validators=[refuse_my_number],
        help_text=_("予約した方へのメールに、このまま書かれます。例: 設備の点検のため"),
    )

    def __init__(self, *args: Any, rows: Sequence[Reservation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {row.public_id: row for row in rows}
        chosen = cast("forms.MultipleChoiceField", self.fields["chosen_ids"])
        chosen.choices = [(key, str(row)) for key, row in self.rows.items()]

    def chosen(self) -> list[Reservation]:
        return [self.rows[key] for key in self.cleaned_data["chosen_ids"]]


class SlotForm(forms.Form):
    """Numbers of one slot."""

    capacity = _count(_("受付数"), help_text=_("0にすると、この枠は誰も予約できません。"))
    public_capacity = _count(_("うち予約で開く数"))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and data["public_capacity"] > data["capacity"]:
            self.add_error("public_capacity", _("予約で開く数は、受付数以下にしてください。"))
        return data


class ReleaseForm(GroupModelForm):
    """When the public may book, at every place of a group."""

    class Meta:
        model = ServiceGroup
        fields = SETTINGS
        widgets: Mapping[str, forms.Widget] = {"release": forms.RadioSelect(), "fixed_time": _time_widget()}
        help_texts: Mapping[str, Any] = {
            "fixed_days_ahead": _("例: 月曜日・9:00・14なら、月曜日の9時に2週間後の月曜日からの1週間が開きます。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("選んでください")), *enumerate(WEEKDAYS)]
        self.fields["fixed_weekday"] = required_on_condition(
            forms.TypedChoiceField(
                label=_("開始する曜日"), required=False, coerce=int, empty_value=None, choices=choices
            )
        )
        required_on_condition(self.fields["fixed_time"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("release") == Release.FIXED:
            for name in ("fixed_weekday", "fixed_time"):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, _("決まった曜日に開くときは、この欄も入力してください。"))
        return data


class WaveForm(forms.Form):
    """One wave; an empty line is none."""

    days_before = forms.IntegerField(label=_("何日前"), min_value=0, max_value=400, required=False)
    at = forms.TimeField(label=_("時刻"), required=False, widget=_time_widget())
    percent = forms.IntegerField(label=_("ここまでに開く割合（%）"), min_value=1, max_value=100, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        given = [name for name in self.fields if data.get(name) is not None]
        for name in self.fields:
            if given and name not in given and name not in self.errors:
                self.add_error(name, _("この欄も入力してください。"))
        return data


class BaseWaves(WaveBaseFormSet):
    def clean(self) -> None:
        """Two waves on one day would hide each other, and a later one never takes back."""
        super().clean()
        waves = self.waves()
        if len({wave.days_before for wave in waves}) < len(waves):
            raise forms.ValidationError(_("同じ日の回は1つにしてください。"))
        if any(one.percent >= other.percent for one, other in pairwise(waves)):
            raise forms.ValidationError(_("割合は、予約日に近い回ほど大きくしてください。"))

    def waves(self) -> list[Wave]:
        """The waves that were typed whole, in the order in which they open."""
        rows = [form.cleaned_data for form in self.forms if hasattr(form, "cleaned_data")]
        whole = [row for row in rows if all(row.get(name) is not None for name in ("days_before", "at", "percent"))]
        waves = [Wave(row["days_before"], row["at"], row["percent"]) for row in whole]
        return sorted(waves, key=lambda wave: (-wave.days_before, wave.at))


WaveFormSet = cast(
    "type[BaseWaves]",
    forms.formset_factory(WaveForm, formset=BaseWaves, extra=2, max_num=6, validate_max=True),
)


def wave_initial(group: ServiceGroup) -> list[dict[str, int | dt.time]]:
    """The waves of a group as their form shows them."""
    return [
        {"days_before": wave.days_before, "at": wave.at, "percent": wave.percent}
        for wave in group.waves.order_by("-days_before", "at")
    ]
