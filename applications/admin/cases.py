"""Cases can only be read: casework has its own screens, and nobody moves a case past its rules here."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applications.admin.base import ReadOnlyAdmin
from applications.answers import ADDRESS_HIDDEN
from applications.models import (
    Application,
    ApplicationEvent,
    ApplicationRevision,
    Approval,
    Attachment,
    CorrectionRequest,
)
from applications.queries.applicants import is_address_hidden
from cityhall.models import User
from cityhall.references import format_number


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    list_display = ["number_shown", "procedure", "department", "state", "handler", "submitted_at", "due_on"]
    list_filter = ["state", "channel", "decision", "department"]
    search_fields = ["=number", "=public_id"]
    search_help_text = _("受付番号か公開IDをそのまま入力してください。")
    list_select_related = ["procedure", "department", "handler"]
    exclude = ["draft_answers", "draft_revision", "draft_saved_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        # a draft is nobody's business but the applicant's
        return super().get_queryset(request).filter(submitted_at__isnull=False)

    @admin.display(description=_("受付番号"), ordering="number")
    def number_shown(self, application: Application) -> str:
        return format_number(application.number or "")


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
