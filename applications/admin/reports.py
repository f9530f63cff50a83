"""What may be reported: the kinds, their departments, and what cannot wait."""

from django.contrib import admin
from django.http import HttpRequest

from applications.models import ReportKind
from cityhall.admin import BaseAdmin


@admin.register(ReportKind)
class ReportKindAdmin(BaseAdmin):
    """A kind that is out of use stays with its reports. Open reports keep the department they came to."""

    list_display = ["name", "key", "department", "is_active", "position"]
    list_filter = ["is_active", "department"]
    search_fields = ["name", "key"]
    list_select_related = ["department"]
    ordering = ["position", "key"]

    def get_readonly_fields(self, request: HttpRequest, obj: ReportKind | None = None) -> list[str]:
        return ["key"] if obj is not None else []

    def has_delete_permission(self, request: HttpRequest, obj: ReportKind | None = None) -> bool:
        return False
