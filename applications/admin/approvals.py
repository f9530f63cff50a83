"""What approvers signed and entered can be read here; it is changed on the pages of the staff."""

from django.contrib import admin

from applications.admin.base import ReadOnlyAdmin
from applications.models import (
    ApprovalDelegate,
    ApprovalSignature,
    ApprovalStep,
    BulkDecision,
    BulkDecisionRow,
    RefusalReason,
)


@admin.register(ApprovalStep)
class ApprovalStepAdmin(ReadOnlyAdmin):
    list_display = ["procedure", "position", "title", "department", "approver"]
    list_filter = ["department"]
    search_fields = ["procedure__key", "procedure__name"]
    list_select_related = ["procedure", "department", "approver"]


@admin.register(ApprovalSignature)
class ApprovalSignatureAdmin(ReadOnlyAdmin):
    list_display = ["approval", "position", "title", "signed_by", "on_behalf_of", "signed_at"]
    list_filter = [("on_behalf_of", admin.EmptyFieldListFilter)]
    search_fields = ["=approval__application__number", "=approval__application__public_id"]
    list_select_related = ["approval", "signed_by", "on_behalf_of"]


@admin.register(ApprovalDelegate)
class ApprovalDelegateAdmin(ReadOnlyAdmin):
    list_display = ["principal", "delegate", "from_on", "until_on", "ended_at", "created_by"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter)]
    search_fields = ["principal__name", "delegate__name"]
    list_select_related = ["principal", "delegate", "created_by"]


@admin.register(RefusalReason)
class RefusalReasonAdmin(ReadOnlyAdmin):
    list_display = ["title", "department", "procedure", "is_active"]
    list_filter = ["department", "is_active"]
    search_fields = ["title"]
    list_select_related = ["department", "procedure"]


@admin.register(BulkDecision)
class BulkDecisionAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "decision", "by"]
    list_filter = ["decision"]
    search_fields = ["=public_id"]
    list_select_related = ["by"]


@admin.register(BulkDecisionRow)
class BulkDecisionRowAdmin(ReadOnlyAdmin):
    list_display = ["bulk", "application", "state", "attempts", "finished_at", "last_error"]
    list_filter = ["state"]
    search_fields = ["=bulk__public_id", "=application__number"]
    list_select_related = ["bulk", "application"]
