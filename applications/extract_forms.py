"""Forms of the extracts. They speak to people; the rules stand in `services.extracts`."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from applications.enums import ApplicationState, ExtractFormat, ExtractScope, TextEncoding
from applications.extracts.writing import MOST_ROWS_BESIDE, Choices, Dates, Groups, Headings, Writing
from applications.models import ExtractProfile, Procedure
from applications.queries.extracts import Limits
from cityhall.ids import public_id as new_key
from cityhall.my_numbers import StaffTexts

_NAME_LENGTH = 60
_STATES = [choice for choice in ApplicationState.choices if choice[0] != ApplicationState.DRAFT]


def _name() -> forms.CharField:
    return forms.CharField(
        label=_("名前"),
        max_length=_NAME_LENGTH,
        help_text=_("ファイルの名前にも使います。例: 会計システム用"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _day(label: Any) -> forms.DateField:
    """A day that has a midnight in Tokyo before and behind it, whatever somebody types."""
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[
            MinValueValidator(dt.date(1900, 1, 1), _("1900年以後の日付を入力してください。")),
            MaxValueValidator(dt.date(2999, 12, 31), _("2999年以前の日付を入力してください。")),
        ],
    )


def _radios(label: Any, choices: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, help_text=help_text)


class NewProfileForm(StaffTexts, forms.Form):
    """A procedure and a name; the rest has its usual values."""

    procedure = forms.ModelChoiceField(
        label=_("手続"), queryset=Procedure.objects.none(), empty_label=_("選んでください")
    )
    name = _name()

    def __init__(self, *args: Any, procedures: QuerySet[Procedure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast("forms.ModelChoiceField[Procedure]", self.fields["procedure"])
        choice.queryset = procedures.order_by("name").only("name")


class ProfileForm(StaffTexts, forms.Form):
    """Name, format, and how cells are written."""

    name = _name()
    format = _radios(_("形式"), ExtractFormat.choices)
    encoding = _radios(
        _("CSVの文字コード"),
        TextEncoding.choices,
        _("Shift_JISで表せない文字は「〓」に置き換え、どの申請のどの列かを一覧にします。"),
    )
    dates = _radios(_("日付"), Dates.choices)
    headings = _radios(_("見出し"), Headings.choices)
    choices = _radios(_("選択肢・はい／いいえ"), Choices.choices)
    groups = _radios(
        _("くり返しの質問"),
        Groups.choices,
        _("別の表にすると、XLSXでは別のシート、CSVでは別のファイル（ZIPにまとめます）になります。"),
    )
    rows_beside = forms.IntegerField(
        label=_("横に並べる件数"),
        min_value=1,
        max_value=MOST_ROWS_BESIDE,
        help_text=_("これより多い分は書き出しません。件数の列で、全部で何件あるかがわかります。"),
    )
    version = forms.TypedChoiceField(
        label=_("様式の版"), required=False, coerce=int, empty_value=None, choices=[("", _("すべての版をまとめる"))]
    )

    def __init__(self, *args: Any, versions: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast("forms.ChoiceField", self.fields["version"])
        one = [(number, _("第%(number)s版の申請だけ") % {"number": number}) for number in versions]
        choice.choices = [("", _("すべての版をまとめる")), *one]

    @staticmethod
    def values_of(profile: ExtractProfile) -> dict[str, Any]:
        """What the form shows of a profile."""
        writing = Writing.of(profile.writing)
        return {"name": profile.name, "format": profile.format, "encoding": profile.encoding, **writing.stored()}

    def writing(self) -> Writing:
        """The settings of what was sent. Call after `is_valid()`."""
        return Writing.of(self.cleaned_data)


class OrderForm(forms.Form):
    """Which cases, and whether to look first."""

    scope = _radios(
        _("範囲"),
        ExtractScope.choices,
        _("「前回より後」には、前回のあとに申請者が内容を直した申請も入ります。"),
    )
    start = _day(_("申請日（から）"))
    end = _day(_("申請日（まで）"))
    states = forms.MultipleChoiceField(
        label=_("状態"),
        required=False,
        choices=_STATES,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("一つも選ばないと、すべての状態が対象です。"),
    )
    request_key = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"scope": ExtractScope.NEW, "request_key": new_key()})

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = data.get("start"), data.get("end")
        if start and end and end < start:
            self.add_error("end", _("終わりの日は、始まりの日と同じか、後の日にしてください。"))
        return data

    def clean_request_key(self) -> str:
        """Without one nothing can be told from a second press: each is an order of its own."""
        return self.cleaned_data["request_key"] or new_key()

    def limits(self) -> Limits:
        """The limits of what was sent. Call after `is_valid()`."""
        data = self.cleaned_data
        return Limits(data["start"], data["end"], tuple(data["states"]))
