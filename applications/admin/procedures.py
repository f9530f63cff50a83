"""Procedures can be set; their texts and questions come from the catalogue or the designer."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.admin.base import ReadOnlyAdmin
from applications.enums import Channel, ProcedureMode, ProcedureState
from applications.models import (
    FormVersion,
    LifeEvent,
    Procedure,
)
from applications.services.catalogue import CITY_SETTINGS
from applications.services.finding import procedures_changed
from applications.services.seats import BelowTaken, set_capacity
from cityhall.admin import BaseAdmin
from cityhall.admin.names import NamesField

# cases keep the department they were filed with: moving a procedure is more than a setting
PROCEDURE_SETTINGS = tuple(name for name in CITY_SETTINGS if name != "department")


if TYPE_CHECKING:
    # takes a parameter in the stubs only
    ProcedureModelForm = forms.ModelForm[Procedure]
    LifeEventModelForm = forms.ModelForm[LifeEvent]
else:
    ProcedureModelForm = LifeEventModelForm = forms.ModelForm


class ProcedureForm(ProcedureModelForm):
    """Says in words what the constraint `procedure_published_has_form` refuses: the form is no field here."""

    channels = forms.MultipleChoiceField(label=_("受付の方法"), choices=Channel, widget=forms.CheckboxSelectMultiple)

    def clean_channels(self) -> list[str]:
        chosen = set(self.cleaned_data["channels"])
        return [channel for channel in Channel.values if channel in chosen]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        needs_form = self.instance.mode != ProcedureMode.GUIDE_ONLY and self.instance.current_version_id is None
        if data.get("state") == ProcedureState.PUBLISHED and needs_form:
            self.add_error("state", _("公開するには様式が必要です。先に様式を登録してください。"))
        capacity = data.get("capacity")
        if capacity is not None and capacity < self.instance.taken_seats:
            self.add_error("capacity", str(BelowTaken(self.instance.taken_seats)))
        is_guide = self.instance.mode == ProcedureMode.GUIDE_ONLY
        if "channels" in data and is_guide == (Channel.ONLINE in data["channels"]):
            self.add_error(
                "channels",
                _("案内のみの手続では「オンライン」を外してください。")
                if is_guide
                else _("「オンライン」は外せません。受付をやめるときは、公開を「停止中」にしてください。"),
            )
        return data


class SurveyFilter(admin.SimpleListFilter):
    """Internal surveys keep their questions as procedures: they are listed when asked for."""

    title = _("種類")
    parameter_name = "kind"
    # the way from the listed rows to the survey of a procedure
    path = "survey"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("survey", _("庁内照会の質問"))]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        everything, *rest = super().choices(changelist)
        yield everything | {"display": _("手続")}
        yield from rest

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.path}__isnull": self.value() != "survey"})


class VersionSurveyFilter(SurveyFilter):
    path = "procedure__survey"


@admin.register(Procedure)
class ProcedureAdmin(BaseAdmin):
    """What a city decides about a procedure.

    Texts and questions are shown only: they come from the catalogue (`load_catalogue`) or from the designer.
    """

    form = ProcedureForm
    list_display = ["name", "department", "state", "needs_approval", "standard_days", "opens_at", "closes_at"]
    list_filter = [SurveyFilter, "state", "department", "mode", "needs_approval", "life_events"]
    search_fields = ["name", "name_kana", "key"]
    list_select_related = ["department"]
    fieldsets = [
        (_("市が決めること"), {"fields": PROCEDURE_SETTINGS}),
        (
            _("カタログか「手続と様式」で決める内容"),
            {
                "fields": [
                    "key",
                    "name",
                    "name_kana",
                    "summary",
                    "description",
                    "eligibility",
                    "deadline",
                    "keywords",
                    "department",
                    "life_events",
                    "mode",
                    "result_kind",
                    "legal_basis",
                    "required_papers",
                    "applicant_kinds",
                    "identity_level",
                    "my_number_at_desk",
                    "issued_at_once",
                    "needs_paper_form",
                    "once_per_applicant",
                    "once_ever",
                    "allows_guests",
                    "approval_notice_type",
                    "refusal_notice_type",
                    "current_version",
                ]
            },
        ),
    ]

    def save_model(self, request: HttpRequest, obj: Procedure, form: Any, change: bool) -> None:
        """Write what was changed and nothing else: places are taken meanwhile."""
        columns = {field.name for field in Procedure._meta.concrete_fields}
        changed = [name for name in form.changed_data if name in columns]
        if "capacity" in changed:
            set_capacity(obj, form.cleaned_data["capacity"], now=timezone.now())
            changed.remove("capacity")
        if changed:
            obj.save(update_fields=changed)
            procedures_changed()

    def has_add_permission(self, request: HttpRequest) -> bool:
        # a procedure needs a form: the designer makes both, and the catalogue brings both
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Procedure | None = None) -> list[str]:
        return [*self.fieldsets[1][1]["fields"]]


_GUIDE = ("current_guide", "is_guide_public")


class LifeEventForm(LifeEventModelForm):
    """Names in other languages have a box each."""

    names = NamesField(label=_("他の言語の名称"), required=False, help_text=_("空欄の言語では、日本語の名称が出ます。"))


@admin.register(LifeEvent)
class LifeEventAdmin(BaseAdmin):
    list_display = ["name", "key", "position"]
    list_filter = ["procedures__department"]
    search_fields = ["name", "key"]
    form = LifeEventForm

    def save_model(self, request: HttpRequest, obj: LifeEvent, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        procedures_changed()

    def get_readonly_fields(self, request: HttpRequest, obj: LifeEvent | None = None) -> list[str]:
        # the catalogue names a life event by its key; a guide is published on the pages of staff, with what it needs
        return ["key", *_GUIDE] if obj else [*_GUIDE]


@admin.register(FormVersion)
class FormVersionAdmin(ReadOnlyAdmin):
    list_display = ["procedure", "number", "change_note", "created_at"]
    list_filter = [VersionSurveyFilter, "procedure__department"]
    search_fields = ["procedure__name", "procedure__key", "=sha256"]
    list_select_related = ["procedure"]
