"""Extract profiles can be renamed here; their columns have a page of their own. Files that were made can be read."""

from django.contrib import admin
from django.http import HttpRequest

from applications.admin.base import ReadOnlyAdmin
from applications.models import Extract, ExtractedCase, ExtractProfile
from cityhall.admin import BaseAdmin


@admin.register(ExtractProfile)
class ExtractProfileAdmin(BaseAdmin):
    list_display = ["name", "procedure", "department", "format", "encoding", "created_by", "created_at"]
    list_filter = ["format", "department"]
    search_fields = ["name", "procedure__name", "=public_id"]
    list_select_related = ["procedure", "department", "created_by"]
    ordering = ["-id"]
    # files that went out were made with these
    readonly_fields = [
        "public_id", "department", "procedure", "format", "encoding", "columns", "writing", "created_by", "created_at",
    ]  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        # columns are chosen from the forms of the procedure
        return False


@admin.register(Extract)
class ExtractAdmin(ReadOnlyAdmin):
    list_display = ["profile", "scope", "by", "created_at", "state", "rows_done", "fetched_at", "expires_at"]
    list_filter = ["state", "scope"]
    search_fields = ["=public_id", "profile__name"]
    list_select_related = ["profile", "by"]
    exclude = ["file"]


@admin.register(ExtractedCase)
class ExtractedCaseAdmin(ReadOnlyAdmin):
    """Which answers went out when."""

    list_display = ["application", "revision_number", "profile", "extract"]
    search_fields = ["=application__number", "=extract__public_id"]
    list_select_related = ["application", "profile", "extract"]
