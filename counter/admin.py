"""What administrators and auditors may read of the counter; it is written on its own pages only."""

from django.contrib import admin
from django.http import HttpRequest

from cityhall.admin import BaseAdmin
from counter.bereavement import admin as bereavement_admin
from counter.forms_move_ins import MoveInSettingsForm
from counter.models import (
    AccountInvitation,
    CertificateIssue,
    CertificateOrder,
    FormLayout,
    HandOver,
    HandOverEvent,
    MoveIn,
    MoveInImport,
    MoveInItem,
    MoveInSettings,
    Prefill,
    PrefillScan,
    PrintJob,
    Visit,
    VisitEvent,
    VisitPeriod,
    VisitProcedure,
    VisitSignature,
)


class ReadOnlyAdmin(BaseAdmin):
    append_only = True
    ordering = ["-id"]


@admin.register(Prefill)
class PrefillAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "state", "visit_on", "expires_at", "created_at", "ended_at", "is_practice"]
    list_filter = ["state", "is_practice"]
    search_fields = ["=public_id"]


@admin.register(PrefillScan)
class PrefillScanAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "result", "by", "prefill"]
    list_filter = ["kind", "result"]
    search_fields = ["=prefill__public_id"]
    list_select_related = ["by", "prefill"]


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "place", "clerk", "state", "started_at", "received_at", "closed_at", "is_practice"]
    list_filter = ["state", "place", "is_practice"]
    search_fields = ["=public_id"]
    list_select_related = ["place", "clerk"]
    exclude = ["values", "sources", "offers", "marks", "card"]


@admin.register(VisitProcedure)
class VisitProcedureAdmin(ReadOnlyAdmin):
    list_display = ["visit", "procedure", "origin", "dropped_at", "application"]
    list_filter = ["origin"]
    search_fields = ["=visit__public_id"]
    list_select_related = ["visit", "procedure", "application"]


@admin.register(CertificateOrder)
class CertificateOrderAdmin(ReadOnlyAdmin):
    list_display = ["visit", "relation"]
    list_filter = ["relation"]
    search_fields = ["=visit__public_id"]
    list_select_related = ["visit"]
    # who asks and about whom: personal, and wiped with the visit
    exclude = [
        "reason",
        "subject",
        "subject_name",
        "subject_kana",
        "subject_birth",
        "subject_address",
        "subject_resident",
        "confirmed_by",
        "typed",
    ]


@admin.register(CertificateIssue)
class CertificateIssueAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "application", "copies", "state", "received_at", "over_at", "over_by"]
    list_filter = ["state"]
    search_fields = ["=public_id", "=application__number"]
    list_select_related = ["application", "over_by"]


@admin.register(VisitSignature)
class VisitSignatureAdmin(ReadOnlyAdmin):
    list_display = ["visit", "at", "by", "values_revision"]
    search_fields = ["=visit__public_id"]
    list_select_related = ["visit", "by"]


@admin.register(VisitPeriod)
class VisitPeriodAdmin(ReadOnlyAdmin):
    list_display = ["visit", "phase", "from_at", "until_at", "seconds"]
    list_filter = ["phase"]
    search_fields = ["=visit__public_id"]
    list_select_related = ["visit"]


@admin.register(VisitEvent)
class VisitEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "visit", "actor"]
    list_filter = ["kind"]
    search_fields = ["=visit__public_id"]
    list_select_related = ["visit", "actor"]


@admin.register(PrintJob)
class PrintJobAdmin(ReadOnlyAdmin):
    list_display = ["visit", "kind", "times", "at", "by"]
    list_filter = ["kind"]
    search_fields = ["=visit__public_id"]
    list_select_related = ["visit", "by"]


@admin.register(HandOver)
class HandOverAdmin(ReadOnlyAdmin):
    list_display = [
        "public_id",
        "application",
        "kind",
        "times",
        "outcome",
        "outcome_at",
        "system",
        "state",
        "created_at",
    ]
    list_filter = ["kind", "outcome", "state", "system"]
    search_fields = ["=public_id", "=application__number", "=reference"]
    list_select_related = ["application", "system"]


@admin.register(HandOverEvent)
class HandOverEventAdmin(ReadOnlyAdmin):
    list_display = ["hand_over", "kind", "at", "actor", "system", "detail"]
    list_filter = ["kind"]
    search_fields = ["=hand_over__public_id"]
    list_select_related = ["hand_over", "actor", "system"]


@admin.register(AccountInvitation)
class AccountInvitationAdmin(ReadOnlyAdmin):
    list_display = ["visit", "invited_at", "invited_by", "claimed_at", "confirmed_at", "wants_digital"]
    search_fields = ["=visit__public_id"]
    list_select_related = ["visit", "invited_by"]
    exclude = ["claimed_by"]


@admin.register(FormLayout)
class FormLayoutAdmin(ReadOnlyAdmin):
    list_display = ["procedure", "number", "title", "state", "valid_from", "activated_at", "ended_at"]
    list_filter = ["state"]
    search_fields = ["=procedure__key", "title"]
    list_select_related = ["procedure"]


__all__ = ["bereavement_admin"]


@admin.register(MoveInSettings)
class MoveInSettingsAdmin(BaseAdmin):
    """One row: which procedures a family that moves in fills in, and what is booked."""

    list_display = ["__str__", "service", "place"]
    search_fields = ["=service__key"]
    list_select_related = ["service", "place"]
    form = MoveInSettingsForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not MoveInSettings.objects.exists()


@admin.register(MoveInImport)
class MoveInImportAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "uploaded_at", "uploaded_by", "problem_count", "applied_at", "discarded_at"]
    search_fields = ["=public_id"]
    list_select_related = ["uploaded_by"]


@admin.register(MoveIn)
class MoveInAdmin(ReadOnlyAdmin):
    list_display = [
        "public_id",
        "number_end",
        "wished_on",
        "created_at",
        "link_sent_at",
        "completed_at",
        "cancelled_at",
    ]
    search_fields = ["=public_id", "=number_end"]


@admin.register(MoveInItem)
class MoveInItemAdmin(ReadOnlyAdmin):
    list_display = ["batch", "number", "outcome", "state", "reason"]
    search_fields = ["=batch__public_id", "=move_in__public_id"]
    list_filter = ["outcome", "state"]
    list_select_related = ["batch"]
