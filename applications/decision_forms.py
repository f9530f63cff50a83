"""Forms around decisions: who stands in, the library of refusal reasons, one decision for many cases."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms import DecisionForm
from applications.models import Procedure, RefusalReason
from applications.queries.standing_in import possible_delegates, possible_principals
from cityhall.days import today
from cityhall.models import Department, User
from cityhall.my_numbers import StaffTexts

if TYPE_CHECKING:
    # takes a parameter in the stubs only
    ReasonModelForm = forms.ModelForm[RefusalReason]
else:
    ReasonModelForm = forms.ModelForm


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class DelegateForm(StaffTexts, forms.Form):
    """Who signs for whom, from when until when. An approver speaks for themselves, an administrator for anybody."""

    principal = forms.ModelChoiceField(
        label=_("不在になる決裁者"), queryset=User.objects.none(), empty_label=_("選択してください")
    )
    delegate = forms.ModelChoiceField(
        label=_("代決者"),
        queryset=User.objects.none(),
        empty_label=_("選択してください"),
        help_text=_("決裁者と同じ課で審査または決裁をする職員です。本人が起案した案は代決できません。"),
    )
    from_on = forms.DateField(label=_("開始日"), widget=_day(), initial=today)
    until_on = forms.DateField(label=_("終了日"), widget=_day(), help_text=_("この日まで代決できます。"))
    reason = forms.CharField(label=_("理由"), max_length=100, help_text=_("例: 出張、年次休暇"))

    def __init__(self, *args: Any, user: User, chooses_principal: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = cast("forms.ModelChoiceField[User]", self.fields["delegate"])
        if chooses_principal:
            principals = cast("forms.ModelChoiceField[User]", self.fields["principal"])
            principals.queryset = possible_principals()
            # who may stand in depends on the choice: the service says so when it does not fit
            people.queryset = User.objects.filter(is_active=True, is_staff=True, roles__isnull=False).distinct()
        else:
            del self.fields["principal"]
            people.queryset = possible_delegates(user)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("from_on"), data.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", _("終了日は開始日以後にしてください。"))
        elif last and last < today():
            self.add_error("until_on", _("終了日は今日以後にしてください。"))
        return data


class RefusalReasonForm(StaffTexts, ReasonModelForm):
    """Words for a refusal of one department, for one procedure of it or for all."""

    class Meta:
        model = RefusalReason
        fields = ("department", "procedure", "title", "text", "legal_basis", "position", "is_active")
        widgets = {"text": forms.Textarea(attrs={"rows": 6})}
        help_texts = {
            "procedure": _("空欄のときは、課のすべての手続で使えます。"),
            "text": _("通知書に記載する文章です。申請者の氏名など個人の情報は入れないでください。"),
            "legal_basis": _("例: 児童手当法第4条第1項。文例の後に「根拠」として加わります。"),
            "position": _("小さい数から順に並びます。"),
        }

    def __init__(self, *args: Any, departments: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = cast("forms.ModelChoiceField[Department]", self.fields["department"])
        place.queryset = Department.objects.filter(pk__in=departments)
        if len(departments) == 1:
            place.initial = next(iter(departments))
        procedure = cast("forms.ModelChoiceField[Procedure]", self.fields["procedure"])
        own = Procedure.objects.filter(department__in=departments).without_surveys()
        procedure.queryset = own.only("name", "department")
        procedure.empty_label = _("課のすべての手続")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        procedure, department = data.get("procedure"), data.get("department")
        if procedure and department and procedure.department_id != department.pk:
            self.add_error("procedure", _("選んだ課の手続ではありません。課か手続を選び直してください。"))
        return data


class BulkForm(DecisionForm):
    """One decision and its words for all chosen cases."""

    def __init__(self, *args: Any, reasons: Sequence[RefusalReason] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # each case has its own revision, and the letters are looked at together
        del self.fields["revision"], self.fields["seen"]
        self.fields["reason"].help_text = _(
            "選んだすべての申請の通知書に、同じ文章を記載します。決裁中の申請では、案の理由がそのまま使われ、"
            "ここに入力した文章は決裁のコメントになります。"
        )
        self.offer(reasons)
