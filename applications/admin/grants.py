"""What departments let each other do. The base keeps the rows with a key; the procedures to choose from are here."""

from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.models import Procedure
from cityhall.admin import BaseAdmin
from cityhall.days import today
from cityhall.models import Department, GrantedRight, User
from cityhall.services.granting import grant_reception

if TYPE_CHECKING:
    # takes a parameter in the stubs only
    GrantedRightModelForm = forms.ModelForm[GrantedRight]
else:
    GrantedRightModelForm = forms.ModelForm


_ALL: Final = "*"
"""In the form, where an empty choice is none."""


class GrantedRightForm(GrantedRightModelForm):
    """A procedure by its name, among those of the departments that own them; or all of them."""

    procedure_key = forms.ChoiceField(label=_("手続"), help_text=_("所管課の手続から選んでください。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.instance.procedure_key:
            self.initial["procedure_key"] = _ALL
        field = self.fields.get("procedure_key")
        if isinstance(field, forms.ChoiceField):
            field.choices = _choices(self.instance.procedure_key)

    def clean_procedure_key(self) -> str:
        key: str = self.cleaned_data["procedure_key"]
        return "" if key == _ALL else key

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        key, department = data.get("procedure_key"), data.get("from_department")
        # a right of a procedure that is gone may still be ended
        is_chosen = key and department and {"procedure_key", "from_department"} & {*self.changed_data}
        if is_chosen and not Procedure.objects.filter(key=key, department=department).exists():
            self.add_error("procedure_key", _("所管課の手続ではありません。所管課か手続を選び直してください。"))
        return data


def _choices(current: str) -> list[Any]:
    """Procedures by department; what the row names stays even when there is no such procedure any more."""
    rows = Procedure.objects.without_surveys().order_by("department__position", "department__code", "name_kana", "key")
    found = list(rows.values_list("department__name", "key", "name"))
    groups = [
        (department, [(key, f"{name}（{key}）") for _department, key, name in group])
        for department, group in groupby(found, key=lambda row: row[0])
    ]
    is_known = not current or any(key == current for _department, key, _name in found)
    return [
        ("", _("選んでください")),
        (_ALL, _("すべての手続（受付だけ）")),
        *([] if is_known else [(current, current)]),
        *groups,
    ]


class ReceptionForm(forms.Form):
    """A desk that receives for whole departments."""

    to_department = forms.ModelChoiceField(
        label=_("受け付ける課（窓口）"),
        queryset=Department.objects.none(),
        empty_label=_("選んでください"),
        help_text=_(
            "総合窓口など、ほかの課の手続もまとめて受け付ける課です。その課の職員は、本庁舎でも支所でも受け付けられます。場所ごとに分けるときは、場所ごとに課を作ってください。"
        ),
    )
    from_departments = forms.ModelMultipleChoiceField(
        label=_("手続を任せる課"), queryset=Department.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    active_from = forms.DateField(
        label=_("開始日"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), initial=today
    )
    active_until = forms.DateField(
        label=_("終了日"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
        help_text=_("決まっていないときは空欄にしてください。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("to_department", "from_departments"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = Department.objects.active().order_by("position", "code")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        receiver, givers = data.get("to_department"), data.get("from_departments")
        if receiver and givers and receiver in givers:
            self.add_error("from_departments", _("受け付ける課は、任せる課から外してください。"))
        begins, ends = data.get("active_from"), data.get("active_until")
        if begins and ends and ends < begins:
            self.add_error("active_until", _("終了日は、開始日以後の日付にしてください。"))
        return data


@admin.register(GrantedRight)
class GrantedRightAdmin(BaseAdmin):
    """Rights one by one, and, on a page of its own, a desk that receives for whole departments."""

    form = GrantedRightForm
    change_list_template = "applications/admin/grants.html"
    list_display = ("from_department", "to_department", "kind", "procedure_named", "active_from", "active_until")
    list_filter = ("kind", "from_department", "to_department")
    list_select_related = ("from_department", "to_department")
    search_fields = ("procedure_key",)
    autocomplete_fields = ("from_department", "to_department")

    def get_queryset(self, request: HttpRequest) -> QuerySet[GrantedRight]:
        name = Procedure.objects.filter(key=OuterRef("procedure_key")).values("name")[:1]
        rows: QuerySet[GrantedRight] = super().get_queryset(request).annotate(procedure_name=Subquery(name))
        return rows

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.reception_view)
        return [path("reception/", view, name="cityhall_grantedright_reception"), *super().get_urls()]

    def reception_view(self, request: HttpRequest) -> HttpResponse:
        """Let a desk receive for several departments at once: makes rights, changes the period of others."""
        may = self.has_add_permission(request) and self.has_change_permission(request)
        if not isinstance(request.user, User) or not may:
            raise PermissionDenied
        form = ReceptionForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            done = grant_reception(**form.cleaned_data, by=request.user)
            text = gettext(
                "受付の権限を登録しました（新しく%(created)s課、期間の変更%(changed)s課、変更なし%(kept)s課）。"
            )
            self.message_user(request, text % asdict(done), messages.SUCCESS)
            return redirect("admin:cityhall_grantedright_changelist")
        context = {
            **self.admin_site.each_context(request),
            "form": form,
            "opts": self.opts,
            "title": gettext("課ごとにまとめて受付を任せる"),
        }
        return render(request, "applications/admin/grant_reception.html", context, status=422 if form.errors else 200)

    @admin.display(description=_("手続"), ordering="procedure_key")
    def procedure_named(self, right: GrantedRight) -> str:
        """A procedure that is gone keeps its key."""
        if not right.procedure_key:
            return gettext("すべての手続")
        return getattr(right, "procedure_name", None) or right.procedure_key
