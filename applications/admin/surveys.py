"""Groups of departments are kept here; surveys and whom they ask can be read."""

from django.contrib import admin

from applications.admin.base import ReadOnlyAdmin
from applications.models import DepartmentGroup, Survey, SurveyAddressee
from cityhall.admin import BaseAdmin


@admin.register(DepartmentGroup)
class DepartmentGroupAdmin(BaseAdmin):
    list_display = ["name", "position"]
    search_fields = ["name"]
    filter_horizontal = ["departments"]
    ordering = ["position", "name"]


@admin.register(Survey)
class SurveyAdmin(ReadOnlyAdmin):
    list_display = ["title", "department", "state", "answer_by_on", "opened_at", "closed_at"]
    list_filter = ["state", "department"]
    search_fields = ["title", "=public_id"]
    list_select_related = ["department"]


@admin.register(SurveyAddressee)
class SurveyAddresseeAdmin(ReadOnlyAdmin):
    list_display = ["survey", "department", "user", "answered_at", "reminded_at"]
    search_fields = ["=survey__public_id", "=public_id"]
    list_select_related = ["survey", "department", "user"]
