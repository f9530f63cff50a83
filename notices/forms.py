"""Forms of the notice pages. They speak to people; the rules stand in the services."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.models import Department
from notices.enums import NoticeState, PaperState
from notices.typed_numbers import number_typed, problem_of


class VerifyNumberForm(forms.Form):
    """The number as it stands on a notice, in any width and with or without hyphens."""

    number = forms.CharField(
        label=_("通知番号"),
        # a scanned code is an address with the number in it
        max_length=200,
        help_text=_("通知書の下の欄にある11桁の番号です。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("通知番号を入力してください。")},
    )

    def clean_number(self) -> str:
        number = number_typed(self.cleaned_data["number"])
        if problem := problem_of(number):
            raise forms.ValidationError(problem, code="not_a_number")
        return number


class VerifyFileForm(forms.Form):
    """The PDF itself: the only sure check."""

    file = forms.FileField(
        label=_("通知書のPDFファイル"),
        help_text=_("20MBまで。ファイルは確認のためだけに使い、1日以内に消去します。"),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        allow_empty_file=True,
        error_messages={"required": _("PDFファイルを選んでください。")},
    )


class StaffListForm(forms.Form):
    """Filters of the staff list. What cannot be understood counts as not asked for."""

    text = forms.CharField(
        label=_("通知番号・宛名"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(label=_("状態"), required=False, choices=[("", _("すべて")), *NoticeState.choices])
    paper = forms.ChoiceField(
        label=_("郵送"),
        required=False,
        choices=[("", _("すべて")), *(choice for choice in PaperState.choices if choice[0] != PaperState.NONE)],
    )

    def wanted(self) -> dict[str, Any]:
        """What was understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ReasonForm(forms.Form):
    """A reason that will stand in the record."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("理由を入力してください。")},
    )


class LetterRunForm(forms.Form):
    """Whose letters to print; the hidden key makes a double click one run."""

    department = forms.ModelChoiceField(
        label=_("課"), queryset=Department.objects.none(), required=False, empty_label=_("すべての課")
    )
    request_key = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: Any, departments: Any, may_take_all: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Department]", self.fields["department"])
        field.queryset = departments
        if not may_take_all:
            field.required = True
            field.empty_label = None
