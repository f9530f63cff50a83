"""Applications for administrators and auditors: procedures can be set, cases can only be read.

Casework has its own screens; here nobody moves a case past its rules.
"""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.answers import ADDRESS_HIDDEN
from applications.enums import Channel, ProcedureMode, ProcedureState
from applications.models import (
    Application,
    ApplicationEvent,
    ApplicationRevision,
    Approval,
    Attachment,
    CorrectionRequest,
    FormVersion,
    LifeEvent,
    Procedure,
)
from applications.queries.applicants import is_address_hidden
from applications.services.catalogue import CITY_SETTINGS
from applications.services.seats import BelowTaken, set_capacity
from cityhall.admin import BaseAdmin
from cityhall.models import User

# cases keep the department they were filed with: moving a procedure is more than a setting
PROCEDURE_SETTINGS = tuple(name for name in CITY_SETTINGS if name != "department")


if TYPE_CHECKING:
    # takes a parameter in the stubs only
    ProcedureModelForm = forms.ModelForm[Procedure]
else:
    ProcedureModelForm = forms.ModelForm


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


@admin.register(Procedure)
class ProcedureAdmin(BaseAdmin):
    """What a city decides about a procedure.

    Texts and questions are shown only: they come from the catalogue (`load_catalogue`) or from the designer.
    """

    form = ProcedureForm
    list_display = ["name", "department", "state", "needs_approval", "standard_days", "opens_at", "closes_at"]
    list_filter = ["state", "department", "mode", "needs_approval", "life_events"]
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

    def has_add_permission(self, request: HttpRequest) -> bool:
        # a procedure needs a form: the designer makes both, and the catalogue brings both
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Procedure | None = None) -> list[str]:
        return [*self.fieldsets[1][1]["fields"]]


@admin.register(LifeEvent)
class LifeEventAdmin(BaseAdmin):
    list_display = ["name", "key", "position"]
    list_filter = ["procedures__department"]
    search_fields = ["name", "key"]

    def get_readonly_fields(self, request: HttpRequest, obj: LifeEvent | None = None) -> list[str]:
        # the catalogue names a life event by its key
        return ["key"] if obj else []


class ReadOnlyAdmin(BaseAdmin):
    append_only = True
    ordering = ["-id"]


@admin.register(FormVersion)
class FormVersionAdmin(ReadOnlyAdmin):
    list_display = ["procedure", "number", "change_note", "created_at"]
    list_filter = ["procedure"]
    search_fields = ["procedure__name", "procedure__key", "=sha256"]
    list_select_related = ["procedure"]


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    list_display = ["number", "procedure", "department", "state", "handler", "submitted_at", "due_on"]
    list_filter = ["state", "channel", "decision", "department"]
    search_fields = ["=number", "=public_id"]
    search_help_text = _("受付番号か公開IDをそのまま入力してください。")
    list_select_related = ["procedure", "department", "handler"]
    exclude = ["draft_answers", "draft_revision", "draft_saved_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        # a draft is nobody's business but the applicant's
        return super().get_queryset(request).filter(submitted_at__isnull=False)


class PartOfCaseAdmin(ReadOnlyAdmin):
    """Rows of one case, found by its number."""

    search_fields = ["=application__number", "=application__public_id"]
    search_help_text = _("受付番号か公開IDをそのまま入力してください。")
    list_select_related = ["application"]


@admin.register(ApplicationRevision)
class ApplicationRevisionAdmin(PartOfCaseAdmin):
    list_display = ["application", "number", "submitted_by", "submitted_at"]
    list_filter = ["submitted_at"]
    list_select_related = ["application", "submitted_by"]
    readonly_fields = ["answers_hidden"]

    def get_fields(self, request: HttpRequest, obj: ApplicationRevision | None = None) -> list[Any]:
        hides = obj is not None and is_address_hidden(obj.application, to=cast("User", request.user))
        unwanted = "answers" if hides else "answers_hidden"
        return [name for name in super().get_fields(request, obj) if name != unwanted]

    @admin.display(description=_("回答"))
    def answers_hidden(self, revision: ApplicationRevision) -> str:
        # the whole of it: this page shows answers as they are stored, without the form that knows the addresses
        return str(ADDRESS_HIDDEN)


@admin.register(ApplicationEvent)
class ApplicationEventAdmin(PartOfCaseAdmin):
    list_display = ["application", "kind", "at", "actor"]
    list_filter = ["kind"]
    list_select_related = ["application", "actor"]


@admin.register(Attachment)
class AttachmentAdmin(PartOfCaseAdmin):
    list_display = ["application", "field_key", "file", "created_at", "removed_at"]
    list_filter = [("removed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["application", "file"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attachment]:
        return super().get_queryset(request).filter(application__submitted_at__isnull=False)


@admin.register(CorrectionRequest)
class CorrectionRequestAdmin(PartOfCaseAdmin):
    list_display = ["application", "asked_by", "asked_at", "answered_at"]
    list_filter = [("answered_at", admin.EmptyFieldListFilter)]
    list_select_related = ["application", "asked_by"]


@admin.register(Approval)
class ApprovalAdmin(PartOfCaseAdmin):
    list_display = ["application", "decision", "state", "proposed_by", "decided_by", "decided_at"]
    list_filter = ["state", "decision"]
    list_select_related = ["application", "proposed_by", "decided_by"]
