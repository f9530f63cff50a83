"""Forms of the circulars: what is passed round, and the homes it goes to."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.days import today
from cityhall.models import Department, User
from cityhall.queries.staff import scope_of
from notices.models import Circular, CircularHome, District
from notices.queries.circulars import districts_reached_by, publishing_departments
from notices.services.circulars import CircularFields, HomeFields

_KEY_LENGTH = 40


class CircularForm(forms.Form):
    """One sheet. Whoever publishes in one district or for one department is not asked which."""

    title = forms.CharField(label=_("表題"), max_length=100)
    body = forms.CharField(
        label=_("本文"),
        required=False,
        max_length=10_000,
        help_text=_("空の行で段落が分かれます。行の頭に「- 」と書くと箇条書きになります。"),
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    file = forms.FileField(
        label=_("添付（PDF）"),
        required=False,
        help_text=_("チラシなどのPDFを1つ添付できます。"),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        allow_empty_file=True,
    )
    takes_file_off = forms.BooleanField(label=_("添付のPDFを外す"), required=False)
    districts = forms.ModelMultipleChoiceField(
        label=_("回覧する自治会"),
        queryset=District.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("回覧する自治会を1つ以上選んでください。")},
    )
    department = forms.ModelChoiceField(
        label=_("発行する課"), queryset=Department.objects.none(), empty_label=None, required=False
    )
    ends_on = forms.DateField(
        label=_("掲載終了日"),
        required=False,
        help_text=_("この日までお知らせを表示します。空欄のときは、取り消すまで表示します。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    request_key = forms.CharField(max_length=_KEY_LENGTH, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, circular: Circular | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.circular = circular
        if circular is None or circular.file_id is None:
            del self.fields["takes_file_off"]
        self._ask_districts(user)
        self._ask_department(user)

    def _ask_districts(self, user: User) -> None:
        field = cast("forms.ModelMultipleChoiceField[District]", self.fields["districts"])
        field.queryset = districts_reached_by(user)
        if not self.is_bound and self.circular is None and len(field.queryset) == 1:
            self.initial["districts"] = list(field.queryset)

    def _ask_department(self, user: User) -> None:
        """A head publishes for no department; who has one department is not asked."""
        field = cast("forms.ModelChoiceField[Department]", self.fields["department"])
        every = Department.objects.filter(is_active=True)
        is_administrator = scope_of(user).is_administrator
        field.queryset = every if is_administrator else every.filter(pk__in=publishing_departments(user))
        self._own = list(field.queryset[:2])
        if len(self._own) < 2:
            del self.fields["department"]
        else:
            field.required = True

    def clean_ends_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["ends_on"]
        if day is not None and day < today():
            raise forms.ValidationError(_("掲載終了日は今日以降の日付にしてください。"), code="past")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        has_file = self.circular is not None and self.circular.file_id is not None
        kept = has_file and not data.get("takes_file_off")
        if not (data.get("body") or data.get("file") or kept) and "file" not in self.errors:
            self.add_error("body", _("本文を書くか、PDFを添付してください。"))
        return data

    @property
    def department_chosen(self) -> Department | None:
        """The department it is published for; None for the head of a district."""
        if "department" in self.fields:
            return cast("Department", self.cleaned_data["department"])
        return self._own[0] if self._own else None

    @property
    def sheet(self) -> CircularFields:
        """The cleaned answers as the service takes them."""
        data = self.cleaned_data
        return CircularFields(
            title=data["title"],
            body=data["body"],
            districts=list(data["districts"]),
            ends_on=data["ends_on"],
            upload=data["file"],
            takes_file_off=data.get("takes_file_off", False),
        )


class HomeForm(forms.Form):
    """What the head writes down of a home."""

    name = forms.CharField(label=_("世帯の名前"), max_length=120, help_text=_("例: 青木"))
    section = forms.CharField(label=_("班"), max_length=20, required=False, help_text=_("例: 3班"))
    position = forms.IntegerField(
        label=_("回る順番"), min_value=0, max_value=32_000, required=False, help_text=_("小さい数から順に並びます。")
    )
    wants_paper = forms.BooleanField(label=_("紙で回す（印刷する）"), required=False)

    @classmethod
    def of(cls, home: CircularHome) -> "HomeForm":
        """The form of a home that is there."""
        names = ("name", "section", "position", "wants_paper")
        return cls(initial={name: getattr(home, name) for name in names})

    @property
    def fields_given(self) -> HomeFields:
        """The cleaned answers as the service takes them."""
        data = self.cleaned_data
        return HomeFields(
            name=data["name"],
            section=data["section"],
            position=data["position"] or 0,
            wants_paper=data["wants_paper"],
        )


class HomeSearchForm(forms.Form):
    """One home among those of a district. What cannot be understood counts as not asked for."""

    text = forms.CharField(
        label=_("世帯の名前・班・回る順番"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    @property
    def wanted(self) -> str:
        """What was understood."""
        self.is_valid()
        return str(self.cleaned_data.get("text", ""))


class NewHomeForm(HomeForm):
    """A home that is not there yet. The hidden key makes a double click one home."""

    request_key = forms.CharField(max_length=_KEY_LENGTH, widget=forms.HiddenInput)


class JoinForm(forms.Form):
    """The district, and the name under which the head sees the home."""

    district = forms.ModelChoiceField(
        label=_("自治会"), queryset=District.objects.none(), to_field_name="public_id", empty_label=None
    )
    name = forms.CharField(
        label=_("世帯の名前"),
        max_length=120,
        help_text=_("自治会長に表示する名前です。例: 青木（3班）"),
    )

    def __init__(self, *args: Any, districts: list[District], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[District]", self.fields["district"])
        field.queryset = District.objects.filter(pk__in=[district.pk for district in districts])
