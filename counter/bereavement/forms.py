"""What staff say of a bereavement: what a department found, what becomes of a procedure."""

from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.models import Department
from cityhall.my_numbers import StaffTexts
from counter.bereavement.enums import Finding, StepState
from counter.models import BereavementRequest
from counter.services.bereavements import Reply
from counter.services.bereavements.replying import LONGEST_NOTE

MARKS: Final = (StepState.DONE, StepState.NOT_NEEDED, StepState.LATER, StepState.ELSEWHERE, StepState.OPEN)
"""The buttons of a procedure, in their order."""


class ReplyForm(StaffTexts, forms.Form):
    """What a department found for one request."""

    use_required_attribute = False

    finding = forms.ChoiceField(
        label=_("結果"), choices=Finding.choices, widget=forms.RadioSelect, required=False, initial=""
    )
    papers_ready = forms.BooleanField(label=_("当日の書類を用意しました"), required=False)
    note = forms.CharField(
        label=_("窓口へのメモ"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, request_row: BereavementRequest) -> None:
        initial = {name: getattr(request_row, name) for name in ("finding", "papers_ready", "note")}
        super().__init__(data, prefix=f"r{request_row.pk}", initial=initial)
        self.row = request_row
        self.fields["finding"].label = _("「%(title)s」の結果") % {"title": request_row.check_row.title}

    def reply(self) -> Reply:
        """Call after `is_valid()`."""
        found = self.cleaned_data
        return Reply(Finding(found["finding"]), found["note"], found["papers_ready"])


class StepForm(StaffTexts, forms.Form):
    """What becomes of one procedure at the desk."""

    use_required_attribute = False

    to = forms.ChoiceField(choices=[(one.value, one.label) for one in MARKS])
    reason = forms.CharField(label=_("理由・メモ"), required=False, max_length=200)


class AddForm(StaffTexts, forms.Form):
    """Something nobody had thought of."""

    use_required_attribute = False

    title = forms.CharField(
        label=_("手続の名前"), max_length=120, error_messages={"required": _("手続の名前を入力してください。")}
    )
    department = forms.ChoiceField(label=_("担当課"), required=False)
    reason = forms.CharField(
        label=_("追加する理由"), max_length=200, error_messages={"required": _("追加する理由を入力してください。")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.departments = {one.code: one for one in Department.objects.filter(is_active=True).order_by("position")}
        names = [("", _("選ばない")), *((code, one.name) for code, one in self.departments.items())]
        cast("forms.ChoiceField", self.fields["department"]).choices = names

    @property
    def chosen(self) -> Department | None:
        """Call after `is_valid()`."""
        return self.departments.get(self.cleaned_data["department"])


class AgreeForm(forms.Form):
    """The family lets departments read what they need."""

    use_required_attribute = False

    agree = forms.BooleanField(
        label=_("担当する課と共有することに同意します"),
        error_messages={"required": _("担当する課と共有することへの同意にチェックを入れてください。")},
    )


class TelephoneForm(forms.Form):
    """A member of staff asks on the telephone."""

    use_required_attribute = False

    agree = forms.BooleanField(
        label=_("お電話の方に、回答を担当課と共有することを説明し、同意をいただきました"),
        error_messages={"required": _("共有することへの同意をいただいてから、進んでください。")},
    )
