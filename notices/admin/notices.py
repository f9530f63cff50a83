"""Notices for administrators and auditors: kinds can be changed, everything that happened can only be read."""

from typing import Final

from django.contrib import admin
from django.http import HttpRequest

from cityhall.admin import BaseAdmin
from cityhall.models import User
from notices.admin.base import ReadOnlyAdmin, WorkAdmin
from notices.models import (
    Delivery,
    DocumentJob,
    LetterRun,
    LetterRunItem,
    Notice,
    NoticeCheck,
    NoticeFile,
    NoticeReply,
    NoticeType,
    NoticeTypeVersion,
    OutgoingMail,
    PostSettings,
    ProofSheet,
    ReceiptEvent,
    VersionFile,
)
from notices.queries import may_see_address

_ADDRESS: Final = ("recipient_postal_code", "recipient_address", "recipient_street", "recipient_building")


@admin.register(NoticeType)
class NoticeTypeAdmin(BaseAdmin):
    list_display = ["name", "category", "department", "signature_mode", "hours_until_paper", "is_active"]
    list_filter = ["category", "is_active", "department"]
    search_fields = ["key", "name"]
    list_select_related = ["department"]

    def get_readonly_fields(self, request: HttpRequest, obj: NoticeType | None = None) -> list[str]:
        # other apps and the catalogue name a kind by its key
        return ["key"] if obj else []


@admin.register(NoticeTypeVersion)
class NoticeTypeVersionAdmin(ReadOnlyAdmin):
    """Texts are written on the pages of the kinds, where they are checked; the database refuses to change one."""

    list_display = ["notice_type", "number", "title", "created_at"]
    list_filter = ["notice_type"]
    search_fields = ["title", "notice_type__key"]
    list_select_related = ["notice_type"]


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["number", "title", "department", "state", "paper_state", "created_at", "opened_at"]
    list_filter = ["state", "paper_state", "department"]
    search_fields = ["=number", "=public_id", "=document_number"]
    list_select_related = ["department"]

    def get_exclude(self, request: HttpRequest, obj: Notice | None = None) -> list[str]:
        # a protected address (支援措置) is for the few with the right for it
        is_shown = obj is None or (isinstance(request.user, User) and may_see_address(obj, request.user))
        return [] if is_shown else list(_ADDRESS)


@admin.register(ReceiptEvent)
class ReceiptEventAdmin(ReadOnlyAdmin):
    list_display = ["notice", "kind", "occurred_at", "recorded_at", "actor"]
    list_filter = ["kind"]
    search_fields = ["=notice__number"]
    list_select_related = ["notice", "actor"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["notice", "channel", "mail"]
    list_filter = ["channel"]
    search_fields = ["=notice__number"]
    list_select_related = ["notice", "mail"]


@admin.register(VersionFile)
class VersionFileAdmin(ReadOnlyAdmin):
    list_display = ["version", "position", "file"]
    search_fields = ["version__notice_type__key"]
    list_select_related = ["version__notice_type", "file"]


@admin.register(NoticeFile)
class NoticeFileAdmin(ReadOnlyAdmin):
    list_display = ["notice", "position", "file"]
    search_fields = ["=notice__number"]
    list_select_related = ["notice", "file"]


@admin.register(NoticeReply)
class NoticeReplyAdmin(ReadOnlyAdmin):
    list_display = ["notice", "created_at", "is_from_staff", "handled_at", "handled_by"]
    list_filter = ["is_from_staff", ("handled_at", admin.EmptyFieldListFilter)]
    search_fields = ["=notice__number"]
    list_select_related = ["notice", "handled_by"]
    # what somebody wrote to a department is read on the page of the notice
    exclude = ["body"]


@admin.register(PostSettings)
class PostSettingsAdmin(ReadOnlyAdmin):
    # changed on the page of the letters, which checks window and tables
    list_display = ["__str__", "is_duplex", "inserts"]
    search_fields = ["=pk"]


@admin.register(OutgoingMail)
class OutgoingMailAdmin(WorkAdmin):
    list_display = ["created_at", "to", "subject", "state", "attempts", "finished_at", "last_error"]
    search_fields = ["=to", "=message_id"]
    # a body may carry a code, and is nobody's business here
    exclude = ["body", "body_html"]


@admin.register(DocumentJob)
class DocumentJobAdmin(WorkAdmin):
    list_display = ["notice", "state", "attempts", "due_at", "finished_at", "last_error"]
    search_fields = ["=notice__number"]
    list_select_related = ["notice"]


@admin.register(LetterRun)
class LetterRunAdmin(WorkAdmin):
    list_display = ["created_at", "department", "run_state", "count", "state", "printed_at", "posted_at"]
    list_filter = ["run_state", "department", "state"]
    search_fields = ["=public_id"]
    list_select_related = ["department"]


@admin.register(LetterRunItem)
class LetterRunItemAdmin(ReadOnlyAdmin):
    list_display = ["run", "position", "notice", "problem"]
    search_fields = ["=notice__number", "=run__public_id"]
    list_filter = [("problem", admin.EmptyFieldListFilter)]
    list_select_related = ["run", "notice"]


@admin.register(NoticeCheck)
class NoticeCheckAdmin(WorkAdmin):
    list_display = ["created_at", "result", "state", "notice", "detail"]
    list_filter = ["result", "state"]
    search_fields = ["=public_id", "=sha256"]
    list_select_related = ["notice"]


@admin.register(ProofSheet)
class ProofSheetAdmin(ReadOnlyAdmin):
    list_display = ["made_at", "notice", "made_by", "sha256"]
    search_fields = ["=notice__number", "=sha256"]
    list_select_related = ["notice", "made_by"]
