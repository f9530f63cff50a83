"""Mandates: who may file for whom, and what. Residents do not know procedures, so this page is made here."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Procedure
from cityhall.admin import BaseAdmin
from cityhall.days import today
from cityhall.models import User
from residents.admin.people import name_and_birth, person_label
from residents.models import Mandate, Resident
from residents.names import fold_name
from residents.services import create_mandate, revoke_mandate

if TYPE_CHECKING:
    # these take parameters in the stubs only
    MandateModelForm = forms.ModelForm[Mandate]
    PersonChoice = forms.ModelChoiceField[Resident]
else:
    MandateModelForm, PersonChoice = forms.ModelForm, forms.ModelChoiceField

ALL, SOME = "all", "some"


class PersonField(PersonChoice):
    """A person chosen among others of the same name."""

    def label_from_instance(self, obj: Resident) -> str:
        return person_label(obj)


class MandateForm(MandateModelForm):
    """All procedures is something one says, not something one leaves out."""

    reach = forms.ChoiceField(
        label=gettext_lazy("対象の手続"),
        choices=[(SOME, gettext_lazy("選んだ手続だけ")), (ALL, gettext_lazy("すべての手続"))],
        widget=forms.RadioSelect,
    )
    procedures = forms.ModelMultipleChoiceField(
        label=gettext_lazy("手続"),
        queryset=Procedure.objects.without_surveys().order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("「選んだ手続だけ」のときに選んでください。"),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = data.get("procedures")
        if data.get("reach") == SOME and not chosen:
            self.add_error("procedures", _("対象の手続を一つ以上選んでください。"))
        if data.get("reach") == ALL and chosen:
            self.add_error("reach", _("手続を選んだときは「選んだ手続だけ」にしてください。"))
        return data

    def procedure_keys(self) -> list[str]:
        """What the mandate stores; empty for every procedure. Call after `is_valid()`."""
        return [procedure.key for procedure in self.cleaned_data["procedures"]]


@admin.register(Mandate)
class MandateAdmin(BaseAdmin):
    """Written once by the service, ended by revoking; never edited."""

    form = MandateForm
    list_display = ["agent_named", "principal_named", "reach_counted", "evidence", "valid_from", "valid_until"]
    list_filter = ["revoked_at", "valid_until"]
    list_select_related = ["agent", "principal"]
    search_fields = ["agent__search_name__startswith", "principal__search_name__startswith"]
    autocomplete_fields = ["principal", "agent"]
    fields: ClassVar[list[Any]] = [
        "principal", "agent", "reach", "procedures", "evidence", "valid_from", "valid_until",
    ]  # fmt: skip
    fields_of_written: ClassVar[list[Any]] = [
        "principal_shown", "agent_shown", "reach_shown", "evidence", "valid_from", "valid_until",
        "revoked_at", "created_by",
    ]  # fmt: skip
    actions = ["revoke"]

    def get_fields(self, request: HttpRequest, obj: Mandate | None = None) -> list[Any]:
        return self.fields_of_written if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Mandate | None = None) -> list[Any]:
        return self.fields_of_written if obj else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"valid_from": today()} | super().get_changeform_initial_data(request)

    def formfield_for_foreignkey(self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.autocomplete_fields:
            kwargs["form_class"] = PersonField
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("residents.change_mandate"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Mandate], search_term: str
    ) -> tuple[QuerySet[Mandate], bool]:
        return super().get_search_results(request, queryset, fold_name(search_term))

    def save_model(self, request: HttpRequest, obj: Mandate, form: Any, change: bool) -> None:
        """Through the service: it holds the rules and writes the audit event."""
        if not isinstance(request.user, User):
            return
        written = create_mandate(
            principal=obj.principal,
            agent=obj.agent,
            procedure_keys=form.procedure_keys(),
            evidence=obj.evidence,
            valid_from=obj.valid_from,
            valid_until=obj.valid_until,
            by=request.user,
        )
        obj.pk = written.pk

    @admin.action(description=gettext_lazy("選んだ代理権を取り消す"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Mandate]) -> None:
        if not isinstance(request.user, User):
            return
        for mandate in queryset.select_related("principal", "agent"):
            revoke_mandate(mandate=mandate, by=request.user)
        self.message_user(request, _("代理権を取り消しました。"), messages.SUCCESS)

    @admin.display(description=gettext_lazy("代理人"), ordering="agent__search_kana")
    def agent_named(self, mandate: Mandate) -> str:
        return name_and_birth(mandate.agent)

    @admin.display(description=gettext_lazy("本人"), ordering="principal__search_kana")
    def principal_named(self, mandate: Mandate) -> str:
        return name_and_birth(mandate.principal)

    @admin.display(description=gettext_lazy("代理人"))
    def agent_shown(self, mandate: Mandate) -> str:
        return person_label(mandate.agent)

    @admin.display(description=gettext_lazy("本人"))
    def principal_shown(self, mandate: Mandate) -> str:
        return person_label(mandate.principal)

    @admin.display(description=gettext_lazy("対象の手続"))
    def reach_counted(self, mandate: Mandate) -> str:
        count = len(mandate.procedure_keys)
        return _("%(count)s件の手続") % {"count": count} if count else _("すべての手続")

    @admin.display(description=gettext_lazy("対象の手続"))
    def reach_shown(self, mandate: Mandate) -> str:
        """In words; a procedure that is gone keeps its key."""
        if not mandate.procedure_keys:
            return _("すべての手続")
        names = dict(Procedure.objects.filter(key__in=mandate.procedure_keys).values_list("key", "name"))
        return "、".join(names.get(key, key) for key in mandate.procedure_keys)
