"""Forms of surveys: what the owner says, whom it is addressed to."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from applications.models import DepartmentGroup, Survey
from applications.services.surveys import Texts
from applications.surveys import is_key, new_key
from cityhall.days import today
from cityhall.models import Department, User
from cityhall.my_numbers import StaffTexts

_MOST_DAYS: Final = 30
MOST_FOUND: Final = 30
"""Members of staff that one search shows."""


class SurveyForm(StaffTexts, forms.Form):
    """Title, request, deadline; the department once, when the survey is made."""

    title = forms.CharField(label=_("件名"), max_length=100)
    request_text = forms.CharField(
        label=_("依頼文"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("目的、回答の方法、根拠などを書きます。見出し・箇条書き・リンクなど、Markdown の一部が使えます。"),
    )
    department = forms.ModelChoiceField(label=_("照会する課"), queryset=Department.objects.none(), empty_label=None)
    answer_by_on = forms.DateField(
        label=_("回答期限"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("この日の終わりまでに届いた回答を、期限内の回答として扱います。"),
    )
    remind_days = forms.IntegerField(
        label=_("期限の何日前に自動で催促するか"),
        min_value=0,
        max_value=_MOST_DAYS,
        initial=3,
        help_text=_("まだ回答していない照会先に、一度だけメールで知らせます。0にすると送りません。"),
    )
    shows_totals = forms.BooleanField(
        label=_("締切後に、集計の結果を照会先にも見せる"),
        required=False,
        help_text=_("数と割合を見せます。どの課が何と答えたかは見せません。"),
    )
    # the key of what this page makes: sent twice, it makes one
    drawn_key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, departments: QuerySet[Department], survey: Survey | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._old = survey
        field = self.fields["department"]
        if survey is not None:
            # the form belongs to the department for good
            del self.fields["department"]
            del self.fields["drawn_key"]
        elif isinstance(field, forms.ModelChoiceField):
            field.queryset = departments

    def clean_drawn_key(self) -> str:
        """What no page of ours has drawn is drawn anew."""
        key = str(self.cleaned_data["drawn_key"])
        return key if is_key(key) else new_key()

    def clean_answer_by_on(self) -> Any:
        chosen = self.cleaned_data["answer_by_on"]
        is_kept = self._old is not None and self._old.answer_by_on == chosen
        if chosen < today() and not is_kept:
            raise forms.ValidationError(_("回答期限は、今日より後の日付にしてください。"))
        return chosen

    def texts(self) -> Texts:
        data = self.cleaned_data
        return Texts(
            title=data["title"],
            answer_by_on=data["answer_by_on"],
            request_text=data["request_text"],
            shows_totals=data["shows_totals"],
            remind_days=data["remind_days"],
        )


def initial_of(survey: Survey) -> dict[str, Any]:
    """What the form shows of a survey."""
    names = ("title", "request_text", "answer_by_on", "remind_days", "shows_totals")
    return {name: getattr(survey, name) for name in names}


class AddresseesForm(forms.Form):
    """Departments to ask: all, by group, or one by one. Only those not asked yet are offered."""

    every = forms.BooleanField(label=_("すべての課"), required=False)
    groups = forms.ModelMultipleChoiceField(
        label=_("グループ"),
        queryset=DepartmentGroup.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    departments = forms.ModelMultipleChoiceField(
        label=_("課"),
        queryset=Department.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, asked: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._open = Department.objects.active().exclude(pk__in=list(asked)).order_by("position", "code")
        field = self.fields["departments"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = self._open
        if not DepartmentGroup.objects.exists():
            del self.fields["groups"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not (data["every"] or data.get("groups") or data["departments"]):
            raise forms.ValidationError(_("追加する照会先を選んでください。"))
        return data

    def chosen(self) -> list[Department]:
        """Every department that was meant, each once."""
        data = self.cleaned_data
        if data["every"]:
            return list(self._open)
        wanted = Q(pk__in=data["departments"]) | Q(survey_groups__in=data.get("groups") or [])
        return list(self._open.filter(wanted).distinct())


class StaffSearchForm(forms.Form):
    """Looks for members of staff by name or address."""

    staff = forms.CharField(label=_("職員の氏名またはメールアドレス"), max_length=60, required=False)

    def found(self, asked: Iterable[int]) -> list[User]:
        """Those who are not asked yet, in the order of their names; nobody without a word."""
        words = self.cleaned_data.get("staff", "").split() if self.is_valid() else []
        if not words:
            return []
        rows = User.objects.filter(is_staff=True, is_active=True).exclude(pk__in=list(asked))
        for word in words:
            rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=word))
        return list(rows.order_by("name", "pk")[:MOST_FOUND])


class StaffForm(forms.Form):
    """Members of staff who were ticked among those found."""

    people = forms.ModelMultipleChoiceField(
        label=_("職員"),
        queryset=User.objects.filter(is_staff=True, is_active=True),
        error_messages={"required": _("追加する職員を選んでください。")},
    )
