"""What departments let each other do. The base keeps the rows with a key; the procedures to choose from are here."""

from itertools import groupby
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applications.models import Procedure
from cityhall.admin import BaseAdmin
from cityhall.models import GrantedRight

if TYPE_CHECKING:
    # takes a parameter in the stubs only
    GrantedRightModelForm = forms.ModelForm[GrantedRight]
else:
    GrantedRightModelForm = forms.ModelForm


class GrantedRightForm(GrantedRightModelForm):
    """A procedure by its name, among those of the departments that own them."""

    procedure_key = forms.ChoiceField(label=_("手続"), help_text=_("所管課の手続から選んでください。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("procedure_key")
        if isinstance(field, forms.ChoiceField):
            field.choices = _choices(self.instance.procedure_key)

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
    return [("", _("選んでください")), *([] if is_known else [(current, current)]), *groups]


@admin.register(GrantedRight)
class GrantedRightAdmin(BaseAdmin):
    form = GrantedRightForm
    list_display = ("from_department", "to_department", "kind", "procedure_named", "active_from", "active_until")
    list_filter = ("kind", "from_department", "to_department")
    list_select_related = ("from_department", "to_department")
    search_fields = ("procedure_key",)
    autocomplete_fields = ("from_department", "to_department")

    def get_queryset(self, request: HttpRequest) -> QuerySet[GrantedRight]:
        name = Procedure.objects.filter(key=OuterRef("procedure_key")).values("name")[:1]
        rows: QuerySet[GrantedRight] = super().get_queryset(request).annotate(procedure_name=Subquery(name))
        return rows

    @admin.display(description=_("手続"), ordering="procedure_key")
    def procedure_named(self, right: GrantedRight) -> str:
        """A procedure that is gone keeps its key."""
        return getattr(right, "procedure_name", None) or right.procedure_key
