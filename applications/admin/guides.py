"""Versions of guides can be read; they are made, tried out and published on the pages of staff."""

from django.contrib import admin

from applications.admin.base import ReadOnlyAdmin
from applications.models import GuideVersion


@admin.register(GuideVersion)
class GuideVersionAdmin(ReadOnlyAdmin):
    list_display = ["life_event", "number", "change_note", "created_by", "created_at"]
    list_filter = ["life_event"]
    search_fields = ["life_event__name", "life_event__key", "=sha256"]
    list_select_related = ["life_event", "created_by"]
