"""Who takes fees by designation (出納員・現金取扱員)."""

from django.contrib import admin
from django.http import HttpRequest

from applications.models import CashDesignation
from cityhall.admin import BaseAdmin


@admin.register(CashDesignation)
class CashDesignationAdmin(BaseAdmin):
    """Ends by its last day: who took money as what stays on record."""

    list_display = ["user", "department", "duty", "active_from", "active_until"]
    list_filter = ["duty", "department"]
    search_fields = ["user__name"]
    list_select_related = ["user", "department"]
    autocomplete_fields = ["user", "department"]
    ordering = ["-active_from", "-id"]

    def has_delete_permission(self, request: HttpRequest, obj: CashDesignation | None = None) -> bool:
        return False
